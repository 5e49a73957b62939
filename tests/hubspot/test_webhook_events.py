"""Which events a change gives, and what they say (research/hubspot.md section 1.9)."""

from __future__ import annotations

from syncproof_mocks.consent import ConsentKey
from syncproof_mocks.journal import Actor
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.ma.hubspot.webhooks import Webhooks
from tests.hubspot.listening import listen


def told(hooks: Webhooks) -> list[str]:
    return [e.members["subscriptionType"] for e in hooks.due()]


def test_an_edit_by_hand_tells_the_new_value_once_for_each_subscription(still: Hubspot, hooks: Webhooks) -> None:
    contact = still.desk_create("contacts", {"email": "bob@acme.com", "jobtitle": "CEO"})
    listen(hooks, "contact.propertyChange:phone", "object.propertyChange:phone", "contact.propertyChange:jobtitle")

    still.desk_edit("contacts", contact.id, {"phone": "+48 600 100 200", "firstname": "Bob"})

    first, second = [e.members for e in hooks.due()]  # and nothing about the job title, which stayed
    assert first == {
        "eventId": first["eventId"], "subscriptionId": 1, "portalId": still.portal_id, "appId": still.app_id,
        "occurredAt": 1_800_000_000_000, "subscriptionType": "contact.propertyChange", "attemptNumber": 0,
        "objectId": int(contact.id), "propertyName": "phone", "propertyValue": "+48 600 100 200",
        "changeSource": "CRM_UI", "sourceId": still.source_id("CRM_UI"),
    }
    assert (second["subscriptionType"], second["objectTypeId"], second["eventId"]) == (
        "object.propertyChange", "0-1", first["eventId"],
    )


def test_a_cleared_value_is_an_empty_text_and_an_equal_one_no_event(still: Hubspot, hooks: Webhooks) -> None:
    contact = still.desk_create("contacts", {"email": "bob@acme.com", "phone": "1"})
    listen(hooks, "contact.propertyChange:phone")

    still.desk_edit("contacts", contact.id, {"phone": "1"})
    assert hooks.pending == 0
    still.desk_edit("contacts", contact.id, {"phone": None})

    assert [e.members["propertyValue"] for e in hooks.due()] == [""]


def test_creation_archiving_and_erasure_are_told(still: Hubspot, hooks: Webhooks) -> None:
    listen(hooks, "contact.creation", "contact.deletion", "contact.privacyDeletion", "company.creation")
    still.seed("contacts", {"email": "old@acme.com"}, created_ms=0, modified_ms=0)

    one = still.desk_create("contacts", {"email": "bob@acme.com"})
    still.desk_delete("contacts", one.id)
    two = still.desk_create("contacts", {"email": "ann@acme.com"})
    still.desk_erase("contacts", two.id)

    assert told(hooks) == [
        "contact.creation", "contact.deletion", "contact.creation", "contact.privacyDeletion", "contact.deletion",
    ]


def test_a_creation_tells_the_values_too_unless_the_switch_is_off(still: Hubspot, hooks: Webhooks) -> None:
    listen(hooks, "contact.creation", "contact.propertyChange:phone")
    still.desk_create("contacts", {"email": "bob@acme.com", "phone": "1"})
    assert sorted(told(hooks)) == ["contact.creation", "contact.propertyChange"]

    hooks.clear()
    still.switch("webhook_changes_of_new", False)
    still.desk_create("contacts", {"email": "ann@acme.com", "phone": "1"})

    assert told(hooks) == ["contact.creation"]


def test_a_merge_is_told_with_the_deletions_and_without_values(still: Hubspot, hooks: Webhooks) -> None:
    one = still.desk_create("contacts", {"email": "bob@acme.com"})
    two = still.desk_create("contacts", {"email": "bob2@acme.com", "phone": "1"})
    listen(hooks, "contact.merge", "contact.deletion", "contact.propertyChange:phone", "contact.creation")

    new = still.desk_merge("contacts", one.id, two.id)

    merge, *rest = [e.members for e in hooks.due()]
    assert (merge["primaryObjectId"], merge["mergedObjectIds"], merge["newObjectId"]) == (
        int(one.id), [int(two.id)], int(new.id),
    )
    assert merge["changeFlag"] == "MERGED"
    assert [(e["subscriptionType"], e["objectId"]) for e in rest] == [
        ("contact.deletion", int(one.id)), ("contact.deletion", int(two.id)),
    ]


def test_an_opt_out_is_told_as_a_change_of_the_contact(still: Hubspot, hooks: Webhooks) -> None:
    contact = still.desk_create("contacts", {"email": "bob@acme.com"})
    listen(hooks, "contact.propertyChange:hs_email_optout")
    with still.journal.acting(Actor.MA_USER):
        still.desk_consent("contacts", contact.id, ConsentKey("email", "*"), grant=False, proof=None)

    assert [(e.members["propertyValue"], e.members["objectId"]) for e in hooks.due()] == [("true", int(contact.id))]


def test_both_directions_of_an_association_are_told(still: Hubspot, hooks: Webhooks) -> None:
    listen(hooks, "contact.associationChange", "company.associationChange")

    hooks.association_changed("contacts", "1", "companies", "2", removed=False, primary=True, source="INTEGRATION")
    hooks.association_changed("companies", "2", "contacts", "1", removed=False, primary=True, source="INTEGRATION")

    assert [(e.members["associationType"], e.members["fromObjectId"], e.members["toObjectId"]) for e in hooks.due()] == [
        ("CONTACT_TO_COMPANY", 1, 2), ("COMPANY_TO_CONTACT", 2, 1),
    ]


def test_nobody_is_told_without_target_or_active_subscription(still: Hubspot, hooks: Webhooks) -> None:
    listen(hooks, "contact.creation", active=False)
    still.desk_create("contacts", {"email": "a@acme.com"})
    listen(hooks, "contact.creation")
    hooks.settings = None
    still.desk_create("contacts", {"email": "b@acme.com"})

    assert hooks.pending == 0


def test_the_seed_tells_nobody(still: Hubspot, hooks: Webhooks) -> None:
    stamps = {"created_ms": 1_700_000_000_000, "modified_ms": 1_700_000_000_000}
    listen(hooks, "contact.creation", "contact.associationChange", "company.associationChange",
           "contact.propertyChange:hs_email_optout", "contact.propertyChange:associatedcompanyid")

    company = still.seed("companies", {"name": "Acme"}, **stamps)
    contact = still.seed("contacts", {"email": "bob@acme.com"}, **stamps)
    still.seed_association(contact.id, company.id)
    still.seed("consents", {"email": "bob@acme.com", "portal": "UNSUBSCRIBED"}, **stamps)
    hooks.object_changed("contacts", None, contact, "SEED")

    assert hooks.pending == 0
    hooks.object_changed("contacts", None, contact, "INTEGRATION")
    assert hooks.pending == 1


def test_what_waits_and_whom_to_tell_come_back_with_a_snapshot(still: Hubspot, hooks: Webhooks) -> None:
    listen(hooks, "contact.creation")
    still.desk_create("contacts", {"email": "bob@acme.com"})
    before = still.store.snapshot()

    still.desk_create("contacts", {"email": "ann@acme.com"})
    listen(hooks, "contact.deletion")
    hooks.settings = None
    still.store.restore(before)

    assert (hooks.settings is not None, [s.event_type for s in hooks.subscriptions.values()]) == (True, ["contact.creation"])
    assert [e.members["subscriptionType"] for e in hooks.due()] == ["contact.creation"]
    still.desk_create("contacts", {"email": "ann@acme.com"})
    still.store.restore(before)  # again: the snapshot was not touched meanwhile
    assert hooks.pending == 1
