"""Calls that tell what objects and fields there are: describeGlobal, describeSObject, describeSObjects."""

from __future__ import annotations

from typing import Any

from .. import describe
from ..org import Org
from ..sobject_collections import check_size
from .caller import Call, Caller
from .envelope import element, text_of, texts_of
from .sobjects import kind_named

MOST_DESCRIBED = 100
# Parts of the REST description that the SOAP schema has not.
_REST_ONLY = frozenset({"attributes", "urls", "sobjectDescribeOption"})


def describe_global(org: Org, caller: Caller) -> str:
    """List the objects."""
    org.rests_on("salesforce.soap_describe")
    entries = "".join(_tree("sobjects", describe.entry_of(k, caller.version)) for k in org.kinds.values())
    return f"<result>{element('encoding', 'UTF-8')}{element('maxBatchSize', 200)}{entries}</result>"


def describe_sobject(org: Org, caller: Caller) -> str:
    """Describe one object."""
    return _described(org, caller, text_of(caller.call, "sObjectType"))


def describe_sobjects(org: Org, caller: Caller) -> str:
    """Describe up to a hundred objects."""
    names = texts_of(caller.call, "sObjectType")
    check_size(len(names), MOST_DESCRIBED)
    return "".join(_described(org, caller, name) for name in names)


def _described(org: Org, caller: Caller, name: str) -> str:
    org.rests_on("salesforce.soap_describe")
    kind = kind_named(org, name)
    return _tree("result", describe.description_of(org, kind, caller.version, caller.request.base_url))


def _tree(tag: str, value: Any) -> str:
    """Return a JSON value as elements: lists repeat, what is null is left out, the order is that of the alphabet."""
    if isinstance(value, dict):
        inner = "".join(_tree(name, value[name]) for name in sorted(value) if name not in _REST_ONLY)
        return f"<{tag}>{inner}</{tag}>"
    if isinstance(value, list):
        return "".join(_tree(tag, one) for one in value)
    return "" if value is None else element(tag, value)


CALLS: dict[str, Call] = {
    "describeGlobal": describe_global, "describeSObject": describe_sobject, "describeSObjects": describe_sobjects,
}
