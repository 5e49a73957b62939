"""Every switchable bug does its harm, and only when it is on: one short story each, told twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from syncproof.reference import program
from syncproof.reference.bugs import BUGS, webhooks
from syncproof.reference.retrying import Patience
from syncproof_mocks.consent import ConsentKey
from tests.reference import (
    consent_stories,
    identity_stories,
    lifecycle_stories,
    reading_stories,
    value_stories,
    weather_stories,
)

NEWSLETTER, ALL_MAIL = ConsentKey("email", "newsletter"), ConsentKey("email", "*")
OPT_IN = {
    "Newsletter_Consent__c": "OptIn", "Newsletter_Consent_At__c": "2026-03-01T10:00:00.000+0000",
    "Newsletter_Consent_Source__c": "form",
}
Story = Callable[[Any, str], Any]
STORIES: dict[str, Story] = {**consent_stories.STORIES, **value_stories.STORIES, **identity_stories.STORIES, **lifecycle_stories.STORIES, **reading_stories.STORIES, **weather_stories.STORIES}


def story(*names: str) -> Callable[[Story], Story]:
    def tell(function: Story) -> Story:
        for name in names:
            STORIES[name] = function
        return function

    return tell


def _started(s: Any, bug: str, crm: dict[str, Any] | None = None, ma: dict[str, Any] | None = None) -> Any:
    ids = s.linked(crm, ma)
    s.sync(bug)
    s.wait(60)
    return ids


@story("optout_resurrected_by_push")
def _(s: Any, bug: str) -> Any:
    crm_id, ma_id = _started(s, bug, OPT_IN)
    s.consent_ma(ma_id, NEWSLETTER, grant=False)
    s.edit_crm(crm_id, Phone="1")
    s.sync(bug)
    return s.newsletter("p1@example.com")


@story("consent_upgraded_by_default")
def _(s: Any, bug: str) -> Any:
    values = s.person()
    s.seed_crm("Contact", **values)
    s.sync(bug)
    return s.newsletter(values["Email"])


@story("absence_means_unsubscribe")
def _(s: Any, bug: str) -> Any:
    s.seed_crm("Contact", **s.person(Email="x@example.com", Contact_Kind__c="Partner"))
    ma_id = s.seed_ma("contacts", email="x@example.com")
    s.sync(bug)
    return s.ma_contact(ma_id).get("hs_email_optout")


@story("optout_not_propagated_back")
def _(s: Any, bug: str) -> Any:
    crm_id, ma_id = _started(s, bug)
    s.consent_ma(ma_id, ALL_MAIL, grant=False)
    s.sync(bug)
    return s.contact(crm_id)["HasOptedOutOfEmail"]


@story("previous_record_bleed")
def _(s: Any, bug: str) -> Any:
    s.seed_crm("Contact", **s.person(Title="Chief"))
    second = s.person()
    s.seed_crm("Contact", **second)
    s.sync(bug)
    return s.by_email(second["Email"]).get("jobtitle")


@story("optout_ignored_on_first_import")
def _(s: Any, bug: str) -> Any:
    values = s.person(HasOptedOutOfEmail=True)
    s.seed_crm("Contact", **values)
    s.sync(bug)
    s.sync(bug)
    return s.by_email(values["Email"]).get("hs_email_optout")


@story("optout_sticky")
def _(s: Any, bug: str) -> Any:
    crm_id, _ma = _started(s, bug)
    s.edit_crm(crm_id, **OPT_IN)
    s.sync(bug)
    return s.newsletter("p1@example.com")


@story("optout_wiped_by_unrelated_write")
def _(s: Any, bug: str) -> Any:
    crm_id, ma_id = _started(s, bug)
    s.edit_crm(crm_id, HasOptedOutOfEmail=True)
    s.edit_ma(ma_id, jobtitle="new")
    s.sync(bug)
    return s.contact(crm_id)["HasOptedOutOfEmail"]


@story("erasure_resurrected")
def _(s: Any, bug: str) -> Any:
    crm_id, ma_id = _started(s, bug)
    s.servers.call(lambda: s.ma.desk_erase("contacts", ma_id))
    s.edit_crm(crm_id, Phone="1")
    s.sync(bug)
    return sum(1 for _ in s.ma.store.rows("contacts"))


@story("error_swallowed")
def _(s: Any, bug: str) -> Any:
    s.seed_crm("Contact", **s.person(Email="typo@example.invalidtld"))
    run = s.sync(bug)
    return run.code, len(run.refused)


@story("one_bad_record_blocks_all")
def _(s: Any, bug: str) -> Any:
    s.seed_crm("Contact", **s.person(Email="typo@example.invalidtld"))
    _crm_id, _ma_id = s.linked({"Phone": "1"})
    s.seed_crm("Lead", LastName="L", Company="C", Email="l@example.com")
    s.seed_ma("contacts", email="stranger@example.com", lastname="S")
    s.sync(bug)
    return sum(1 for _ in s.crm.store.rows("Lead"))


@story("batch_partial_ignored")
def _(s: Any, bug: str) -> Any:
    s.edit_crm(_started(s, bug)[0], Email="typo@example.invalidtld")
    return s.sync(bug).code


@story("failed_marked_synced")
def _(s: Any, bug: str) -> Any:
    crm_id, ma_id = _started(s, bug)
    s.edit_crm(crm_id, Phone="1")
    s.fail("ma", "/contacts/batch/update", times=5)
    s.sync(bug)
    s.wait(3600)
    s.sync(bug)
    return s.ma_contact(ma_id).get("phone")


@story("both_sides_edited_one_lost")
def _(s: Any, bug: str) -> Any:
    crm_id, ma_id = _started(s, bug)
    s.edit_crm(crm_id, Phone="1")
    s.edit_ma(ma_id, jobtitle="new")
    s.sync(bug)
    s.sync(bug)
    return s.contact(crm_id).get("Title")


@story("email_change_creates_second")
def _(s: Any, bug: str) -> Any:
    crm_id, _ma = _started(s, bug)
    s.edit_crm(crm_id, Email="changed@example.com")
    s.sync(bug)
    return sum(1 for _ in s.ma.store.rows("contacts"))


@story("blind_create_retry")
def _(s: Any, bug: str) -> Any:
    s.seed_ma("contacts", email="stranger@example.com", lastname="S")
    s.fail("crm", "/composite/sobjects", times=1, applied=True, status=504)
    s.sync(bug)
    return sum(1 for _ in s.crm.store.rows("Lead"))


@story("secondary_email_ignored")
def _(s: Any, bug: str) -> Any:
    s.seed_crm("Contact", **s.person(Email="second@example.com"))
    s.seed_ma("contacts", email="main@example.com", hs_additional_emails="second@example.com", lastname="L")
    return s.sync(bug).code, sum(1 for _ in s.crm.store.rows("Lead"))


@story("blank_overwrites")
def _(s: Any, bug: str) -> Any:
    crm_id, ma_id = _started(s, bug, {"MailingStreet": "a"}, {"address": "a"})
    s.edit_ma(ma_id, address=None)
    s.sync(bug)
    return s.contact(crm_id).get("MailingStreet")


@story("clear_not_propagated")
def _(s: Any, bug: str) -> Any:
    crm_id, ma_id = _started(s, bug, {"Phone": "1"}, {"phone": "1"})
    s.edit_crm(crm_id, Phone=None)
    s.sync(bug)
    return s.ma_contact(ma_id).get("phone") or None


@story("false_never_arrives")
def _(s: Any, bug: str) -> Any:
    crm_id, ma_id = _started(s, bug, {"Vip__c": True}, {"vip": "true"})
    s.edit_crm(crm_id, Vip__c=False)
    s.sync(bug)
    return s.ma_contact(ma_id)["vip"]


@story("text_truncated", "html_entities", "ascii_only")
def _(s: Any, bug: str) -> Any:
    crm_id, ma_id = _started(s, bug)
    s.edit_ma(ma_id, jobtitle="Růst & <obchod> pro celý region")
    s.sync(bug)
    return s.contact(crm_id)["Title"]


@story("day_month_swapped")
def _(s: Any, bug: str) -> Any:
    values = s.person(Birthdate="1974-10-06")
    s.seed_crm("Contact", **values)
    s.sync(bug)
    return s.by_email(values["Email"])["birth_date"]


@story("winner_ignored")
def _(s: Any, bug: str) -> Any:
    crm_id, ma_id = _started(s, bug, {"FirstName": "a"}, {"firstname": "a"})
    s.edit_crm(crm_id, FirstName="crm")
    s.wait(60)
    s.edit_ma(ma_id, firstname="ma")
    s.sync(bug)
    return s.contact(crm_id)["FirstName"]


@story("deletion_ignored")
def _(s: Any, bug: str) -> Any:
    crm_id, _ma = _started(s, bug)
    s.servers.call(lambda: s.crm.desk_delete("Contact", crm_id))
    s.sync(bug)
    return sum(1 for _ in s.ma.store.rows("contacts"))


@story("echo")
def _(s: Any, bug: str) -> Any:
    _started(s, bug)
    return [e.path for e in s.sync(bug).writes]


@story("first_page_only")
def _(s: Any, bug: str) -> Any:
    for i in range(130):
        s.seed_ma("contacts", email=f"m{i}@example.com", lastname=f"L{i}")
    s.sync(bug)
    return sum(1 for _ in s.crm.store.rows("Lead"))


@story("rate_limit_not_retried")
def _(s: Any, bug: str) -> Any:
    _crm, ma_id = s.linked({"Phone": "1"})
    s.fail("ma", "/contacts/batch/update", times=1, status=429)
    return s.sync(bug).code, s.ma_contact(ma_id).get("phone")


@story("owner_hijacked")
def _(s: Any, bug: str) -> Any:
    ann = s.seed_crm("User", LastName="A", Email="ann@example.com", Username="ann@example.com", IsActive=True)
    crm_id, ma_id = _started(s, bug, {"OwnerId": ann})
    s.edit_ma(ma_id, jobtitle="x")
    s.sync(bug)
    return s.contact(crm_id)["OwnerId"]


@story("wrong_population")
def _(s: Any, bug: str) -> Any:
    s.seed_crm("Contact", **s.person(Contact_Kind__c="Test"))
    s.sync(bug)
    return sum(1 for _ in s.ma.store.rows("contacts"))


@story("scope_confusion")
def _(s: Any, bug: str) -> Any:
    crm_id, ma_id = _started(s, bug, OPT_IN)
    s.edit_crm(crm_id, Newsletter_Consent__c="OptOut")
    s.sync(bug)
    return s.ma_contact(ma_id).get("hs_email_optout")


@story("secret_in_log")
def _(s: Any, bug: str) -> Any:
    run = s.sync(bug)
    return s.env()["HUBSPOT_TOKEN"] in run.stdout + run.stderr


# Bugs in what a service makes of webhooks show in tests/stories and `syncproof qualify`: they need a service.
OF_SERVICES = {bug.name for bug in webhooks.BUGS}


@pytest.mark.parametrize("bug", [bug.name for bug in BUGS if bug.name not in OF_SERVICES])
def test_a_bug_does_harm_only_when_it_is_on(bug: str, two_sandboxes: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "Patience", lambda: Patience(sleep=lambda _: None))
    correct, buggy = two_sandboxes

    good, bad = STORIES[bug](correct, ""), STORIES[bug](buggy, bug)

    assert good != bad, f"with the bug as without it: {good}"
