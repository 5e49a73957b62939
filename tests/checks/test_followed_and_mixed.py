"""Merges and mix-ups on made evidence: who was united on one side, and whose values stand in whose record."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import Deletes, Side
from syncproof.oracle.identity import Identity
from syncproof.population.trace import Trace
from syncproof_mocks.journal import Actor
from tests.checks.small import LINKS, around, asked, told
from tests.oracle.made import act, change, contact, exchange, link, mapped, person, there

CRM, MA = (contact("003A"), contact("003B")), (there("501"), there("502"))
BOTH, ONE_EACH = (CRM, MA), (CRM[:1], MA[:1])
FOLLOWS, IGNORES = Deletes(crm_to_ma="archive", ma_to_crm="delete"), Deletes(crm_to_ma="ignore", ma_to_crm="ignore")
MERGED = act(5, "merge", "p1", record="003A", others=("003B",), value="003A")
MERGED_MA = act(5, "merge", "p1", Side.MA, record="501", others=("502",), value="501")


def united(*states: Any, acts: tuple[Any, ...] = (MERGED,), deletes: Deletes = FOLLOWS, **more: Any) -> Any:
    return asked("records_followed", around(*states, acts=acts, objects=(mapped(deletes=deletes),), **more))


# -- merged --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("act_", "side", "records"), [(MERGED, "ma", ["501", "502"]), (MERGED_MA, "crm", ["003A", "003B"])])
def test_who_was_merged_on_one_side_is_one_person_on_the_other(act_: Any, side: str, records: list[str]) -> None:
    found = united(BOTH, BOTH, acts=(act_,))

    assert told(found, "expected", "found", "classification", "record_id", "sync") == [("LIFE-001", side, "p1 Label", 1, 2, "merge_not_followed", records[1], 1)]
    assert found.looked == {"LIFE-001": 1}
    assert united(BOTH, ONE_EACH, acts=(act_,)).findings == []
    assert united(BOTH, ONE_EACH, acts=(act_,)).looked == {"LIFE-001": 1}


def test_a_mapping_in_which_deletions_do_not_spread_leaves_it_open() -> None:
    for deletes, acts in ((IGNORES, (MERGED,)), (Deletes(ma_to_crm="archive"), (MERGED,)), (Deletes(crm_to_ma="archive"), (MERGED_MA,))):
        found = united(BOTH, BOTH, deletes=deletes, acts=acts)
        sides = ("CRM", "MA") if acts == (MERGED,) else ("MA", "CRM")
        assert (found.findings, found.looked) == ([], {})
        assert found.left_open == [f"contact: whether people merged in the {sides[0]} are merged in the {sides[1]} too (`deletes`)"]


@pytest.mark.parametrize(("states", "more"), [
    ((BOTH, (CRM, MA)), {"acts": (act(5, "merge", "p1", record="003A", others=("003B",), value="003A", object="lead"),)}),
    ((BOTH, BOTH), {"acts": (act(19, "merge", "p1", record="003A", others=("003B",), value="003A", after_sync=1),)}),  # no sync came after it
    ((BOTH, BOTH), {"acts": (act(12, "merge", "p1", record="003A", others=("003B",), value="003A"),)}),  # it was running
    (((CRM, MA[:1]), (CRM, MA[:1])), {}),  # there was but one there
    (((CRM, (*MA, there("509"))), (CRM, (*MA, there("509")))), {"links": (*LINKS, link("509", "p1", Side.MA))}),  # several of one before
    (((CRM, (*MA, there("509"))), (CRM, (*MA, there("509")))), {"links": (*LINKS, link("509", "p2", Side.MA))}),
])
def test_what_is_no_merge_that_a_sync_had_to_follow(states: Any, more: Any) -> None:
    found = united(*states, **more)

    assert (found.findings, found.looked, found.left_open) == ([], {}, [])


def test_the_first_sync_that_began_after_a_merge_must_follow_it() -> None:
    during = act(12, "merge", "p1", record="003A", others=("003B",), value="003A")

    assert [f.sync for f in united(BOTH, BOTH, BOTH, acts=(during,)).findings] == [2]
    assert united(BOTH, BOTH, ONE_EACH, acts=(during,)).findings == []
    just = act(10, "merge", "p1", record="003A", others=("003B",), value="003A")
    assert [f.sync for f in united(BOTH, BOTH, acts=(just,)).findings] == [1]


def test_who_is_there_when_the_sync_begins_counts_each_of_several_merged_alike() -> None:
    alone, later = (CRM, MA[:1]), act(19, "merge", "p1", record="003A", others=("003B",), value="003A", after_sync=1)
    assert [f.sync for f in united(alone, alone, BOTH, befores={2: BOTH}, acts=(later,)).findings] == [2]

    three = (*CRM, contact("003C")), (*MA, there("503"))
    all_in_one = act(5, "merge", "p1", record="003A", others=("003B", "003C"), value="003A")
    found = united(three, three, acts=(all_in_one,), links=(*LINKS, link("003C", "p3"), link("503", "p3", Side.MA)))
    assert [f.found for f in found.findings] == [3, 3]


def test_a_refused_merge_that_was_owned_up_to_is_told() -> None:
    refused = exchange(12, method="POST", path="/crm/v3/objects/contacts/merge", operation="objects.merge", status=400, body=b'"501"',
                       refused=[("501", "LOCKED", "no")])  # fmt: skip

    honest = united(BOTH, BOTH, entries=(refused,), codes=(1,))
    assert (honest.findings, honest.not_checked) == ([], ["p1 Label: the merge was refused by the MA at #12, and the connector said so"])
    assert len(united(BOTH, BOTH, entries=(refused,)).findings) == 1


# -- left alone ----------------------------------------------------------------------------------------

CONVERTED = act(5, "convert", "p2", record="003B")


def writes(seq: int, record: str = "003B", system: str = "salesforce", **more: Any) -> Any:
    given = {"method": "PATCH", "path": f"/sobjects/Contact/{record}", "operation": "sobjects.update", "status": 404,
             "refused": [(record, "ENTITY_IS_DELETED", "gone")], **more}  # fmt: skip
    return exchange(seq, system, **given)


def alone(*entries: Any, acts: Any = (MERGED,), number: int = 2, **more: Any) -> Any:
    return united(ONE_EACH, number=number, acts=acts, deletes=IGNORES, entries=entries, **more)


@pytest.mark.parametrize("acts", [(MERGED,), (CONVERTED,)])
def test_nothing_more_is_written_to_what_is_gone_once_a_sync_could_learn_of_it(acts: Any) -> None:
    found = alone(writes(12), writes(22), writes(23), acts=acts)

    assert [(f.rule, f.system, f.found, f.classification, f.caused_by, f.requests, f.record_id, f.sync) for f in found.findings] == [
        ("LIFE-002", "crm", "ENTITY_IS_DELETED", "written_to_the_gone", 22, (22,), acts[0].record_id, 2)
    ]
    assert found.looked["LIFE-002"] == 1


@pytest.mark.parametrize(("entries", "more", "looked"), [
    ((writes(12),), {}, 1),  # the first one may learn of it
    ((writes(22),), {"number": 1}, 0),
    ((writes(22, "003A"),), {}, 1), ((writes(22, "003C"),), {}, 1), ((writes(22, system="hubspot"),), {}, 1),
    ((writes(22, method="GET"),), {}, 1), ((writes(22, status=204, refused=[]),), {}, 1), ((change(22, CRM[1], None),), {}, 1),
    ((writes(22),), {"acts": (act(5, "edit", "p2", record="003B"),)}, 0),
    ((writes(22),), {"acts": (act(15, "merge", "p1", record="003A", others=("003B",), value="003A"),)}, 0),
])
def test_what_is_no_write_to_the_gone(entries: Any, more: Any, looked: int) -> None:
    found = alone(*entries, **more)

    assert (found.findings, found.looked["LIFE-002"]) == ([], looked)


def test_each_act_is_answered_for_by_its_own_old_record_in_whatever_form() -> None:
    both = MERGED, act(6, "convert", "p3", record="00QZ")
    assert [f.record_id for f in alone(writes(22), acts=both).findings] == ["003A"]
    assert [f.record_id for f in alone(writes(22, "00QZ"), acts=both).findings] == ["00QZ"]

    long = act(5, "merge", "p1", record="003A", others=("003000000000001AAA",), value="003A")
    short = writes(22, "x", path="/sobjects/Contact", body=b'{"id": "003000000000001"}')
    assert len(alone(short, acts=(long,)).findings) == 1
    nameless = act(7, "convert", "p3", record="")
    assert [f.record_id for f in alone(writes(22), acts=(MERGED, nameless)).findings] == ["003A"]


# -- mixed ---------------------------------------------------------------------------------------------

VALUES = {"Long Street 1": "p1", "Other Street 2": "p2", "Third Street 3": "p3", "Acme Limited": "c1"}


@pytest.fixture(autouse=True)
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the values above somebody's own."""
    trace = Trace()
    for value, owner in VALUES.items():
        trace.add(value, owner, "Street")
    trace.add("Both of Them", "p1", "Street")
    trace.add("Both of Them", "p2", "Street")
    trace.add("entered here", "p2", "Street")
    trace.add("entered here", "p1", "Note", is_unique=False)
    monkeypatch.setattr(Identity, "trace", trace)


def mixed(value: Any, *entries: Any, name: str = "address", record: str = "501", wrote: bool = True, **more: Any) -> Any:
    """Return what is seen of a record that holds a value, which the connector wrote with request 11."""
    row = there(record, 2, **{name: value})
    by_connector = [change(12, there(record), row, by=11)] if wrote else []
    return asked("nobody_mixed", around((CRM, ()), (CRM, (row,)), entries=(exchange(11), *by_connector, *entries), **more))


def test_a_value_of_another_person_in_somebodys_record_is_a_mix_up() -> None:
    found = mixed("Other Street 2")

    assert told(found, "field", "found", "classification", "caused_by", "record_id", "requests") == [
        ("IDENT-002", "ma", "p1 Label", "address", "Other Street 2", "two_people_mixed", 12, "501", (11,))
    ]
    assert found.looked == {"IDENT-002": 1}
    assert found.findings[0].message.endswith("which belongs to p2 Label.")


@pytest.mark.parametrize("value", ["Long Street 1", "Acme Limited", "Nobody's Street", "Both of Them", "entered here", 123456, None])
def test_a_value_of_ones_own_or_of_nobody_is_none(value: Any) -> None:
    seen = mixed(value)

    assert (seen.findings, seen.looked) == ([], {"IDENT-002": 1})


def test_only_what_the_connector_wrote_for_somebody_known_is_looked_at() -> None:
    row = there("501", 2, address="Other Street 2")

    assert mixed("Other Street 2", wrote=False).looked == {}
    assert mixed("Other Street 2", change(12, there("501"), row, Actor.MA_USER), wrote=False).looked == {}
    later = change(14, row, there("501", 3, address="Other Street 2"), Actor.MA_USER)
    assert len(mixed("Other Street 2", later).findings) == 1, "nobody changed the field"
    people = change(14, there("501", 2, address="x"), row, Actor.MA_USER)
    assert mixed("Other Street 2", people).findings == []
    assert mixed("Other Street 2", record="599").findings == [], "nobody's record"
    assert mixed("Other Street 2", name="SysOwner").findings == []
    assert mixed("Other Street 2", acts=(act(5, "merge", "p1", record="003A", others=("003B",), value="003A"),)).findings == [], "they are one"


def test_whose_record_it_is_must_be_known() -> None:
    shared = person("p1", "us@x.cz"), person("p2", "us@x.cz"), person("p3", "cat@x.cz")
    row = there("599", 2, email="us@x.cz", address="Third Street 3")
    entries = exchange(11), change(12, there("599"), row, by=11)

    assert asked("nobody_mixed", around((CRM, ()), (CRM, (row,)), entries=entries, people=shared)).findings == []


def test_short_values_and_documents_tell_of_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = Trace()
    for value in ("five5", "sixsix", '{"a": "Other"}', "[Other Street]"):
        trace.add(value, "p2", "Street")
    monkeypatch.setattr(Identity, "trace", trace)

    assert [len(mixed(value).findings) for value in ("five5", "sixsix", '{"a": "Other"}', "[Other Street]")] == [0, 1, 0, 0]
