"""I6 on made evidence: who is left of a merge by the connector refuses what any of its parts had refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from syncproof.evidence import Evidence, State
from syncproof.mapping.grammar import Side
from syncproof_mocks.consent import ConsentKey, ConsentState
from syncproof_mocks.journal import Actor, Row
from tests.checks.small import AT, LINKS, around, asked, says, told
from tests.oracle.made import ALL, NEWS, Snap, change, contact, exchange, link, mark, there

GRANTED, WITHDRAWN = ConsentState.GRANTED, ConsentState.WITHDRAWN


def gone(record_id: str, into: str | None = "003A", **values: Any) -> Row:
    return Row("Contact", record_id, {"MasterRecordId": into, **values}, 2, 0, 0, deleted=True)


KEEPER = contact("003A", Email="ann@x.cz")


def merged(loser: Row, left: Row, *, survivor: Row = KEEPER, after: tuple[Row, ...] = (), before: tuple[Row, ...] = (), actor: Actor = Actor.CONNECTOR) -> Any:
    """Return what is seen of a sync in which a record of the CRM went; ``left`` is what is left of it."""
    entry = change(12, loser, left if left.deleted else None, actor)
    states = ((survivor, loser, *before), ()), ((*(after or (survivor,)), left, *before), ())
    return asked("merge_is_restrictive", around(*states, entries=(entry,)))


REFUSER = contact("003B", Email="bob@x.cz", said=says((NEWS, WITHDRAWN), (ALL, GRANTED)))


def test_who_is_left_of_a_merge_refuses_what_the_other_had_refused() -> None:
    seen = merged(REFUSER, gone("003B"))

    assert told(seen, "field", "classification", "record_id", "sync") == [("CONS-006", "crm", "p1 Label", "email/newsletter", "refusal_lifted", "003A", 1)]
    assert seen.looked == {"CONS-006": 1}


def test_a_refusal_of_the_survivor_that_the_merge_took_away_is_missed_too() -> None:
    before = contact("003A", Email="ann@x.cz", said=says((ALL, WITHDRAWN)))

    found = merged(REFUSER, gone("003B"), survivor=before, after=(KEEPER,))
    assert [f.field for f in found.findings] == ["email/*", "email/newsletter"]


def test_only_the_parts_of_a_merge_are_asked_and_not_who_has_the_same_address() -> None:
    beside = contact("003D", Email="a@x.cz", said=says((ALL, WITHDRAWN)))
    loser = contact("003B", Email="a@x.cz", said=says((NEWS, WITHDRAWN)))

    assert [f.field for f in merged(loser, gone("003B"), before=(beside,)).findings] == ["email/newsletter"]
    states = ((KEEPER, loser, beside), ()), ((KEEPER, gone("003B")), ())
    deleted_beside = asked("merge_is_restrictive", around(*states, entries=(change(12, loser, gone("003B")),)))
    assert [f.field for f in deleted_beside.findings] == ["email/newsletter"]


def test_a_merge_is_judged_in_its_own_sync() -> None:
    calm, after = ((KEEPER, contact("003B")), ()), ((KEEPER, gone("003B")), ())
    made = around(calm, calm, after, befores={2: ((KEEPER, REFUSER), ())}, entries=(change(22, REFUSER, gone("003B")),))

    assert told(asked("merge_is_restrictive", made), "field", "sync") == [("CONS-006", "crm", "p1 Label", "email/newsletter", 2)]


def test_a_merge_that_keeps_every_refusal_is_right() -> None:
    kept = contact("003A", said=says((NEWS, WITHDRAWN)))

    seen = merged(REFUSER, gone("003B"), after=(kept,))
    assert (seen.findings, seen.looked) == ([], {"CONS-006": 1})


@pytest.mark.parametrize(("left", "actor"), [
    (gone("003B", None), Actor.CONNECTOR),  # deleted, and nobody answers for it
    (gone("003B", "003Z"), Actor.CONNECTOR),
    (gone("003B", "003C"), Actor.CONNECTOR),  # who should answer is deleted too
    (gone("003B"), Actor.CRM_USER),
    (REFUSER, Actor.CONNECTOR),  # it came back
])
def test_what_is_no_merge_by_the_connector(left: Row, actor: Actor) -> None:
    assert merged(REFUSER, left, actor=actor, after=(KEEPER, gone("003C"))).looked == {}


def test_a_merge_in_a_broken_sync_is_not_judged() -> None:
    states = ((KEEPER, REFUSER), ()), ((KEEPER, gone("003B")), ())
    entries = (exchange(11, fault="server_error", status=503), change(12, REFUSER, gone("003B")))

    assert asked("merge_is_restrictive", around(*states, entries=entries, codes=(1,))).looked == {}
    assert asked("merge_is_restrictive", around(*states, entries=entries[1:], codes=(1,))).looked == {"CONS-006": 1}


def test_records_of_no_people_and_changes_outside_the_sync_are_no_merge_of_people() -> None:
    account = Row("Account", "001B", {"MasterRecordId": "001A"}, 2, 0, 0, deleted=True)
    states = ((contact("001A", kind="Account"), contact("001B", kind="Account")), ()), ((contact("001A", kind="Account"), account), ())

    assert asked("merge_is_restrictive", around(*states, entries=(change(12, states[0][0][1], account),))).looked == {}
    late = around(((KEEPER, REFUSER), ()), ((KEEPER, gone("003B")), ()), entries=(change(18, REFUSER, gone("003B")),))
    assert asked("merge_is_restrictive", late).looked == {}
    early = around(((KEEPER, REFUSER), ()), ((KEEPER, gone("003B")), ()), entries=(change(9, REFUSER, gone("003B")),))
    assert asked("merge_is_restrictive", early).looked == {}


class Alias(Snap):
    """A system in which a merge makes a record with a new id that answers for all its parts."""

    def get(self, kind: str, record_id: str) -> Row | None:
        return super().get(kind, record_id) or super().get(kind, "599")


def united(*consents: Row, left: Row) -> Any:
    """Return what is seen of 501 and 502 that became 599; the MA keeps consents by address."""
    parts = there("501", email="ann@x.cz", more=["second@x.cz"]), there("502", email="bob@x.cz")
    made: Evidence = around(((), (*parts, *consents)), ((), ()), entries=tuple(change(12 + n, part, None) for n, part in enumerate(parts)))
    after = State(1, 18, 18, Snap(18, (), "salesforce"), Alias(18, (left, *consents), "hubspot"))  # type: ignore[arg-type]
    return asked("merge_is_restrictive", replace(made, states=(made.states[0], after), links=(*LINKS, link("599", "p1", Side.MA))))


def refusing(address: str, key: ConsentKey = NEWS) -> Row:
    return there(f"c-{address}", kind="consents", said=(mark(key, WITHDRAWN, AT, address.upper()),))


def test_several_parts_of_one_new_record_are_one_merge_and_only_the_first_address_is_mailed() -> None:
    first_is_ann = there("599", email="ann@x.cz", more=["bob@x.cz"])

    found = united(refusing("bob@x.cz"), refusing("second@x.cz", ALL), left=first_is_ann)
    assert [(f.field, f.record_id) for f in found.findings] == [("email/*", "599"), ("email/newsletter", "599")]
    assert found.looked == {"CONS-006": 1}
    assert united(refusing("ann@x.cz"), left=first_is_ann).findings == []
    assert united(refusing("cat@x.cz"), left=first_is_ann).findings == []
    assert united(left=first_is_ann).looked == {"CONS-006": 1}
