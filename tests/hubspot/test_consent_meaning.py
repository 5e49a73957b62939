"""What rows of kind "consents" mean in neutral words, what people and seeds do to them, and what rewinding does."""

from __future__ import annotations

import pytest
from syncproof_mocks.consent import ConsentKey, ConsentProof, ConsentState
from syncproof_mocks.dialect import DeskError
from syncproof_mocks.journal import Actor, Row
from syncproof_mocks.ma.hubspot import Hubspot
from syncproof_mocks.ma.hubspot.communication import TABLE
from syncproof_mocks.ma.hubspot.consent_state import LEGAL_BASES, Cause, set_portal, set_status
from syncproof_mocks.world import World

EMAIL = "bob@acme.com"
ALL, NEWSLETTER = ConsentKey("email", "*"), ConsentKey("email", "newsletter")
PROOF = ConsentProof("2026-03-01T10:00:00+01:00", "web form 7", "Yes, mail me")


@pytest.fixture
def portal() -> Hubspot:
    dialect = Hubspot(World(7))
    dialect.subscription_types.add("Newsletter")
    return dialect


@pytest.fixture
def contact(portal: Hubspot) -> Row:
    return portal.desk_create("contacts", {"email": EMAIL})


def marks(portal: Hubspot, email: str = EMAIL) -> dict[str, ConsentState]:
    row = portal.store.get("consents", email)
    return {str(m.key): m.state for m in portal.consents(row)} if row else {}


def say(portal: Hubspot, contact: Row, key: ConsentKey, yes: bool, proof: ConsentProof | None = None) -> None:
    with portal.journal.acting(Actor.MA_USER):
        portal.desk_consent("contacts", contact.id, key, grant=yes, proof=proof)


def shown(portal: Hubspot, contact: Row, name: str = "hs_email_optout") -> str | None:
    row = portal.store.get("contacts", contact.id)
    assert row is not None
    return row.values.get(name)


def newsletter_id(portal: Hubspot) -> str:
    found = portal.subscription_types.by_name("Newsletter")
    assert found is not None
    return found


def test_types_are_found_by_name_and_purpose(portal: Hubspot) -> None:
    types = portal.subscription_types
    assert types.by_purpose("marketing_information") == types.by_name("MARKETING information")
    assert types.key_of(newsletter_id(portal)) == NEWSLETTER
    assert types.add("newsletter") == newsletter_id(portal)
    assert types.by_purpose("weather") is None


def test_the_table_covers_every_status_and_legal_basis() -> None:
    assert {basis for _, basis in TABLE} == {"none", "person", *LEGAL_BASES}
    assert {TABLE[s, "none"] for s in ("NOT_SPECIFIED", "SUBSCRIBED", "UNSUBSCRIBED")} == {
        ConsentState.UNKNOWN, ConsentState.CLAIMED, ConsentState.WITHDRAWN,
    }


@pytest.mark.parametrize(
    ("cause", "state"),
    [
        (Cause("api", "app"), ConsentState.CLAIMED),
        (Cause("api", "app", "CONSENT_WITH_NOTICE"), ConsentState.CLAIMED),
        (Cause("api", "app", None, "they said so"), ConsentState.CLAIMED),
        (Cause("api", "app", "CONSENT_WITH_NOTICE", "form"), ConsentState.GRANTED),
        (Cause("api", "app", "LEGITIMATE_INTEREST_PQL", "lead"), ConsentState.IMPLIED),
        (Cause("user", "CRM UI"), ConsentState.CLAIMED),
        (Cause("recipient", "page"), ConsentState.GRANTED),
    ],
)
def test_a_yes_is_worth_its_evidence(portal: Hubspot, cause: Cause, state: ConsentState) -> None:
    set_status(portal, EMAIL, newsletter_id(portal), "SUBSCRIBED", cause)

    assert marks(portal) == {"email/*": ConsentState.UNKNOWN, "email/newsletter": state}


@pytest.mark.parametrize("by", ["api", "user", "recipient"])
def test_a_no_is_a_no_whoever_wrote_it(portal: Hubspot, by: str) -> None:
    set_status(portal, EMAIL, newsletter_id(portal), "UNSUBSCRIBED", Cause(by, "x"))
    set_portal(portal, EMAIL, "UNSUBSCRIBED", Cause(by, "x"))

    assert marks(portal) == {"email/*": ConsentState.WITHDRAWN, "email/newsletter": ConsentState.WITHDRAWN}


def test_a_mark_carries_time_and_source_of_the_proof(portal: Hubspot, contact: Row) -> None:
    say(portal, contact, NEWSLETTER, True, PROOF)

    row = portal.store.get("consents", EMAIL)
    assert row is not None
    mark = next(m for m in portal.consents(row) if m.key == NEWSLETTER)
    assert (mark.state, mark.contact_point, mark.at, mark.source) == (
        ConsentState.GRANTED, EMAIL, "2026-03-01T09:00:00.000Z", "web form 7",
    )


def test_the_source_of_an_api_write_is_its_explanation(portal: Hubspot) -> None:
    cause = Cause("api", "Public status API", "CONSENT_WITH_NOTICE", "CRM: paper form")
    row = set_status(portal, EMAIL, newsletter_id(portal), "SUBSCRIBED", cause)

    assert [m.source for m in portal.consents(row) if m.key == NEWSLETTER] == ["CRM: paper form"]


def test_an_opt_out_of_everything_leaves_the_types_as_they_are(portal: Hubspot, contact: Row) -> None:
    say(portal, contact, NEWSLETTER, True, PROOF)
    say(portal, contact, ALL, False)

    assert marks(portal) == {"email/*": ConsentState.WITHDRAWN, "email/newsletter": ConsentState.GRANTED}
    assert shown(portal, contact) == "true"


def test_only_a_proved_act_of_the_person_lifts_a_withdrawal(portal: Hubspot, contact: Row) -> None:
    for key in (ALL, NEWSLETTER):
        say(portal, contact, key, False)
        with pytest.raises(DeskError, match="needs proof"):
            say(portal, contact, key, True)
        say(portal, contact, key, True, PROOF)

    assert set(marks(portal).values()) == {ConsentState.GRANTED}
    assert shown(portal, contact) == "false"


def test_a_yes_to_one_type_does_not_lift_the_no_to_everything(portal: Hubspot, contact: Row) -> None:
    say(portal, contact, ALL, False)
    say(portal, contact, NEWSLETTER, True, PROOF)

    assert marks(portal)["email/*"] is ConsentState.WITHDRAWN
    assert shown(portal, contact) == "true"


@pytest.mark.parametrize(
    ("key", "said"), [(ConsentKey("email", "weather"), "known: .*newsletter"), (ConsentKey("sms", "*"), "channel")]
)
def test_a_consent_that_hubspot_cannot_hold_is_refused(
    portal: Hubspot, contact: Row, key: ConsentKey, said: str
) -> None:
    with pytest.raises(DeskError, match=said):
        say(portal, contact, key, False)


def test_a_contact_without_an_address_has_no_consent(portal: Hubspot) -> None:
    contact = portal.desk_create("contacts", {"firstname": "Bob"})
    with pytest.raises(DeskError, match="no e-mail address"):
        say(portal, contact, ALL, False)


def test_consent_belongs_to_the_address_not_to_the_contact(portal: Hubspot, contact: Row) -> None:
    say(portal, contact, ALL, False)

    portal.desk_edit("contacts", contact.id, {"email": "bob.new@acme.com"})

    assert marks(portal, "bob.new@acme.com") == {}
    assert shown(portal, contact) == "false"
    portal.desk_edit("contacts", contact.id, {"email": EMAIL})
    assert shown(portal, contact) == "true"


def test_a_contact_created_for_an_opted_out_address_shows_it(portal: Hubspot) -> None:
    set_portal(portal, EMAIL, "UNSUBSCRIBED", Cause("recipient", "page"))

    contact = portal.desk_create("contacts", {"email": EMAIL.upper()})

    assert shown(portal, contact) == "true"


def test_erasing_the_person_erases_what_they_said(portal: Hubspot, contact: Row) -> None:
    say(portal, contact, ALL, False)

    portal.desk_erase("contacts", contact.id)

    assert list(portal.store.rows("consents")) == []
    assert list(portal.store.rows("subscription_events")) == []


@pytest.mark.parametrize("contact_first", [True, False])
def test_a_seed_shows_on_the_contact_and_moves_no_stamp(portal: Hubspot, contact_first: bool) -> None:
    stamps = {"created_ms": 1_700_000_000_000, "modified_ms": 1_700_000_500_000}

    def contact() -> None:
        portal.seed("contacts", {"email": EMAIL}, **stamps)

    if contact_first:
        contact()
    portal.seed("consents", {
        "email": EMAIL, "portal": "UNSUBSCRIBED",
        "subscription:Newsletter": {"status": "SUBSCRIBED", "at": "2025-01-02T00:00:00Z", "source": "fair",
                                    "legal_basis": "CONSENT_WITH_NOTICE", "explanation": "paper", "by": "user"},
    }, **stamps)
    if not contact_first:
        contact()

    row = portal.contact_by_email(EMAIL)
    assert row is not None
    assert row.values["hs_email_optout"] == "true"
    assert row.modified_ms == 1_700_000_500_000
    assert marks(portal) == {"email/*": ConsentState.WITHDRAWN, "email/newsletter": ConsentState.GRANTED}
    assert {c.actor for c in portal.journal.changes()} == {Actor.SEED}


@pytest.mark.parametrize("values", [{"portal": "MAYBE"}, {"subscription:Weather": "SUBSCRIBED"}, {"newsletter": "x"}])
def test_a_seed_that_means_nothing_is_refused(portal: Hubspot, values: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        portal.seed("consents", {"email": EMAIL, **values}, created_ms=0, modified_ms=0)


def test_rewinding_brings_back_the_earlier_consent(portal: Hubspot, contact: Row) -> None:
    say(portal, contact, NEWSLETTER, True, PROOF)
    before, seq = marks(portal), len(portal.journal)
    old = portal.store.get("consents", EMAIL)

    say(portal, contact, NEWSLETTER, False)
    portal.store.rewind(seq)

    assert marks(portal) == before
    assert portal.store.get("consents", EMAIL) is old
    assert shown(portal, contact, f"hs_email_optout_{newsletter_id(portal)}") is None
