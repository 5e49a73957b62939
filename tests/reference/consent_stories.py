"""One short story per mistake with consents: what stands at its end differs when the mistake is switched on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncproof_mocks.consent import ConsentKey, ConsentProof
from syncproof_mocks.ma.hubspot.consent_state import row_of
from syncproof_mocks.ma.hubspot.sending import messages

Story = Callable[[Any, str], Any]
STORIES: dict[str, Story] = {}

NEWSLETTER, ALL_MAIL = ConsentKey("email", "newsletter"), ConsentKey("email", "*")
LONG_AGO = "2026-03-01T10:00:00.000+0000"


def story(*names: str) -> Callable[[Story], Story]:
    def tell(function: Story) -> Story:
        for name in names:
            STORIES[name] = function
        return function

    return tell


def said(word: str, at: str | None = LONG_AGO, source: str | None = "form") -> dict[str, Any]:
    return {"Newsletter_Consent__c": word, "Newsletter_Consent_At__c": at, "Newsletter_Consent_Source__c": source}


def now(s: Any) -> str:
    return str(s.crm.clock.now().strftime("%Y-%m-%dT%H:%M:%S.000+0000"))


def started(s: Any, bug: str, crm: dict[str, Any] | None = None) -> tuple[str, str]:
    ids = s.linked(crm)
    s.sync(bug)
    s.wait(60)
    return tuple(ids)  # type: ignore[return-value]


@story("reconnect_resubscribes")
def _(s: Any, bug: str) -> Any:
    _, ma_id = s.linked(said("OptIn"))
    s.consent_ma(ma_id, NEWSLETTER, grant=False)
    s.sync(bug)
    return s.newsletter("p1@example.com")


@story("readd_resubscribes")
def _(s: Any, bug: str) -> Any:
    crm_id, ma_id = started(s, bug, said("OptIn"))
    s.edit_crm(crm_id, Contact_Kind__c="Supplier")
    s.sync(bug)
    s.wait(60)
    s.consent_ma(ma_id, NEWSLETTER, grant=False)
    s.edit_crm(crm_id, Contact_Kind__c="Customer")
    s.sync(bug)
    return s.newsletter("p1@example.com")


@story("stranger_opted_in")
def _(s: Any, bug: str) -> Any:
    s.seed_ma("contacts", email="new@example.com", lastname="New")
    s.sync(bug)
    return [row.values["Newsletter_Consent__c"] for row in s.crm.store.rows("Lead")]


@story("excluded_unsubscribed")
def _(s: Any, bug: str) -> Any:
    crm_id, ma_id = started(s, bug)
    s.edit_crm(crm_id, Contact_Kind__c="Supplier")
    s.sync(bug)
    return s.ma_contact(ma_id).get("hs_email_optout")


@story("repeat_push_unsubscribes")
def _(s: Any, bug: str) -> Any:
    _, ma_id = started(s, bug)
    s.consent_ma(ma_id, NEWSLETTER, grant=True, proof=ConsentProof(now(s), "web form"))
    s.sync(bug)
    return s.newsletter("p1@example.com")


@story("profile_change_subscribes")
def _(s: Any, bug: str) -> Any:
    crm_id, ma_id = started(s, bug, said("OptOut"))
    s.edit_ma(ma_id, jobtitle="Chief")
    s.sync(bug)
    return s.contact(crm_id)["Newsletter_Consent__c"]


@story("erasure_not_followed")
def _(s: Any, bug: str) -> Any:
    crm_id, ma_id = started(s, bug)
    s.servers.call(lambda: s.crm.desk_erase("Contact", crm_id))
    s.sync(bug)
    return s.ma.store.get("contacts", ma_id, deleted=True) is None


@story("erasure_resubmitted")
def _(s: Any, bug: str) -> Any:
    crm_id, ma_id = started(s, bug)
    s.servers.call(lambda: s.ma.desk_erase("contacts", ma_id))
    tried = []
    for title in ("Chief", "Head"):
        s.edit_crm(crm_id, Title=title)
        tried.append(any(ma_id.encode() in e.request_body for e in s.sync(bug).writes))
        s.wait(60)
    return tried


@story("global_optout_one_list")
def _(s: Any, bug: str) -> Any:
    crm_id, ma_id = started(s, bug)
    s.edit_crm(crm_id, HasOptedOutOfEmail=True)
    s.sync(bug)
    return s.ma_contact(ma_id).get("hs_email_optout")


@story("bounce_means_optout")
def _(s: Any, bug: str) -> Any:
    crm_id, ma_id = started(s, bug)
    s.servers.call(lambda: s.ma.desk_bounce(ma_id, "hard"))
    s.sync(bug)
    return s.contact(crm_id)["HasOptedOutOfEmail"]


@story("bounced_not_updated")
def _(s: Any, bug: str) -> Any:
    crm_id, ma_id = started(s, bug)
    s.servers.call(lambda: s.ma.desk_bounce(ma_id, "hard"))
    s.edit_crm(crm_id, Email="works@example.com")
    s.sync(bug)
    return s.ma_contact(ma_id)["email"]


@story("pending_is_yes")
def _(s: Any, bug: str) -> Any:
    started(s, bug, said("OptInPending"))
    return s.newsletter("p1@example.com")


@story("confirmation_mail_sent")
def _(s: Any, bug: str) -> Any:
    started(s, bug, said("OptIn"))
    return len(list(messages(s.ma.store.snapshot())))


@story("evidence_not_sent")
def _(s: Any, bug: str) -> Any:
    started(s, bug, said("OptIn"))
    row = row_of(s.ma, "p1@example.com")
    assert row is not None
    return [v["legal_basis"] for name, v in row.values.items() if name.startswith("subscription:")]


@story("evidence_time_rewritten")
def _(s: Any, bug: str) -> Any:
    crm_id, ma_id = s.linked()
    s.consent_ma(ma_id, NEWSLETTER, grant=True, proof=ConsentProof("2025-05-05T05:05:05Z", "web form"))
    s.sync(bug)
    return str(s.contact(crm_id)["Newsletter_Consent_At__c"])[:10]


@story("resubscribe_blocked")
def _(s: Any, bug: str) -> Any:
    crm_id, _ = started(s, bug, said("OptOut"))
    s.wait(3600)
    s.edit_crm(crm_id, **said("OptIn", now(s), "new form"))
    s.sync(bug)
    return s.newsletter("p1@example.com")


@story("refused_consent_swallowed")
def _(s: Any, bug: str) -> Any:
    s.ma.switch("v4_resubscribe", False)
    crm_id, _ = started(s, bug, said("OptOut"))
    s.wait(3600)
    s.edit_crm(crm_id, **said("OptIn", now(s), "new form"))
    return s.sync(bug).code


@story("undated_no_ignored")
def _(s: Any, bug: str) -> Any:
    crm_id, _ = started(s, bug, said("OptIn"))
    s.edit_crm(crm_id, **said("OptOut", None, None))
    s.sync(bug)
    return s.newsletter("p1@example.com")


@story("do_not_call_unsubscribes")
def _(s: Any, bug: str) -> Any:
    crm_id, ma_id = started(s, bug)
    s.edit_crm(crm_id, DoNotCall=True)
    s.sync(bug)
    return s.ma_contact(ma_id).get("hs_email_optout")


@story("everyone_excluded")
def _(s: Any, bug: str) -> Any:
    values = s.person()
    s.seed_crm("Contact", **values)
    s.sync(bug)
    return s.by_email(values["Email"]).get("hs_email_optout")


@story("defaults_sent_along")
def _(s: Any, bug: str) -> Any:
    crm_id, ma_id = started(s, bug)
    s.edit_crm(crm_id, DoNotCall=True)
    s.edit_ma(ma_id, mobilephone="+48600100200")
    s.sync(bug)
    return s.contact(crm_id)["DoNotCall"], s.contact(crm_id)["MobilePhone"]


@story("consent_told_back")
def _(s: Any, bug: str) -> Any:
    crm_id, ma_id = started(s, bug)
    s.edit_crm(crm_id, **said("OptIn", "2026-03-01T10:00:00.000+0000", "a form"))
    s.sync(bug)
    s.edit_ma(ma_id, mobilephone="+48600100200")
    s.sync(bug)
    return s.contact(crm_id)["Newsletter_Consent_Source__c"]
