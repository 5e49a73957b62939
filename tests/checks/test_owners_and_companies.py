"""LINK rules on made evidence: whose company and whose owner a record has, after each sync and on both sides."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import CompanyRule, Direction, MatchKey, OwnerRule, Side
from syncproof.model import Sides
from tests.checks.small import LINKS, around, asked, told
from tests.oracle.made import act, contact, exchange, link, mapped, there

KEY = MatchKey(crm="Website", ma="domain")
COMPANY = mapped("company", "Account", "companies", match=(KEY,), fields=())
ACCOUNTS = (contact("A1", kind="Account", Website="ACME.cz"), contact("A2", kind="Account", Website="beta.cz"), contact("A3", kind="Account"))
COMPANIES = (there("C1", kind="companies", domain=" acme.cz"), there("C2", kind="companies", domain="beta.cz"), there("C3", kind="companies"))
QUIET = {"exclude": ({"reason": "quiet", "crm": "Quiet", "in": ["yes"]}, {"reason": "quiet", "ma": "quiet", "in": ["yes"]})}
TWICE = {"links": (*LINKS, link("509", "p1", Side.MA))}


def hung(crm: str | None, ma: str | None, **more: Any) -> Any:
    """Return the rows of one person who hangs on an account and on a company."""
    return (contact("003A", company=crm, **more), *ACCOUNTS), (there("501", company=ma), *COMPANIES)


def company(*states: Any, direction: str = "crm_to_ma", objects: Any = None, **more: Any) -> Any:
    rule = CompanyRule(match=KEY, direction=Direction(direction))
    person = mapped(company=rule, **more.pop("rules", {}))
    return asked("companies_right", around(*states, objects=objects or (person, COMPANY), **more))


def test_the_company_of_the_master_is_expected_on_the_other_side() -> None:
    right = company(hung("A1", None), hung("A1", "C1"))
    assert (right.findings, right.looked) == ([], {"LINK-002": 1})

    wrong = company(hung("A1", None), hung("A1", "C2"))
    assert told(wrong, "field", "expected", "found", "classification", "record_id", "sync") == [
        ("LINK-002", "ma", "p1 Label", "companies", "acme.cz", "beta.cz", "wrong_company", "501", 1)
    ]
    assert wrong.findings[0].sides == Sides("acme.cz", None, "acme.cz", "beta.cz")


def test_the_other_way_round_the_ma_is_the_master() -> None:
    wrong = company(hung("A2", "C1"), hung("A2", "C1"), direction="ma_to_crm")

    assert told(wrong, "field", "expected", "found", "record_id") == [("LINK-002", "crm", "p1 Label", "AccountId", "acme.cz", "beta.cz", "003A")]
    assert wrong.findings[0].sides == Sides("beta.cz", "acme.cz", "beta.cz", "acme.cz")
    assert company(hung("A2", "C1"), hung("A1", "C1"), direction="ma_to_crm").findings == []


@pytest.mark.parametrize(("before", "after", "found"), [
    (hung("A1", "C1"), hung("A2", "C1"), [("crm", "acme.cz", "beta.cz")]),  # the connector moved the master's
    (hung("A1", "C1"), hung(None, "C1"), [("crm", "acme.cz", None)]),
    (hung("A1", None), hung("A1", None), [("ma", "acme.cz", None)]),
    (hung(None, "C1"), hung(None, "C1"), []),  # nobody says whether taking a company away goes there too
    (hung(None, "C1"), hung(None, None), []),
    (hung(None, "C1"), hung(None, "C2"), [("ma", None, "beta.cz")]),
    (hung(None, None), hung(None, "C2"), [("ma", None, "beta.cz")]),
    (hung("A3", None), hung("A3", None), []),  # it has no key, and nothing tells which company it is there
    (hung("A9", None), hung("A9", None), []),
    (hung(None, None), hung(None, "C3"), [("ma", None, "companies C3")]),
])
def test_a_company_is_neither_lost_nor_made_up(before: Any, after: Any, found: Any) -> None:
    assert [(f.system, f.expected, f.found) for f in company(before, after).findings] == found


def test_a_company_that_is_not_there_or_was_deleted_cannot_be_hung_on() -> None:
    beta_only = ((contact("003A", company="A1"), *ACCOUNTS), (there("501"), COMPANIES[1]))
    deleted = ((contact("003A", company="A1"), *ACCOUNTS), (there("501", company="C1"), type(COMPANIES[0])("companies", "C1", COMPANIES[0].values, 2, 0, 0, True)))

    assert company(beta_only, beta_only).findings == []
    assert company(hung("A1", "C1"), deleted).findings == []


def test_without_companies_in_the_mapping_nobody_hangs_on_one() -> None:
    rule = CompanyRule(match=KEY)

    assert company(hung("A1", "C2"), hung("A1", "C2"), objects=(mapped(company=rule),)).findings == []


ALONE, NOBODY = ((contact("003A", company="A1"), *ACCOUNTS), COMPANIES), (ACCOUNTS, COMPANIES)


@pytest.mark.parametrize(("before", "after", "more", "looked"), [
    (ALONE, hung("A1", "C2"), {}, 1),  # made by this very sync
    ((ACCOUNTS, hung("A1", "C2")[1]), hung("A1", "C2"), {}, 0),  # the master had no record
    (hung("A1", "C2"), ALONE, {}, 0),
    (hung("A1", "C2"), (ACCOUNTS, hung("A1", "C2")[1]), {}, 0),
    (hung("A1", "C2"), hung("A1", "C2"), {"direction": "both"}, 0),
    (hung("A1", "C2"), hung("A1", "C2"), {"direction": "none"}, 0),
    (hung("A1", "C2", Quiet="yes"), hung("A1", "C2"), {"rules": QUIET}, 0),
    (hung("A1", "C2", Quiet="no"), hung("A1", "C2"), {"rules": QUIET}, 1),
    ((hung("A1", "C2")[0], (there("501", quiet="yes"), *COMPANIES)), hung("A1", "C2"), {"rules": QUIET}, 0),
    ((hung("A1", "C2")[0], (*hung("A1", "C2")[1], there("509"))), hung("A1", "C2"), TWICE, 0),
])
def test_only_who_is_certainly_on_both_sides_is_compared(before: Any, after: Any, more: Any, looked: int) -> None:
    seen = company(before, after, **more)

    assert (seen.looked.total(), len(seen.findings)) == (looked, looked)


OPEN = ["contact: whether a company changed on the reading side is put back (`company`)"]


def test_a_company_that_was_moved_on_the_reading_side_may_stay() -> None:
    same, moved = hung("A1", "C1"), hung("A1", "C2")

    stays = company(same, same, moved, befores={2: moved})
    assert (stays.findings, stays.left_open) == ([], OPEN)
    assert company(same, same, moved, moved, befores={2: moved}).left_open == OPEN * 2
    assert company(same, same, same, befores={2: moved}).left_open == []
    both_moved = company(same, same, hung("A3", "C2"), befores={2: hung("A3", "C2")})
    assert (both_moved.findings, both_moved.left_open) == ([], [])


def test_who_hangs_wrong_from_the_beginning_was_not_moved() -> None:
    seen = company(hung("A1", "C2"), hung("A1", "C2"), hung("A1", "C2"))

    assert ([f.sync for f in seen.findings], seen.left_open) == ([1, 2], [])


def test_a_company_goes_by_the_key_that_it_had_when_the_sync_began() -> None:
    same = hung("A1", "C1")
    renamed = (same[0][0], contact("A1", 2, kind="Account", Website="new.cz")), (*same[1], there("C4", kind="companies", domain="new.cz"))
    arrived = renamed[0], (there("501", company="C4"), *renamed[1][1:])
    assert company(same, same, arrived, befores={2: renamed}).findings == []

    other = same[0], (same[1][0], there("C1", 2, kind="companies", domain="zeta.cz"), there("C4", kind="companies", domain="acme.cz"))
    seen = company(same, same, other, befores={2: other})
    assert (seen.findings, seen.left_open) == ([], OPEN), "renamed on the reading side"


def test_where_the_master_moved_too_it_is_expected() -> None:
    same = hung("A1", "C1")
    both = ((contact("003A", company="A2"), *ACCOUNTS), (there("501", company=None), *COMPANIES))

    assert told(company(same, same, both, befores={2: both}), "expected", "found") == [("LINK-002", "ma", "p1 Label", "beta.cz", None)]


def test_a_refused_company_that_was_owned_up_to_is_told() -> None:
    refused = exchange(12, method="PUT", path="/crm/v3/objects/contacts/501/associations", operation="associations.put", status=400,
                       refused=[("501", "VALIDATION_ERROR", "no such type")])  # fmt: skip
    wanted = hung("A1", None)

    honest = company(wanted, wanted, entries=(refused,), codes=(1,))
    assert (honest.findings, honest.not_checked) == ([], ["p1 Label: refused by the MA at #12, and the connector said so"])
    assert [f.found for f in company(wanted, wanted, entries=(refused,)).findings] == [None]
    assert [f.found for f in company(wanted, hung("A1", "C2"), entries=(refused,), codes=(1,)).findings] == ["beta.cz"]


# -- owners --------------------------------------------------------------------------------------------


def owned(crm: str | None, ma: str | None, **more: Any) -> Any:
    """Return the rows of one person with the owners of both sides; each system has ids of its own for them."""
    return (contact("003A", OwnerId=crm and f"u:{crm}", **more),), (there("501", hubspot_owner_id=ma and f"o:{ma}"),)


def owner(*states: Any, direction: str = "crm_to_ma", **more: Any) -> Any:
    person = mapped(owner=OwnerRule(direction=Direction(direction)), **more.pop("rules", {}))
    return asked("owners_right", around(*states, objects=(person,), **more))


def test_the_owner_of_the_master_is_expected_on_the_other_side() -> None:
    right = owner(owned("ann", "bob"), owned("ann", "ann"))
    assert (right.findings, right.looked) == ([], {"LINK-001": 1})

    assert told(owner(owned("ann", None), owned("ann", "bob")), "field", "expected", "found", "classification", "record_id", "sync") == [
        ("LINK-001", "ma", "p1 Label", "hubspot_owner_id", "ann", "bob", "wrong_owner", "501", 1)
    ]
    assert told(owner(owned("ann", "bob"), owned("ann", "bob"), direction="ma_to_crm"), "field", "expected", "found", "record_id") == [
        ("LINK-001", "crm", "p1 Label", "OwnerId", "bob", "ann", "003A")
    ]


@pytest.mark.parametrize(("before", "after", "found"), [
    (owned("ann", "ann"), owned("bob", "ann"), [("crm", "ann", "bob")]),  # the connector handed the master's record over
    (owned("ann", "ann"), owned("bob", "bob"), [("crm", "ann", "bob"), ("ma", "ann", "bob")]),
    (owned("ann", "ann"), owned("ann", None), [("ma", "ann", None)]),
    (owned("ann", None), owned("ann", None), [("ma", "ann", None)]),
    (owned("ann", "bob"), owned("ann", "bob"), [("ma", "ann", "bob")]),
    (owned(None, "bob"), owned(None, None), []),
    (owned("left", "bob"), owned("left", "bob"), []),  # nobody can be handed a record who is no user there any more
])
def test_nobodys_record_is_handed_to_somebody_else(before: Any, after: Any, found: Any) -> None:
    assert [(f.system, f.expected, f.found) for f in owner(before, after).findings] == found
    assert {f.field for f in owner(before, after).findings} == {"OwnerId" if side == "crm" else "hubspot_owner_id" for side, *_ in found}


def test_a_master_that_is_gone_was_handed_to_nobody() -> None:
    assert [f.system for f in owner(owned("ann", "bob"), ((), owned("ann", "bob")[1])).findings] == ["ma"]


SOLE = (contact("003A", OwnerId="u:ann"),), ()


@pytest.mark.parametrize(("before", "after", "more", "looked"), [
    (SOLE, owned("ann", "bob"), {}, 1),  # made by this very sync
    (((), owned("ann", "bob")[1]), owned("ann", "bob"), {}, 0),
    (owned("ann", "bob"), SOLE, {}, 0),
    (owned("ann", "bob"), owned("ann", "bob"), {"direction": "none"}, 0),
    (owned("ann", "bob", Quiet="yes"), owned("ann", "bob"), {"rules": QUIET}, 0),
    (owned("ann", "bob", Quiet="no"), owned("ann", "bob"), {"rules": QUIET}, 1),
    ((owned("ann", "bob")[0], (*owned("ann", "bob")[1], there("509"))), owned("ann", "bob"), TWICE, 0),
])
def test_only_who_is_certainly_there_has_an_owner_to_compare(before: Any, after: Any, more: Any, looked: int) -> None:
    seen = owner(before, after, **more)

    assert (seen.looked.total(), len(seen.findings)) == (looked, looked)


@pytest.mark.parametrize(("before", "after", "found"), [
    (owned("ann", "bob"), owned("ann", "bob"), ["ma"]),
    (owned("ann", "bob"), owned("bob", "bob"), []),  # the mapping does not say who wins
    (owned("ann", "bob"), owned("ann", "ann"), []),
    (owned("ann", "bob"), owned("cat", "cat"), ["crm", "ma"]),
    (owned("ann", "bob"), owned("cat", "bob"), ["crm", "ma"]),
    (owned("ann", None), owned("ann", "cat"), ["ma"]),
    (owned("ann", None), owned(None, None), ["crm", "ma"]),
    (SOLE, owned("ann", "cat"), ["ma"]),
    (SOLE, owned(None, None), ["crm", "ma"]),
])
def test_with_two_directions_either_owner_may_win_and_no_third_one(before: Any, after: Any, found: list[str]) -> None:
    assert [f.system for f in owner(before, after, direction="both").findings] == found


STAYS = ["contact: whether an owner changed on the reading side is put back (`owner`)"]


@pytest.mark.parametrize(("direction", "same", "handed", "twice"), [
    ("crm_to_ma", owned("ann", "ann"), owned("ann", "bob"), owned("cat", "bob")),
    ("ma_to_crm", owned("ann", "ann"), owned("bob", "ann"), owned("bob", "cat")),
])
def test_an_owner_that_was_changed_on_the_reading_side_may_stay(direction: str, same: Any, handed: Any, twice: Any) -> None:
    stays = owner(same, same, handed, befores={2: handed}, direction=direction)
    assert (stays.findings, stays.left_open) == ([], STAYS)
    assert owner(same, same, handed, handed, befores={2: handed}, direction=direction).left_open == STAYS * 2
    back = owner(same, same, same, befores={2: handed}, direction=direction)
    assert (back.findings, back.left_open) == ([], [])
    assert len(owner(same, same, twice, befores={2: twice}, direction=direction).findings) == 1, "the master's owner changed as well"


@pytest.mark.parametrize("base", [SOLE, ((), owned("ann", "bob")[1])])
def test_whose_owner_was_never_the_same_was_not_handed_over(base: Any) -> None:
    after = owned("ann", "bob")

    assert [f.system for f in owner(base, base, after, befores={2: after}).findings][-1:] == ["ma"]


def test_an_act_of_people_is_no_act_of_the_connector() -> None:
    """An owner edited on the master's side is what must arrive."""
    same, edited = owned("ann", "ann"), owned("bob", "ann")
    acts = (act(15, "edit", "p1", field="OwnerId", value="u:bob", after_sync=1),)

    assert owner(same, same, owned("bob", "bob"), befores={2: edited}, acts=acts).findings == []
    assert told(owner(same, same, edited, befores={2: edited}, acts=acts), "expected", "found") == [("LINK-001", "ma", "p1 Label", "bob", "ann")]


def test_a_refused_owner_that_was_owned_up_to_is_told_and_another_one_is_none_of_its_doing() -> None:
    refused = exchange(12, method="PATCH", path="/crm/v3/objects/contacts/501", operation="objects.update", status=400,
                       refused=[("501", "VALIDATION_ERROR", "no such owner")])  # fmt: skip
    wanted = owned("ann", "bob")

    honest = owner(wanted, wanted, entries=(refused,), codes=(1,))
    assert (honest.findings, honest.not_checked) == (
        [], ["p1 Label: the MA refused the record at #12, the new owner with it, and the connector said so"],
    )  # fmt: skip
    assert [f.found for f in owner(wanted, wanted, entries=(refused,)).findings] == ["bob"]
    assert [f.found for f in owner(wanted, owned("ann", "cat"), entries=(refused,), codes=(1,)).findings] == ["cat"]
