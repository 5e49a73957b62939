"""The filter branch of a list, compiled to one test over records.

The root is an OR of AND branches; an AND branch holds filters and ASSOCIATION branches (the vendor enforces this
shape). A filter that this mock does not know is refused with 400 and a hint, never ignored: a list that drops a
condition would hold people it must not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....journal import Row
from ..consent_state import SUBSCRIBED, UNSUBSCRIBED, row_of, standing
from ..filters import Predicate
from ..kinds import ObjectType
from ..links import linked
from ..portal import Portal
from . import operations, refusals, roll

# What a list id stands for: the list and the ids of its members. Given by whoever evaluates, so that a circle can be
# seen. Raises `Refusal`.
MembersOf = Callable[[str], tuple[Row, frozenset[str]]]

_OPT_STATES = {SUBSCRIBED: "OPT_IN", UNSUBSCRIBED: "OPT_OUT"}
_ACCEPTED = ("OPT_IN", "OPT_OUT", "NOT_OPTED")


def compiled(dialect: Portal, object_type: ObjectType, branch: object, members_of: MembersOf) -> Predicate:
    """Return the test of a root branch. Raises `Refusal`."""
    root = _branch(branch)
    if root.get("filterBranchType") != "OR" or _listed(root, "filters"):
        raise refusals.bad_filter("the root is an OR branch without filters of its own")
    children = _listed(root, "filterBranches")
    if not children:
        raise refusals.bad_filter("the root has one or more AND branches")
    tests = [_and_branch(dialect, object_type, child, members_of) for child in children]
    return lambda row: any(test(row) for test in tests)


def _branch(given: object) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise refusals.bad_filter("a filter branch is an object")
    return given


def _listed(given: dict[str, Any], member: str) -> list[Any]:
    found = given.get(member) or []
    if not isinstance(found, list):
        raise refusals.bad_filter(f"{member} of a filter branch is a list")
    return found


def _and_branch(dialect: Portal, object_type: ObjectType, given: object, members_of: MembersOf) -> Predicate:
    branch = _branch(given)
    if branch.get("filterBranchType") != "AND":
        raise refusals.bad_filter(f"inside the root there are AND branches, not {branch.get('filterBranchType')}")
    tests = [_filter(dialect, object_type, f, members_of) for f in _listed(branch, "filters")]
    for child in _listed(branch, "filterBranches"):
        inner = _branch(child)
        if inner.get("filterBranchType") != "ASSOCIATION":
            raise refusals.filter_not_mocked(f"filterBranchType {inner.get('filterBranchType')}")
        tests.append(_association(dialect, object_type, inner, members_of))
    return lambda row: all(test(row) for test in tests)


def _association(dialect: Portal, object_type: ObjectType, branch: dict[str, Any], members_of: MembersOf) -> Predicate:
    """Pass records that are tied, by the named type, to at least one record that passes all filters."""
    other = roll.type_named(branch.get("objectTypeId"))
    if branch.get("operator") != "IN_LIST":
        raise refusals.filter_not_mocked(f"operator {branch.get('operator')} of ASSOCIATION")
    if _listed(branch, "filterBranches"):
        raise refusals.filter_not_mocked("a branch inside an ASSOCIATION branch")
    filters = _listed(branch, "filters")
    if not filters:
        raise refusals.bad_filter("an ASSOCIATION branch has one or more filters")
    spec = branch.get("associationCategory"), branch.get("associationTypeId")
    tests = [_filter(dialect, other, f, members_of) for f in filters]

    def holds(row: Row) -> bool:
        for other_id, specs in linked(dialect, object_type.kind, row.id, other.kind):
            tied = dialect.store.get(other.kind, other_id) if spec in specs else None
            if tied is not None and all(test(tied) for test in tests):
                return True
        return False

    return holds


def _filter(dialect: Portal, object_type: ObjectType, given: object, members_of: MembersOf) -> Predicate:
    if not isinstance(given, dict):
        raise refusals.bad_filter("a filter is an object")
    kind = given.get("filterType")
    if kind == "PROPERTY":
        return operations.compiled(dialect, dialect.catalogue(object_type.kind), given)
    if kind == "IN_LIST":
        return _in_list(object_type, given, members_of)
    if kind == "EMAIL_SUBSCRIPTION" and object_type.kind == "contacts":
        return _email_subscription(dialect, given)
    raise refusals.filter_not_mocked(f"filterType {kind}")


def _in_list(object_type: ObjectType, given: dict[str, Any], members_of: MembersOf) -> Predicate:
    list_id, operator = str(given.get("listId")), given.get("operator")
    if operator not in ("IN_LIST", "NOT_IN_LIST"):
        raise refusals.filter_not_mocked(f"operator {operator} of IN_LIST")
    if given.get("metadata"):
        raise refusals.filter_not_mocked("IN_LIST of an import or workflow (metadata)")
    row, ids = members_of(list_id)
    if row.values["type_id"] != object_type.type_id:
        raise refusals.bad_filter(f"list {list_id} holds records of type {row.values['type_id']}")
    wanted = operator == "IN_LIST"
    return lambda record: (record.id in ids) is wanted


def _email_subscription(dialect: Portal, given: dict[str, Any]) -> Predicate:
    """Pass contacts whose address has an accepted state for one of the subscription types."""
    if given.get("subscriptionType", "SUBSCRIPTION") != "SUBSCRIPTION":
        raise refusals.filter_not_mocked(f"subscriptionType {given['subscriptionType']}")
    accepted = given.get("acceptedStatuses")
    if not isinstance(accepted, list) or not accepted or not all(a in _ACCEPTED for a in accepted):
        raise refusals.bad_filter(f"acceptedStatuses is a list of {', '.join(_ACCEPTED)}")
    type_ids = given.get("subscriptionIds")
    if not isinstance(type_ids, list) or not type_ids:
        raise refusals.bad_filter("subscriptionIds is a list, not empty")
    for type_id in type_ids:
        if isinstance(type_id, bool) or dialect.subscription_types.get(type_id) is None:
            raise refusals.bad_filter(f"subscription {type_id} does not exist")
    if len(type_ids) > 1:
        dialect.rests_on("hubspot.list_any_subscription")

    def holds(row: Row) -> bool:
        email = row.values.get("email")
        said = row_of(dialect, email) if email else None
        states = (_OPT_STATES.get(standing(said, str(t)).status, "NOT_OPTED") for t in type_ids)
        return bool(email) and any(state in accepted for state in states)

    return holds


def completed(branch: dict[str, Any]) -> dict[str, Any]:
    """Return a valid branch as the vendor shows it: operators and defaults that were left out are filled in."""
    kind = branch["filterBranchType"]
    found = {
        "filterBranchOperator": "OR" if kind == "OR" else "AND",
        **branch,
        "filterBranches": [completed(b) for b in branch.get("filterBranches") or []],
        "filters": [_completed_filter(f) for f in branch.get("filters") or []],
    }
    return dict(sorted(found.items()))


def _completed_filter(given: dict[str, Any]) -> dict[str, Any]:
    if given["filterType"] == "EMAIL_SUBSCRIPTION":
        return {"subscriptionType": "SUBSCRIPTION", **given}
    if given["filterType"] != "PROPERTY":
        return given
    return {**given, "operation": {"includeObjectsWithNoValueSet": False, **given["operation"]}}
