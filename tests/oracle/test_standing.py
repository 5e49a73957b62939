"""A refusal of what no record shows stands until the same is accepted, is there anyway, or was taken at its word elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.mapping.grammar import Side
from syncproof.oracle.fields import Oracle
from syncproof.oracle.standing import Standing, says_no
from syncproof_mocks.consent import ConsentState
from syncproof_mocks.journal import Actor
from tests.oracle.made import NEWS, change, contact, evidence, exchange, link, mark, padded, person, state, sync, there

LINKS = (link("501", "p1", Side.MA), link("502", "p2", Side.MA), link("003A", "p1"))
ADD = {"method": "PUT", "path": "/lists/9/memberships/add", "operation": "lists.memberships_add"}
SET = {"method": "POST", "path": "/statuses/ann@x.cz", "operation": "communication_v4.set"}
NO, YES = b'{"subscribed":false}', b'{"subscribed":true}'


def asked(seq: int, body: bytes = b'["501"]', *, refuses: tuple[str, str] | None = None, status: int | None = None, **more: Any) -> Any:
    """Return a request; ``refuses`` is (what, code) of its refused item."""
    items = [(*refuses, "no")] if refuses else []
    given = {**ADD, **more}
    return exchange(seq, body=body, status=status or (400 if refuses else 200), refused=items, **given)


BAD = ("501", "INVALID")


def stands(*entries: Any, ma: tuple[Any, ...] = (), crm: tuple[Any, ...] = ()) -> bool:
    made = Oracle(evidence(
        (person("p1", "ann@x.cz"), person("p2", "bob@x.cz")), LINKS, syncs=(sync(1, 10, 40), sync(2, 41, 50)), entries=padded(*entries),
        states=(state(0, 0), state(1, 40, crm, ma)), befores=(state(0, 10),),
    ))
    return Standing(made).of(1) != []


def test_a_refusal_stands_in_its_own_sync() -> None:
    assert stands(asked(12, refuses=BAD))
    assert stands(asked(10, refuses=BAD))
    assert not stands(asked(9, refuses=BAD))
    assert not stands(asked(40, refuses=BAD))
    assert not stands(asked(12))


@pytest.mark.parametrize(
    ("more", "is_looked_at"),
    [
        ({"operation": "associations.put"}, True), ({"operation": "forms.submit"}, True), ({"operation": "tasks.create", "path": "/x"}, False),
        ({"operation": "tasks.create", "path": "/crm/v3/objects/tasks"}, True),
        ({"operation": "tasks.create", "path": "/crm/v3/objects/contacts/1"}, False),
        ({"operation": "tasks.create", "path": "/crm/v3/objects/0-1/1"}, False), ({"operation": None, "path": "/x"}, False),
    ],
)
def test_only_what_records_do_not_show_is_looked_at(more: dict[str, Any], is_looked_at: bool) -> None:
    assert stands(asked(12, refuses=BAD, **more), ma=(there("1", kind="tasks"),)) is is_looked_at


def test_an_unmapped_kind_is_known_by_its_records() -> None:
    assert not stands(asked(12, refuses=BAD, operation="tasks.create", path="/crm/v3/objects/tasks"))


def test_what_is_so_already_or_has_gone_is_nothing_refused() -> None:
    for code in ("ALREADY_IN_STATE", "DUPLICATE_VALUE"):
        assert not stands(asked(12, refuses=("501", code)))
    gone = {"operation": "lists.memberships_remove"}
    assert not stands(asked(12, refuses=BAD, status=404, **gone))
    assert not stands(asked(12, refuses=("501", "MISSING"), **gone))
    assert not stands(asked(12, refuses=BAD, status=404, method="DELETE", operation="lists.item"))
    assert stands(asked(12, refuses=BAD, **gone))
    assert stands(asked(12, refuses=BAD, status=404))
    assert stands(asked(12, refuses=("501", "MISSING")))


def test_of_a_request_that_adds_and_removes_what_was_to_be_removed_has_gone() -> None:
    both = {"operation": "lists.memberships_add_and_remove", "body": b'{"recordIdsToAdd":["501"],"recordIdsToRemove":["502"]}'}

    assert stands(asked(12, refuses=("501", "MISSING"), **both))
    assert not stands(asked(12, refuses=("502", "MISSING"), **both))
    assert not stands(asked(12, b'{"recordIdsToRemove":["502"]}', refuses=("502", "MISSING"), operation="lists.memberships_add_and_remove"))


def test_the_same_request_or_another_for_the_same_person_makes_good() -> None:
    bad = asked(12, refuses=BAD)

    assert not stands(bad, asked(15))
    assert stands(asked(11), bad), "what was accepted before is no remedy"
    assert not stands(bad, asked(15, b'["501","502"]', path="/lists/9/other"))
    assert stands(bad, asked(15, b'["502"]'))
    assert stands(bad, asked(15, status=500))
    assert stands(bad, asked(15, status=300))
    assert stands(bad, asked(15, refuses=BAD, status=207))
    assert not stands(bad, asked(15, b'["501","502"]', refuses=("502", "DUPLICATE_VALUE"), status=207))
    assert stands(bad, asked(15, b'["501","502"]', refuses=("501", "DUPLICATE_VALUE"), status=207))
    assert stands(bad, asked(15, operation="associations.put"))
    assert stands(bad, asked(15, system="salesforce"))


def test_where_nobody_is_named_only_the_same_request_or_a_conflict_that_went_away_counts() -> None:
    bad = asked(12, b"{}", refuses=("x", "INVALID"))

    assert not stands(bad, asked(15, b"{}"))
    assert stands(bad, asked(15, b"{ }"))
    assert stands(bad, asked(15, b"{}", refuses=("x", "INVALID"), status=207))
    conflict = asked(12, b"{}", refuses=("x", "INVALID"), status=409)
    assert not stands(conflict, asked(15, b"{ }"))
    assert stands(conflict, asked(15, b"{ }", refuses=("y", "INVALID"), status=207))


@pytest.mark.parametrize("operation", ["lists.create", "lists_v1.static", "associations.create_label"])
def test_a_list_or_label_that_exists_already_is_looked_up_or_used(operation: str) -> None:
    same = "associations.list" if operation.startswith("assoc") else "lists.list"
    for status, is_good in ((400, True), (409, True), (403, False)):
        bad = asked(12, b'{"name":"a"}', refuses=("a", "EXISTS"), status=status, operation=operation)
        assert stands(bad, asked(15, b"", method="GET", operation=same)) is not is_good
    not_found = asked(15, b"", method="GET", operation="lists.list", status=404)
    assert stands(asked(12, b'{"name":"a"}', refuses=("a", "EXISTS"), status=409, operation="lists.create"), not_found)
    assert stands(asked(12, b'{"name":"a"}', refuses=("a", "EXISTS")), asked(15, b"", method="GET", operation="lists.list"))


# -- consents -------------------------------------------------------------------------------------------


def consent(seq: int, body: bytes = YES, **more: Any) -> Any:
    return asked(seq, body, **{**SET, **more})


def held(*states: ConsentState, record: str = "501") -> tuple[Any, ...]:
    return (there(record, email="ann@x.cz", said=tuple(mark(NEWS, s) for s in states)),)


GRANTED, WITHDRAWN = ConsentState.GRANTED, ConsentState.WITHDRAWN


def test_a_consent_that_stands_there_anyway_is_settled() -> None:
    yes, no = consent(12, refuses=("ann@x.cz", "X")), consent(12, NO, refuses=("ann@x.cz", "X"))

    assert [stands(yes, ma=held(*s)) for s in ((), (GRANTED,), (WITHDRAWN,))] == [True, False, True]
    assert [stands(no, ma=held(*s)) for s in ((), (GRANTED,), (WITHDRAWN,))] == [True, True, False]
    assert stands(yes, ma=held(GRANTED, record="502")), "somebody else's yes"


def test_a_refused_yes_that_was_carried_back_as_a_no_is_settled() -> None:
    yes = consent(12, refuses=("ann@x.cz", "X"))
    back = change(15, contact("003A"), contact("003A", 2, said=(mark(NEWS, WITHDRAWN),)))

    assert not stands(yes, back, ma=held(WITHDRAWN))
    assert stands(yes, back, ma=())
    too_late = change(42, contact("003A"), contact("003A", 2, said=(mark(NEWS, WITHDRAWN),)))
    assert stands(yes, too_late, ma=held(WITHDRAWN))
    assert stands(consent(16, refuses=("ann@x.cz", "X")), back, ma=held(WITHDRAWN)), "it was written before the refusal was heard"
    there_only = change(15, there("501"), there("501", 2, said=(mark(NEWS, WITHDRAWN),)))
    assert stands(yes, there_only, ma=held(WITHDRAWN))
    by_people = change(15, contact("003A"), contact("003A", 2, said=(mark(NEWS, WITHDRAWN),)), Actor.CRM_USER)
    assert stands(yes, by_people, ma=held(WITHDRAWN))
    to_yes = change(15, contact("003A"), contact("003A", 2, said=(mark(NEWS, GRANTED),)))
    assert stands(yes, to_yes, ma=held(WITHDRAWN))


def test_another_answer_or_another_list_makes_nothing_good() -> None:
    def typed(seq: int, number: int, body: bytes = b"true", **more: Any) -> Any:
        return consent(seq, b'{"subscriptionId":%d,"subscribed":%s}' % (number, body), **more)

    bad = typed(12, 7, refuses=("ann@x.cz", "X"))
    assert not stands(bad, typed(15, 7, path="/statuses/other/ann@x.cz"))
    assert stands(bad, typed(15, 8))
    assert stands(bad, typed(15, 7, b"false"))
    assert not stands(bad, consent(15, YES, path="/v3/ann@x.cz"))


@pytest.mark.parametrize(
    ("more", "refuses"),
    [({"body": NO}, True), ({"body": YES}, False), ({"operation": "communication_v3.unsubscribe"}, True), ({"path": "/v3/UNSUBSCRIBE"}, True),
     ({"path": "/opt%5Fout"}, True), ({"body": b'{"subscribed" : FALSE}'}, True), ({}, False)],
)
def test_what_says_no(more: dict[str, Any], refuses: bool) -> None:
    assert says_no(consent(1, **{"body": YES, **more})) is refuses
