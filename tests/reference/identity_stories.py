"""One short story for each mistake with identity: what is told differs when the mistake is on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncproof.reference.lock import alone
from syncproof_mocks.faults import arm

Story = Callable[[Any, str], Any]
STORIES: dict[str, Story] = {}


def story(*names: str) -> Callable[[Story], Story]:
    def tell(function: Story) -> Story:
        for name in names:
            STORIES[name] = function
        return function

    return tell


def _count(s: Any, side: str, kind: str) -> int:
    return sum(1 for _ in (s.crm if side == "crm" else s.ma).store.rows(kind))


@story("batch_answers_by_position")
def _(s: Any, bug: str) -> Any:
    people = [s.person(Title=f"t{n}", Email="refused@mail.invalid" if n == 1 else f"a{n}@example.com") for n in range(4)]
    ids = [s.seed_crm("Contact", **values) for values in people]
    s.sync(bug)
    s.wait(60)
    s.edit_crm(ids[2], Title="news of the third")
    s.sync(bug)
    return s.by_email("a2@example.com").get("jobtitle"), s.by_email("a3@example.com").get("jobtitle")


@story("shared_address_last_wins")
def _(s: Any, bug: str) -> Any:
    _crm, ma_id = s.linked({"Email": "both@example.com", "LastName": "First", "Title": "one"}, {"jobtitle": "one"})
    s.seed_crm("Contact", **s.person(Email="both@example.com", LastName="Second", Title="two"))
    s.sync(bug)
    return s.ma_contact(ma_id)["lastname"]


@story("previous_lead_bleeds")
def _(s: Any, bug: str) -> Any:
    s.seed_ma("contacts", email="a@example.com", lastname="A", jobtitle="boss")
    s.seed_ma("contacts", email="b@example.com", lastname="B")
    s.sync(bug)
    return [row.values.get("Title") for row in s.crm.store.rows("Lead")]


@story("ma_address_change_makes_a_lead")
def _(s: Any, bug: str) -> Any:
    _crm, ma_id = s.linked()
    s.sync(bug)
    s.wait(60)
    s.edit_ma(ma_id, email="new@example.com")
    s.sync(bug)
    return _count(s, "crm", "Lead")


@story("two_runs_at_once")
def _(s: Any, bug: str) -> Any:
    s.seed_ma("contacts", email="a@example.com")
    with alone(s.folder):
        run = s.sync(bug)
    return run.code, _count(s, "crm", "Lead")


@story("search_before_create")
def _(s: Any, bug: str) -> Any:
    s.sync(bug)
    s.wait(60)
    arm(s.apps["ma"], {"fault": "index_lag", "operation": "*search*", "settings": {"lag_s": 300}})
    ma_id = s.servers.call(lambda: s.ma.desk_create("contacts", {"email": "a@example.com"})).id
    s.seed_crm("Contact", days_ago=0, **s.person(Email="a@example.com", Title="boss"))
    s.sync(bug)
    return s.ma_contact(ma_id).get("jobtitle")


@story("case_sensitive_keys")
def _(s: Any, bug: str) -> Any:
    s.seed_crm("Account", Name="Acme", Tax_Id__c="DE811", BillingCity="Ulm")
    ma_id = s.seed_ma("companies", name="Acme", tax_id="de811")
    s.sync(bug)
    row = s.ma.store.get("companies", ma_id)
    return row.values.get("city")


@story("blanks_kept_in_keys")
def _(s: Any, bug: str) -> Any:
    s.seed_crm("Account", Name="Acme", Tax_Id__c="811", BillingCity="Ulm")
    ma_id = s.seed_ma("companies", name="Acme", tax_id="811\u00a0")
    s.sync(bug)
    row = s.ma.store.get("companies", ma_id)
    return row.values.get("city")


@story("leads_known_by_link_only")
def _(s: Any, bug: str) -> Any:
    s.seed_crm("Lead", LastName="L", Company="C", Email="a@example.com", Contact_Kind__c="Lead")
    s.seed_ma("contacts", email="a@example.com", lastname="L")
    s.sync(bug)
    return _count(s, "crm", "Lead")


@story("created_link_not_kept")
def _(s: Any, bug: str) -> Any:
    ma_id = s.seed_ma("contacts", email="a@example.com", lastname="L")
    s.sync(bug)
    s.wait(60)
    s.edit_ma(ma_id, phone="1")
    s.sync(bug)
    return _count(s, "crm", "Lead")


@story("quotes_not_escaped", "apostrophe_as_entity", "plus_read_as_blank")
def _(s: Any, bug: str) -> Any:
    s.fail("crm", "/composite/sobjects", times=1, status=504, applied=True)
    s.seed_ma("contacts", email="o'neil+shop@example.com", lastname="L")
    return s.sync(bug).code, _count(s, "crm", "Lead")


@story("upsert_by_address")
def _(s: Any, bug: str) -> Any:
    crm_id, _ma = s.linked({"Title": "one"}, {"jobtitle": "one"})
    _crm, other = s.linked({"Email": "other@example.com", "Title": "two"}, {"jobtitle": "two"})
    s.sync(bug)
    s.wait(60)
    s.edit_crm(crm_id, Email="other@example.com", Title="news")
    s.sync(bug)
    return s.ma_contact(other)["jobtitle"]


@story("one_to_many_link")
def _(s: Any, bug: str) -> Any:
    s.linked({"Email": "twin@example.com", "Phone": "1"})
    s.seed_crm("Contact", **s.person(Email="twin@example.com", Phone="2"))
    for _ in range(3):
        run = s.sync(bug)
    return bool(run.writes)


@story("first_subscription_type")
def _(s: Any, bug: str) -> Any:
    said = {"Newsletter_Consent__c": "OptIn", "Newsletter_Consent_At__c": "2026-03-01T10:00:00.000+0000",
            "Newsletter_Consent_Source__c": "form"}  # fmt: skip
    values = s.person(**said)
    s.seed_crm("Contact", **values)
    s.sync(bug)
    return s.newsletter(values["Email"])


@story("fifteen_character_ids")
def _(s: Any, bug: str) -> Any:
    s.linked()
    s.sync(bug)
    s.wait(60)
    s.sync(bug)
    return _count(s, "ma", "contacts")


@story("ids_without_case")
def _(s: Any, bug: str) -> Any:
    ids = [s.linked({"Phone": "1"}, {"phone": "1"})[0] for _ in range(66)]
    s.sync(bug)
    s.wait(60)
    for crm_id in ids:
        s.edit_crm(crm_id, Phone="2")
    s.sync(bug)
    return {row.values["phone"] for row in s.ma.store.rows("contacts")}


@story("plus_tag_stripped")
def _(s: Any, bug: str) -> Any:
    s.seed_crm("Contact", **s.person(Email="anna@example.com"))
    s.seed_crm("Contact", **s.person(Email="anna+shop@example.com"))
    s.sync(bug)
    return _count(s, "ma", "contacts")


@story("made_before_filled")
def _(s: Any, bug: str) -> Any:
    s.seed_ma("contacts", email="stranger@example.com", lastname="Stranger")
    s.fail("crm", "/composite/sobjects", times=1, applied=True, status=504)
    s.sync(bug)
    return sorted(row.values["LastName"] for row in s.crm.store.rows("Lead"))
