"""Records are written over SOAP the way they are by REST, and come back from the recycle bin (probe 10)."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

from syncproof_mocks.crm.salesforce import Salesforce

Soap = Callable[..., Element]
Texts = Callable[[Element, str], list[str | None]]


def test_records_are_made_changed_and_blanked(soap: Soap, texts: Texts, org: Salesforce, contacts: list[str]) -> None:
    made = soap(
        "create",
        '<ns1:sObjects xmlns:ns1="sobject.partner.soap.sforce.com"><type>Contact</type><LastName>O&amp;M</LastName>'
        "<HasOptedOutOfEmail>true</HasOptedOutOfEmail></ns1:sObjects>"
        "<sObjects><type>Contact</type><FirstName>x</FirstName></sObjects>",
    )
    assert texts(made, "result/success") == ["true", "false"]
    assert texts(made, "result/errors/statusCode") == ["REQUIRED_FIELD_MISSING"]
    assert texts(made, "result/errors/fields") == ["LastName"]
    row = org.store.get("Contact", made.findtext("result/id") or "")
    assert (row.values["LastName"], row.values["HasOptedOutOfEmail"]) == ("O&M", True)
    assert row.values["CreatedById"] == org.user_id
    soap(
        "update",
        f"<sObjects><type>Contact</type><fieldsToNull>FirstName</fieldsToNull><Id>{contacts[0]}</Id><Title>T</Title>"
        f'<Email xsi:nil="true"/></sObjects>',
    )
    changed = org.store.get("Contact", contacts[0]).values
    assert (changed["FirstName"], changed["Title"], changed["Email"]) == (None, "T", "c0@example.com")


def test_all_or_none_undoes_what_went_before(soap: Soap, texts: Texts, org: Salesforce) -> None:
    before, start = org.store.snapshot(), len(org.journal)
    made = soap(
        "create",
        "<sObjects><type>Contact</type><LastName>A</LastName></sObjects><sObjects><type>Nope</type></sObjects>",
        "<AllOrNoneHeader><allOrNone>true</allOrNone></AllOrNoneHeader>",
    )
    assert texts(made, "result/errors/statusCode") == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "INVALID_TYPE"]
    assert org.store.snapshot().tables == before.tables
    assert list(org.journal.changes(start)) == []


def test_an_upsert_tells_whether_the_record_is_new(soap: Soap, texts: Texts, org: Salesforce) -> None:
    def record(key: str) -> str:
        return f"<sObjects><type>Contact</type><Ext__c>{key}</Ext__c><LastName>U</LastName></sObjects>"

    made = soap("upsert", f"<externalIDFieldName>Ext__c</externalIDFieldName>{record('x1')}{record('n1')}")
    assert texts(made, "result/created") == ["false", "true"]
    again = soap("upsert", f"<externalIDFieldName>Ext__c</externalIDFieldName>{record('n1')}{record('N1')}")
    assert set(texts(again, "result/errors/statusCode")) == {"DUPLICATE_EXTERNAL_ID"}


def test_an_undeleted_record_is_back_with_a_new_stamp(soap: Soap, texts: Texts, org: Salesforce, contacts: list[str]) -> None:
    """Probe 10."""
    soap("delete", f"<ids>{contacts[0]}</ids>")
    assert org.store.get("Contact", contacts[0]) is None
    org.clock.move(60)
    deleted = org.store.get("Contact", contacts[0], deleted=True).values["SystemModstamp"]
    result = soap("undelete", f"<ids>{contacts[0]}</ids><ids>{contacts[1]}</ids>")
    assert texts(result, "result/success") == ["true", "false"]
    assert texts(result, "result/errors/message") == ["Entity is not in the recycle bin"]
    back = org.store.get("Contact", contacts[0])
    assert back.values["IsDeleted"] is False
    assert back.values["SystemModstamp"] > deleted


def test_what_a_deletion_took_along_comes_back_but_not_what_was_deleted_before(
    soap: Soap, texts: Texts, org: Salesforce, contacts: list[str]
) -> None:
    [account] = org.store.rows("Account")
    soap("delete", f"<ids>{contacts[0]}</ids>")
    soap("delete", f"<ids>{account.id}</ids>")
    assert list(org.store.rows("Contact")) == []
    soap("undelete", f"<ids>{account.id}</ids>")
    assert [r.id for r in org.store.rows("Contact")] == contacts[1:]


def test_a_unique_value_taken_meanwhile_keeps_a_record_in_the_bin(
    soap: Soap, texts: Texts, org: Salesforce, contacts: list[str]
) -> None:
    org.desk_edit("Contact", contacts[0], {"Uniq__c": "only"})
    soap("delete", f"<ids>{contacts[0]}</ids>")
    org.desk_edit("Contact", contacts[1], {"Uniq__c": "only"})
    result = soap("undelete", f"<ids>{contacts[0]}</ids>")
    assert texts(result, "result/errors/statusCode") == ["DUPLICATE_VALUE"]
    assert org.store.get("Contact", contacts[0]) is None


def test_an_emptied_bin_keeps_only_the_fact(soap: Soap, texts: Texts, org: Salesforce, contacts: list[str], window: Callable[[], str]) -> None:
    soap("delete", f"<ids>{contacts[0]}</ids>")
    result = soap("emptyRecycleBin", f"<ids>{contacts[0]}</ids><ids>{contacts[1]}</ids><ids>x</ids>")
    assert texts(result, "result/success") == ["true", "false", "false"]
    assert org.store.get("Contact", contacts[0], deleted=True) is None
    assert texts(soap("undelete", f"<ids>{contacts[0]}</ids>"), "result/success") == ["false"]
    org.clock.move(60)
    found = soap("getDeleted", window())
    assert texts(found, "result/deletedRecords/id") == [contacts[0]]
