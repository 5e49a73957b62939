"""One short story for each mistake with values: what is told differs when the mistake is on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Story = Callable[[Any, str], Any]
STORIES: dict[str, Story] = {}


def story(*names: str) -> Callable[[Story], Story]:
    def tell(function: Story) -> Story:
        for name in names:
            STORIES[name] = function
        return function

    return tell


def _arrived(s: Any, bug: str, field: str, **crm: Any) -> Any:
    """Return what the new MA contact of a CRM contact holds."""
    values = s.person(**crm)
    s.seed_crm("Contact", **values)
    s.sync(bug)
    return s.by_email(values["Email"]).get(field)


def _edited(s: Any, bug: str, before: dict[str, Any], field: str, **crm: Any) -> Any:
    """Return what the MA contact holds once the CRM's was edited."""
    values = s.person(**before)
    crm_id = s.seed_crm("Contact", **values)
    s.sync(bug)
    s.wait(60)
    s.edit_crm(crm_id, **crm)
    s.sync(bug)
    return s.by_email(values["Email"]).get(field)


@story("typed_clear_not_propagated")
def _(s: Any, bug: str) -> Any:
    return _edited(s, bug, {"Birthdate": "1980-01-31"}, "birth_date", Birthdate=None)


@story("placeholder_overwrites")
def _(s: Any, bug: str) -> Any:
    lead = s.seed_crm("Lead", **s.person(Company="ACME", Email="a@example.com", Contact_Kind__c="Lead"))
    ma = s.seed_ma("contacts", email="a@example.com", company="ACME")
    s.sync(bug)
    s.edit_ma(ma, company="")
    s.sync(bug)
    s.wait(60)
    s.edit_ma(ma, city="Ulm")
    s.sync(bug)
    return s.contact(lead, "Lead")["Company"]


@story("placeholder_written_back")
def _(s: Any, bug: str) -> Any:
    ma = s.seed_ma("contacts", email="a@example.com")
    s.sync(bug)
    s.wait(60)
    s.edit_ma(ma, city="Ulm")
    s.sync(bug)
    return s.ma_contact(ma).get("company")


@story("boolean_as_text")
def _(s: Any, bug: str) -> Any:
    crm, ma = s.linked()
    s.sync(bug)
    s.wait(60)
    s.edit_ma(ma, vip="true")
    return s.sync(bug).code, s.contact(crm)["Vip__c"]


@story("zero_is_blank")
def _(s: Any, bug: str) -> Any:
    return _arrived(s, bug, "annual_spend", Annual_Spend__c=0)


@story("null_becomes_zero")
def _(s: Any, bug: str) -> Any:
    return _edited(s, bug, {"Annual_Spend__c": 5}, "annual_spend", Annual_Spend__c=None)


@story("refused_value_drops_record")
def _(s: Any, bug: str) -> Any:
    return _edited(s, bug, {}, "jobtitle", Preferred_Channel__c="Carrier pigeon", Title="Chief")


@story("refused_value_blocks_creation")
def _(s: Any, bug: str) -> Any:
    s.seed_crm("Contact", **s.person(Preferred_Channel__c="Carrier pigeon"))
    s.sync(bug)
    return sum(1 for _ in s.ma.store.rows("contacts"))


@story("picklist_labels_unknown")
def _(s: Any, bug: str) -> Any:
    return _arrived(s, bug, "preferred_channel", Preferred_Channel__c="Text message")


@story("multi_select_comma", "multi_select_cut_to_first")
def _(s: Any, bug: str) -> Any:
    return _arrived(s, bug, "interests", Interests__c="events;product")


@story("multi_select_split_on_comma")
def _(s: Any, bug: str) -> Any:
    return _arrived(s, bug, "content_topics", Content_Topics__c="Trade fairs, congresses;Press")


@story("country_code_for_name", "country_names_outdated")
def _(s: Any, bug: str) -> Any:
    return _arrived(s, bug, "country", MailingCountry="Czechia")


@story("seconds_for_milliseconds")
def _(s: Any, bug: str) -> Any:
    return _arrived(s, bug, "last_order_at", Last_Order_At__c="2024-03-31T00:30:00.000+0000")


@story("date_through_local_time", "local_midnight")
def _(s: Any, bug: str) -> Any:
    return _arrived(s, bug, "birth_date", Birthdate="2000-02-29")


@story("rule_of_another_object")
def _(s: Any, bug: str) -> Any:
    lead = s.seed_crm("Lead", **s.person(Company="ACME", Email="a@example.com", Contact_Kind__c="Lead"))
    ma = s.seed_ma("contacts", email="a@example.com")
    s.sync(bug)
    s.edit_crm(lead, "Lead", Title="in the CRM")
    s.edit_ma(ma, jobtitle="in the MA")
    s.wait(60)
    s.edit_crm(lead, "Lead", Title="later in the CRM")
    s.sync(bug)
    return s.contact(lead, "Lead")["Title"]


@story("unsupported_types_dropped")
def _(s: Any, bug: str) -> Any:
    return _arrived(s, bug, "interests", Interests__c="events")


@story("mapping_shifted")
def _(s: Any, bug: str) -> Any:
    return _arrived(s, bug, "jobtitle", Title="Chief")


@story("readonly_field_pushed")
def _(s: Any, bug: str) -> Any:
    crm, ma = s.linked({"Client_Since__c": "2011-01-01"})
    s.sync(bug)
    s.wait(60)
    s.edit_ma(ma, jobtitle="Chief")
    s.sync(bug)
    return s.contact(crm)["Title"]


@story("incomplete_people_skipped")
def _(s: Any, bug: str) -> Any:
    s.seed_ma("contacts", email="a@example.com")
    s.sync(bug)
    return sum(1 for _ in s.crm.store.rows("Lead"))


@story("cut_at_the_emoji")
def _(s: Any, bug: str) -> Any:
    return _arrived(s, bug, "firstname", FirstName="Zoë 😊 Ann")


@story("phone_plus_lost")
def _(s: Any, bug: str) -> Any:
    return _arrived(s, bug, "phone", Phone="+48221234567")


@story("trunk_zero_turned_in")
def _(s: Any, bug: str) -> Any:
    return _arrived(s, bug, "phone", Phone="+49 (0)30 1234567")


@story("brazilian_nine_dropped")
def _(s: Any, bug: str) -> Any:
    return _arrived(s, bug, "mobilephone", MobilePhone="+55 11 91234-5678")


@story("decimal_point_ignored", "decimal_comma")
def _(s: Any, bug: str) -> Any:
    return _arrived(s, bug, "annual_spend", Annual_Spend__c=3975.35)


@story("choices_replaced_by_addition")
def _(s: Any, bug: str) -> Any:
    return _edited(s, bug, {"Interests__c": "events"}, "interests", Interests__c="events;product")


@story("backward_stage_ignored")
def _(s: Any, bug: str) -> Any:
    return _edited(s, bug, {"Lifecycle_Stage__c": "Customer"}, "lifecyclestage", Lifecycle_Stage__c="Qualified")


@story("stage_pushed_with_everything")
def _(s: Any, bug: str) -> Any:
    crm, ma = s.linked({"Lifecycle_Stage__c": "Lead"}, {"lifecyclestage": "lead"})
    s.sync(bug)
    s.wait(60)
    s.edit_ma(ma, lifecyclestage="customer")
    s.edit_crm(crm, Title="Chief")
    s.sync(bug)
    return s.ma_contact(ma)["lifecyclestage"]


@story("currency_defaulted")
def _(s: Any, bug: str) -> Any:
    return _arrived(s, bug, "spend_currency", Annual_Spend__c=100, Spend_Currency__c="EUR")


@story("direction_unheeded")
def _(s: Any, bug: str) -> Any:
    crm, ma = s.linked({"Phone": "+48221000001"}, {"phone": "+48221000001"})
    s.sync(bug)
    s.wait(60)
    s.edit_ma(ma, phone="+48221000002")
    s.sync(bug)
    return s.contact(crm)["Phone"]


@story("direction_none_unknown")
def _(s: Any, bug: str) -> Any:
    return _arrived(s, bug, "national_id", National_Id__c="85010112345")
