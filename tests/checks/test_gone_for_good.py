"""Deletions, erasures, merges and conversions on made evidence: what must follow, what must not come back, what is left alone."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import Deletes, Erases, Side
from syncproof_mocks.consent import ConsentState
from syncproof_mocks.journal import Actor, Row
from tests.checks.small import around, asked, opted, says, told
from tests.oracle.made import ALL, act, change, contact, exchange, mapped, there

CRM, MA = (contact("003A"),), (there("501"),)
BOTH, CRM_ONLY, MA_ONLY, NOWHERE = (CRM, MA), (CRM, ()), ((), MA), ((), ())


def seen(check: str, *states: Any, objects: Any = None, **more: Any) -> Any:
    return asked(check, around(*states, objects=objects or (mapped(),), **more))


def gone(kind: str = "delete", side: Side = Side.CRM, seq: int = 5, **more: Any) -> Any:
    more.setdefault("after_sync", max(0, (seq - 9) // 10))
    return act(seq, kind, "p1", side, record="003A" if side is Side.CRM else "501", **more)


# -- a deletion spreads --------------------------------------------------------------------------------


def spread(rule: str | None, after: Any, *, side: Side = Side.CRM, before: Any = None, acts: Any = None, **more: Any) -> Any:
    """Return what is seen of a deletion before sync 1; ``before``: what was there when the sync began."""
    left = before or (MA_ONLY if side is Side.CRM else CRM_ONLY)
    deletes = Deletes(**{"crm_to_ma" if side is Side.CRM else "ma_to_crm": rule})
    # The deletion comes between two syncs, so that the state before it is known.
    states = (BOTH, BOTH, after)
    return seen("deletes_spread", *states, befores={2: left}, acts=acts or (gone(side=side, seq=19),), objects=(mapped(deletes=deletes),), **more)


@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize(("rule", "is_left", "classification"), [
    ("archive", True, "deletion_not_spread"), ("delete", True, "deletion_not_spread"), ("archive", False, None), ("ignore", True, None),
    ("ignore", False, "deleted"),
])
def test_a_deletion_does_there_what_the_mapping_says(side: Side, rule: str, is_left: bool, classification: str | None) -> None:
    found = spread(rule, (MA_ONLY if side is Side.CRM else CRM_ONLY) if is_left else NOWHERE, side=side)

    assert told(found, "expected", "found", "classification", "sync") == [
        ("DEAD-002", str(side.other), "p1 Label", rule, "still there" if is_left else "gone", classification, 2)
    ][: int(classification is not None)]
    assert found.looked == {"DEAD-002": 1}


def test_a_mapping_that_says_nothing_of_deletions_leaves_it_open() -> None:
    found = spread(None, MA_ONLY)

    assert (found.findings, found.looked) == ([], {})
    assert found.left_open == ["contact: what a deletion in the CRM does on the other side (`deletes`)"]


@pytest.mark.parametrize("more", [
    {"acts": (gone("edit", seq=19),)},
    {"acts": (gone(seq=29, after_sync=2),)},  # no sync came after it
    {"acts": (gone(seq=25),)},  # the last one was running
    {"before": BOTH},  # a second record of theirs is left on the side of the deletion
])
def test_what_is_no_deletion_that_a_sync_could_follow(more: Any) -> None:
    found = spread("archive", MA_ONLY, **more)

    assert (found.findings, found.looked, found.left_open) == ([], {}, [])


def test_a_kind_that_the_mapping_does_not_speak_of_is_left_open() -> None:
    found = spread("archive", MA_ONLY, acts=(gone(seq=19, object="lead"),))

    assert (found.findings, found.left_open) == ([], ["lead: what a deletion in the CRM does on the other side (`deletes`)"])


def test_who_was_never_on_the_other_side_is_not_gone_there() -> None:
    deletes = mapped(deletes=Deletes(crm_to_ma="archive"))

    assert seen("deletes_spread", CRM_ONLY, CRM_ONLY, MA_ONLY, befores={2: NOWHERE}, acts=(gone(seq=19),), objects=(deletes,)).looked == {}


def test_a_deletion_is_judged_after_the_first_sync_that_no_fault_broke() -> None:
    deletes = (mapped(deletes=Deletes(crm_to_ma="archive")),)
    states = BOTH, BOTH, MA_ONLY, NOWHERE
    struck = exchange(23, fault="server_error", status=503)
    more: dict[str, Any] = {"befores": {2: MA_ONLY}, "acts": (gone(seq=19),), "objects": deletes}

    assert [f.sync for f in seen("deletes_spread", *states, **more).findings] == [2]
    assert seen("deletes_spread", *states, entries=(struck,), codes=(0, 1), **more).findings == []
    late = seen("deletes_spread", *states[:3], MA_ONLY, entries=(struck,), codes=(0, 1), **more)
    assert [f.sync for f in late.findings] == [3]


# -- an erasure spreads --------------------------------------------------------------------------------

SILENCED = there("501", 2, said=says((ALL, ConsentState.WITHDRAWN)))
ARCHIVED = Row("contacts", "501", {}, 2, 0, 0, deleted=True)
LEFT = {"ignore": ((), MA), "suppress": ((), (SILENCED,)), "archive": ((), (ARCHIVED,)), "erase": NOWHERE}
ORDER = tuple(LEFT)


def erased(rule: str | None, what: str, **more: Any) -> Any:
    more.setdefault("befores", {2: MA_ONLY})
    more.setdefault("acts", (gone("erase", seq=19),))
    more.setdefault("objects", (mapped(erases=Erases(crm_to_ma=rule)),))
    return seen("erasures_spread", BOTH, BOTH, LEFT[what], **more)


@pytest.mark.parametrize("rule", ORDER)
@pytest.mark.parametrize("what", ORDER)
def test_an_erasure_does_there_at_least_what_the_mapping_says(rule: str, what: str) -> None:
    found = erased(rule, what)
    is_right = what in ("ignore", "suppress") if rule == "ignore" else ORDER.index(what) >= ORDER.index(rule)

    assert [(f.rule, f.system, f.expected, f.classification, f.sync) for f in found.findings] == [
        ("CONS-014", "ma", rule, "deleted" if rule == "ignore" else "erasure_not_spread", 2)
    ][: int(not is_right)]
    assert found.looked == {"CONS-014": 1}


def test_an_erasure_goes_by_the_rule_of_its_side() -> None:
    erases = (mapped(erases=Erases(crm_to_ma="erase", ma_to_crm="ignore")),)
    found = seen("erasures_spread", BOTH, BOTH, NOWHERE, befores={2: CRM_ONLY}, acts=(gone("erase", Side.MA, 19),), objects=erases)

    assert [(f.system, f.found) for f in found.findings] == [("crm", "gone")]


@pytest.mark.parametrize("more", [
    {"acts": (gone("delete", seq=19),)}, {"acts": (gone("erase", seq=29, after_sync=2),)}, {"acts": (gone("erase", seq=25),)}, {"befores": {2: BOTH}},
    {"acts": (gone("erase", seq=19, object="lead"),)},
])
def test_what_is_no_erasure_that_a_sync_could_follow(more: Any) -> None:
    found = erased("erase", "ignore", **more)

    assert (found.findings, found.looked, found.left_open) == ([], {}, [])


def test_an_erasure_that_the_mapping_does_not_speak_of_or_of_who_was_never_there() -> None:
    assert erased(None, "ignore").left_open == ["contact: what an erasure in the CRM does on the other side (`erases`)"]
    assert erased(None, "ignore").looked == {}
    erases = (mapped(erases=Erases(crm_to_ma="erase")),)
    assert seen("erasures_spread", CRM_ONLY, CRM_ONLY, MA_ONLY, befores={2: NOWHERE}, acts=(gone("erase", seq=19),), objects=erases).looked == {}


# -- the dead stay dead --------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "rule"), [("delete", "DEAD-001"), ("erase", "CONS-007")])
def test_who_was_deleted_or_erased_is_not_made_again(kind: str, rule: str) -> None:
    made = exchange(11, method="POST"), change(12, None, contact("003N", Email="ann@x.cz"), by=11)
    found = seen("dead_stay_dead", MA_ONLY, MA_ONLY, entries=(*made, change(14, None, contact("003M", Email="ann@x.cz"))), acts=(gone(kind),))

    assert told(found, "found", "classification", "caused_by", "record_id", "requests", "sync") == [
        (rule, "crm", "p1 Label", "a record", "resurrected", 12, "003N", (11,), 1)
    ]
    assert found.looked == {rule: 1}


def test_a_record_taken_out_of_the_bin_is_back_too() -> None:
    binned = Row("Contact", "003A", {}, 2, 0, 0, deleted=True)

    assert [f.caused_by for f in seen("dead_stay_dead", NOWHERE, BOTH, entries=(change(12, binned, CRM[0]),), acts=(gone(),)).findings] == [12]
    still = change(12, contact("003A"), Row("Contact", "003A", {}, 2, 0, 0, deleted=True))
    assert seen("dead_stay_dead", NOWHERE, BOTH, entries=(still,), acts=(gone(),)).findings == []


@pytest.mark.parametrize(("entry", "acts", "looked"), [
    (change(12, None, contact("003N", Email="ann@x.cz"), Actor.CRM_USER), (gone(),), 1),
    (change(4, None, contact("003N", Email="ann@x.cz")), (gone(),), 1),  # before it was deleted
    (change(12, None, there("509", email="ann@x.cz")), (gone(),), 1),  # on the other side
    (change(12, None, contact("003N", Email="bob@x.cz")), (gone(),), 1),  # somebody else
    (change(12, None, contact("001N", kind="Account", Email="ann@x.cz")), (gone(),), 1),
    (change(12, contact("003N", Email="ann@x.cz"), contact("003N", 2, Email="ann@x.cz")), (gone(),), 1),  # it was never away
    (change(12, contact("003N", Email="ann@x.cz"), None), (gone(),), 1),
    (change(12, None, contact("003N", Email="ann@x.cz")), (gone(), gone("restore", seq=11)), 1),  # people brought it back before
    (change(12, None, contact("003N", Email="ann@x.cz")), (gone("edit"),), 0),
    (change(22, None, contact("003N", Email="ann@x.cz")), (gone(seq=19, after_sync=1),), 0),  # no sync came after it
])
def test_what_does_not_bring_the_dead_back(entry: Any, acts: Any, looked: int) -> None:
    found = seen("dead_stay_dead", MA_ONLY, MA_ONLY, entries=(entry,), acts=acts)

    assert (found.findings, found.looked.total()) == ([], looked)


@pytest.mark.parametrize("restored", [gone("restore", seq=13), gone("restore", seq=3), gone("restore", Side.MA, 11), act(11, "restore", "p2")])
def test_only_the_persons_own_return_between_the_two_counts(restored: Any) -> None:
    made = change(12, None, contact("003N", Email="ann@x.cz"))

    assert len(seen("dead_stay_dead", MA_ONLY, MA_ONLY, entries=(made,), acts=(gone(), restored)).findings) == 1


# -- the erased are not sent again ---------------------------------------------------------------------


def sent(seq: int, body: bytes = b'{"email": "ann@x.cz"}', **more: Any) -> Any:
    return exchange(seq, more.pop("system", "salesforce"), body=body, **{"method": "POST", "operation": "sobjects.create", **more})


def again(*entries: Any, number: int = 3, acts: Any = None) -> Any:
    return seen("erased_not_sent_again", BOTH, number=number, entries=entries, acts=acts or (gone("erase"),))


def test_who_was_erased_is_not_submitted_in_sync_after_sync() -> None:
    found = again(sent(12), sent(22, status=400), sent(23), sent(32, path="/x/ann@x.cz", body=b""))

    assert told(found, "expected", "found", "classification", "caused_by", "record_id", "requests", "sync") == [
        ("CONS-013", "crm", "p1 Label", 0, 4, "erased_sent_again", 12, "003A", (12, 22, 23, 32), 3)
    ]
    assert found.looked == {"CONS-013": 1}


@pytest.mark.parametrize(("entries", "more", "looked"), [
    ((sent(12), sent(13), sent(14)), {}, 1),  # one sync may learn of it
    ((sent(12), sent(22, system="hubspot")), {}, 1),
    ((sent(12), sent(22, method="GET")), {}, 1),
    ((sent(12), sent(22, body=b"bob@x.cz")), {}, 1),
    ((sent(12), change(22, None, contact("003N", Email="ann@x.cz"))), {}, 1),
    ((sent(12), sent(22)), {"acts": (gone("delete"),)}, 0),
    ((sent(12), sent(22)), {"acts": (gone("erase", seq=15, after_sync=1),), "number": 2}, 0),  # only one sync after it
    ((sent(12), sent(22)), {"acts": (gone("erase", seq=15, after_sync=1),)}, 1),
    ((sent(12), sent(22)), {"acts": (gone("erase"), gone("create", seq=19))}, 0),  # people entered them anew
])
def test_what_is_no_sending_again(entries: Any, more: Any, looked: int) -> None:
    found = again(*entries, **more)

    assert (found.findings, found.looked.total()) == ([], looked)


@pytest.mark.parametrize("created", [gone("create", seq=3), act(19, "create", "p2"), act(19, "edit", "p1")])
def test_only_a_later_entry_of_the_same_person_makes_a_new_subject(created: Any) -> None:
    assert len(again(sent(12), sent(22), acts=(gone("erase"), created)).findings) == 1


def test_who_opted_out_before_is_suppressed_by_what_stands_there() -> None:
    """What was said does not silence the record; what the system holds does."""
    assert len(erased("suppress", "ignore", acts=(opted(5, key=ALL, kind="opt_out"), gone("erase", seq=19))).findings) == 1
