"""SCOPE and IDENT rules on made evidence: who has how many records on each side after a sync, and who made them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from syncproof.mapping.grammar import MatchKey, Side
from syncproof_mocks.journal import Actor, Row
from tests.checks.small import LINKS, Speaking, around, asked, told
from tests.oracle.made import EMAIL, act, change, contact, exchange, link, mapped, person, there

CRM, MA = (contact("003A", Email="ann@x.cz"),), (there("501", email="ann@x.cz"),)
BOTH, CRM_ONLY, MA_ONLY, NOWHERE = (CRM, MA), (CRM, ()), ((), MA), ((), ())
QUIET = {"exclude": ({"reason": "quiet", "crm": "Quiet", "in": ["yes"]}, {"reason": "quiet", "ma": "quiet", "in": ["yes"]})}
BOTH_WAYS = {"creates": ("crm_to_ma", "ma_to_crm")}
COMPANY = mapped("company", "Account", "companies", match=(MatchKey(crm="Website", ma="domain"),), fields=(), creates=("crm_to_ma",))
ACME, ACME_MA = contact("A1", kind="Account", Website="acme.cz"), there("C1", kind="companies", domain="acme.cz")
KEPT = (contact("003A", Quiet="yes"),)
# A request that a vendor refused for a reason that is no value.
REFUSED = exchange(12, method="POST", path="/crm/v3/objects/contacts", operation="objects.create", status=400,
                   body=b'{"properties": {"email": "ann@x.cz"}}', refused=[("ann@x.cz", "LOCKED", "busy")])  # fmt: skip


def seen(check: str, *states: Any, rules: Any = None, objects: Any = None, **more: Any) -> Any:
    return asked(check, around(*states, objects=objects or (mapped(**(rules or {})),), **more))


# -- everybody arrives ---------------------------------------------------------------------------------


def test_who_is_on_one_side_only_arrives_on_the_other() -> None:
    missing = seen("everyone_arrived", CRM_ONLY, CRM_ONLY)

    assert told(missing, "expected", "found", "classification", "sync") == [
        ("SCOPE-001", "ma", "p1 Label", "a record", None, "missing_record", 1)
    ]
    assert missing.looked == {"SCOPE-001": 1, "SCOPE-004": 1}
    assert seen("everyone_arrived", CRM_ONLY, BOTH).findings == []
    assert [f.system for f in seen("everyone_arrived", MA_ONLY, MA_ONLY, rules=BOTH_WAYS).findings] == ["crm"]
    assert seen("everyone_arrived", MA_ONLY, MA_ONLY).findings == []


def test_who_is_crowded_is_not_demanded() -> None:
    two = (*CRM, contact("003Z")), ()

    assert "SCOPE-001" not in seen("everyone_arrived", two, two, links=(*LINKS, link("003Z", "p1"))).looked


def test_a_refused_record_that_was_owned_up_to_is_told() -> None:
    honest = seen("everyone_arrived", CRM_ONLY, CRM_ONLY, entries=(REFUSED,), codes=(1,))

    assert (honest.findings, honest.not_checked) == ([], ["p1 Label: refused by the MA at #12, and the connector said so"])
    assert [f.rule for f in seen("everyone_arrived", CRM_ONLY, CRM_ONLY, entries=(REFUSED,)).findings] == ["SCOPE-001"]


def test_a_refused_value_keeps_nobody_out_unless_the_record_cannot_do_without_it() -> None:
    """The MA has no field for titles; it takes every address."""
    refused = exchange(12, method="POST", path="/crm/v3/objects/contacts", operation="objects.create", status=400,
                       body=b'{"email": "ann@x.cz"}', refused=[("0", "INVALID_OPTION", "no")])  # fmt: skip
    email = SimpleNamespace(updateable=True, required=True, max_length=None, restricted=False, options=())
    dialects = {Side.CRM: Speaking("salesforce"), Side.MA: Speaking("hubspot", {"email": email})}

    found = seen("everyone_arrived", CRM_ONLY, CRM_ONLY, entries=(refused,), codes=(1,), dialects=dialects)
    assert [f.rule for f in found.findings] == ["SCOPE-001"]
    assert seen("everyone_arrived", CRM_ONLY, CRM_ONLY, entries=(refused,), codes=(1,)).findings == []


def test_an_address_that_the_ma_holds_for_somebody_else_is_taken_once() -> None:
    shared = (person("p1", "us@x.cz"), person("p2", "us@x.cz"))
    crm = contact("003A", Email="us@x.cz"), contact("003B", Email="us@x.cz")
    states = (crm, (there("502", email="us@x.cz"),))

    told_so = seen("everyone_arrived", states, states, people=shared)
    assert (told_so.findings, told_so.not_checked) == ([], ["p1 Label: the MA holds this address in the record of p2 Label, and takes it once"])
    linked = (crm, (there("501", email="x@x.cz"), there("502", email="us@x.cz")))
    assert seen("everyone_arrived", linked, linked, people=shared).not_checked == [], "both are there"


# -- nobody disappears ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "side", "record"), [(CRM_ONLY, "ma", "501"), (MA_ONLY, "crm", "003A")])
def test_a_record_that_is_gone_and_that_no_person_deleted_is_missed(after: Any, side: str, record: str) -> None:
    found = seen("everyone_arrived", BOTH, after)

    assert told(found, "classification", "record_id", "sync") == [("SCOPE-004", side, "p1 Label", "deleted", record, 1)]
    assert found.looked == {"SCOPE-004": 2}


def deleted(side: Side = Side.CRM, seq: int = 5, kind: str = "delete", **more: Any) -> Any:
    return act(seq, kind, "p1", side, **more)


@pytest.mark.parametrize(("states", "more", "looked", "missed"), [
    ((BOTH, CRM_ONLY), {"acts": (deleted(),)}, 0, 0),
    ((BOTH, CRM_ONLY), {"acts": (deleted(kind="erase"),)}, 0, 0),
    ((BOTH, CRM_ONLY), {"acts": (deleted(kind="edit"),)}, 2, 1),
    (((KEPT, MA), CRM_ONLY), {"rules": QUIET}, 1, 1),
    (((KEPT, MA), MA_ONLY), {"rules": QUIET}, 1, 0),  # who is kept out is nobody's to keep
    ((CRM_ONLY, NOWHERE), {"acts": (deleted(Side.MA, 5),)}, 0, 0),
    ((CRM_ONLY, CRM_ONLY, NOWHERE), {"acts": (deleted(Side.MA, 5),)}, 0, 0),  # removed there earlier: the rest may follow
    ((BOTH, CRM_ONLY), {"acts": (act(14, "merge", "p2", Side.MA, record="502", others=("501",)),)}, 0, 0),  # people merged it meanwhile
    ((BOTH, CRM_ONLY), {"acts": (act(14, "merge", "p1", Side.MA, record="599", others=("501",)),)}, 1, 0),
    ((BOTH, CRM_ONLY), {"acts": (act(14, "merge", "p1", Side.MA, record="501", others=("599",)),)}, 1, 0),
    ((BOTH, CRM_ONLY), {"acts": (act(14, "edit", "p2", Side.MA, record="501"),)}, 2, 1),
])
def test_what_people_took_away_is_no_loss(states: Any, more: Any, looked: int, missed: int) -> None:
    found = seen("everyone_arrived", *states, **more)

    assert found.looked["SCOPE-004"] == looked
    assert len([f for f in found.findings if f.rule == "SCOPE-004"]) == missed


def test_a_company_is_missed_like_a_person() -> None:
    before, after = ((ACME,), (ACME_MA,)), ((ACME,), ())

    assert told(seen("everyone_arrived", before, after, objects=(COMPANY,), people=()), "record_id") == [("SCOPE-004", "ma", "acme.cz", "C1")]
    kept_out = mapped("company", "Account", "companies", match=COMPANY.match, fields=(), **QUIET)
    quiet = (ACME, there("C1", kind="companies", domain="acme.cz", quiet="yes"))
    assert seen("everyone_arrived", ((), quiet[1:]), NOWHERE, objects=(kept_out,), people=()).looked == {"SCOPE-004": 1}


def test_a_record_of_who_was_merged_into_the_person_is_followed_elsewhere() -> None:
    before = (*CRM, contact("003B")), MA
    merged = act(5, "merge", "p1", record="003A", others=("003B",), value="003A")

    assert seen("everyone_arrived", before, BOTH, acts=(merged,)).findings == []


# -- made only where it is allowed ---------------------------------------------------------------------


@pytest.mark.parametrize(("before", "rules", "found"), [
    (CRM_ONLY, {"creates": ("crm_to_ma",)}, []), (MA_ONLY, {"creates": ("crm_to_ma",)}, ["crm"]),
    (CRM_ONLY, {"creates": ("ma_to_crm",)}, ["ma"]), (MA_ONLY, {"creates": ("ma_to_crm",)}, []), (CRM_ONLY, {"creates": ()}, ["ma"]),
])
def test_records_are_made_in_the_directions_that_the_mapping_names(before: Any, rules: Any, found: list[str]) -> None:
    made = seen("created_where_allowed", before, BOTH, rules=rules)

    assert told(made, "classification", "record_id", "sync") == [
        ("SCOPE-005", side, "p1 Label", "made_where_forbidden", "501" if side == "ma" else "003A", 1) for side in found
    ]
    assert made.looked == {"SCOPE-005": 1}


def test_a_mapping_that_does_not_say_who_is_made_leaves_it_open() -> None:
    made = seen("created_where_allowed", MA_ONLY, BOTH)

    assert (made.findings, made.left_open) == ([], ["whether a contact known to the MA only is made in the CRM (`creates`)"])
    assert seen("created_where_allowed", BOTH, BOTH).looked == {}
    two = (*CRM, contact("003Z")), MA
    assert seen("created_where_allowed", MA_ONLY, two, links=(*LINKS, link("003Z", "p1"))).looked == {}


# -- nobody comes in -----------------------------------------------------------------------------------


def test_who_is_kept_out_does_not_come_in() -> None:
    entries = exchange(11, method="POST"), change(12, None, MA[0], by=11)
    found = seen("nobody_came_in", (KEPT, ()), (KEPT, MA), rules=QUIET, entries=entries)

    assert told(found, "found", "classification", "caused_by", "record_id", "requests", "sync") == [
        ("SCOPE-002", "ma", "p1 Label", "a record", "kept_out_came_in", 12, "501", (11,), 1)
    ]
    assert found.looked == {"SCOPE-002": 1}
    other_way = seen("nobody_came_in", ((), (there("501", quiet="yes"),)), (CRM, (there("501", quiet="yes"),)), rules=QUIET)
    assert told(other_way, "caused_by", "requests") == [("SCOPE-002", "crm", "p1 Label", None, ())]


@pytest.mark.parametrize("entry", [
    change(12, None, MA[0], Actor.MA_USER), change(12, MA[0], there("501", 2)), change(12, None, there("502")), change(12, None, CRM[0]),
    exchange(12),
])
def test_only_the_connectors_own_creation_is_named_as_the_cause(entry: Any) -> None:
    [finding] = seen("nobody_came_in", (KEPT, ()), (KEPT, MA), rules=QUIET, entries=(entry,)).findings

    assert finding.caused_by is None


@pytest.mark.parametrize(("before", "more", "looked"), [
    ((KEPT, ()), {}, 0),  # nobody keeps them out
    ((KEPT, MA), {"rules": QUIET}, 0),  # it was there already
    (((contact("003A", Quiet="no"),), ()), {"rules": QUIET}, 0),
    (((*KEPT, contact("003Z")), ()), {"rules": QUIET, "links": (*LINKS, link("003Z", "p1"))}, 0),  # another record of theirs takes part
])
def test_who_may_come_in_is_no_finding(before: Any, more: Any, looked: int) -> None:
    found = seen("nobody_came_in", before, (KEPT, MA), **more)

    assert (found.findings, found.looked.total()) == ([], looked)


def test_who_is_put_out_while_the_sync_runs_is_judged_by_the_next_one() -> None:
    touched = change(14, KEPT[0], contact("003A", 2, Quiet="no"), Actor.CRM_USER)

    assert seen("nobody_came_in", (KEPT, ()), (KEPT, MA), rules=QUIET, entries=(touched,), acts=(act(14, "edit", "p1"),)).looked == {}
    assert seen("nobody_came_in", (KEPT, ()), (KEPT, ()), rules=QUIET).looked == {"SCOPE-002": 1}


# -- one person, one record ----------------------------------------------------------------------------

TWICE = (*LINKS, link("509", "p1", Side.MA), link("508", "p1", Side.MA))


def test_a_second_record_of_a_person_is_found_where_the_sync_made_it() -> None:
    entries = exchange(11, method="POST"), change(12, None, there("509"), by=11)
    found = seen("no_duplicates", BOTH, (CRM, (*MA, there("509"))), entries=entries, links=TWICE)

    assert told(found, "expected", "found", "classification", "caused_by", "record_id", "requests", "sync") == [
        ("IDENT-001", "ma", "p1 Label", 1, 2, "duplicate", 12, "509", (11,), 1)
    ]
    assert found.looked == {"IDENT-001": 2, "IDENT-004": 1}


@pytest.mark.parametrize(("before", "after", "found"), [
    ((CRM, (*MA, there("509"))), (CRM, (*MA, there("509"))), []),
    ((CRM, (*MA, there("509"))), (CRM, (*MA, there("509"), there("508"))), [3]),
    (CRM_ONLY, (CRM, (*MA, there("509"))), [2]),
    (BOTH, CRM_ONLY, []),
])
def test_what_was_there_twice_before_is_not_the_connectors(before: Any, after: Any, found: list[int]) -> None:
    assert [f.found for f in seen("no_duplicates", before, after, links=TWICE).findings] == found


def test_duplicates_are_counted_sync_by_sync_and_on_either_side() -> None:
    two = (*CRM, contact("003Z")), MA
    found = seen("no_duplicates", BOTH, BOTH, two, two, links=(*LINKS, link("003Z", "p1")))

    assert [(f.system, f.sync, f.caused_by) for f in found.findings] == [("crm", 2, None)]


def test_whom_people_merged_meanwhile_had_several_records_before() -> None:
    before = (*CRM, contact("003B")), (*MA, there("502"))
    merged = act(14, "merge", "p1", record="003A", others=("003B",), value="003A")

    assert seen("no_duplicates", before, (CRM, (*MA, there("502"))), acts=(merged,)).findings == []


@pytest.mark.parametrize(("entry", "row", "looked", "found"), [
    (change(12, None, there("601", note="x")), there("601", note="x"), 1, ["601"]),
    (change(12, None, there("601", email="ann@x.cz")), there("601", email="ann@x.cz"), 1, []),
    (change(12, None, there("601", note="x"), Actor.MA_USER), there("601", note="x"), 0, []),
    (change(12, there("601"), there("601", 2)), there("601", note="x"), 0, []),
    (change(12, None, there("602", note="x")), there("601", note="x"), 0, []),  # it is gone again
    (change(12, None, there("601", kind="notes")), there("601", kind="notes"), 0, []),
    (exchange(12), there("601"), 0, []),
])
def test_every_record_that_the_connector_makes_is_somebodys(entry: Any, row: Row, looked: int, found: list[str]) -> None:
    made = seen("no_duplicates", NOWHERE, ((), (row,)), entries=(entry,))

    assert [f.record_id for f in made.findings if f.rule == "IDENT-004"] == found
    assert made.looked["IDENT-004"] == looked


def test_a_second_record_of_a_company_is_found() -> None:
    twin = there("C2", kind="companies", domain="ACME.cz")
    people = mapped(fields=(EMAIL,))

    found = seen("no_duplicates", ((ACME,), (ACME_MA,)), ((ACME,), (ACME_MA, twin)), objects=(people, COMPANY))
    assert told(found, "kind", "found", "record_id", "sync") == [("IDENT-003", "ma", "acme.cz", "company", 2, "C2", 1)]
    assert found.looked == {"IDENT-003": 2}
    known = ((ACME,), (ACME_MA, twin))
    assert seen("no_duplicates", known, known, objects=(people, COMPANY)).findings == []
    late = seen("no_duplicates", ((ACME,), (ACME_MA,)), ((ACME,), (ACME_MA,)), known, objects=(people, COMPANY))
    assert [f.sync for f in late.findings] == [2]
    by_people = seen("no_duplicates", *[((ACME,), (ACME_MA,))] * 2, known, befores={2: known}, objects=(people, COMPANY))
    assert by_people.findings == [], "people entered it between two syncs"
