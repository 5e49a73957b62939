"""What the mutable objects behind some roots hold, to be put back later into the very same objects.

A dialect keeps much beside its records: sessions, jobs, cursors, caches, what an administrator set up. All of it is found
by following references, so that nothing has to be registered and nothing new can be forgotten; and it is put back in
place, so that whoever holds on to one of these objects (a handler, a closure) sees the state of that moment again.

Frozen dataclasses are values ("nouns are frozen") and are not entered; what cannot be kept is refused, by name.
"""

from __future__ import annotations

import functools
import operator
import random
import re
import types
from array import array
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from datetime import date, time, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from typing import Any

PutBack = Callable[[], None]
_MISSING = object()

# What never changes, or holds nothing of one world (code, caches of pure functions).
_VALUES: tuple[type, ...] = (
    str, bytes, int, float, complex, type(None), type, types.ModuleType, types.BuiltinFunctionType, types.MethodWrapperType,
    types.MethodDescriptorType, types.WrapperDescriptorType, types.GenericAlias, re.Pattern, re.Match, range, slice, date, time,
    timedelta, tzinfo, Decimal, Enum, operator.attrgetter, operator.itemgetter, operator.methodcaller, property, staticmethod,
    classmethod, type(functools.lru_cache(lambda: None)), type(Ellipsis), type(NotImplemented), random.SystemRandom,
)  # fmt: skip

_CODE = (types.MethodType, functools.partial, types.FunctionType, types.CellType)


class UnkeepableError(TypeError):
    """Something is under way, or of a sort, that cannot be kept."""


class Contents:
    """What everything reachable from ``roots`` holds now; objects of the types ``apart`` are left alone.

    Raises UnkeepableError, naming the object and who holds it, for a generator that has not ended and for objects of
    other languages (sockets, locks) that nobody can look into.
    """

    def __init__(self, roots: Iterable[object], apart: tuple[type, ...] = ()) -> None:
        self._put_back: list[PutBack] = []
        # Ids are told apart only among objects that live.
        self._seen: dict[int, object] = {}
        skipped = (*_VALUES, *apart)
        waiting: list[tuple[object, object]] = [(root, None) for root in roots]
        while waiting:
            found, holder = waiting.pop()
            if isinstance(found, skipped) or id(found) in self._seen:
                continue
            self._seen[id(found)] = found
            waiting.extend((inner, found) for inner in self._enter(found, holder))

    def put_back(self) -> None:
        """Let every object hold what it held; may be done any number of times."""
        for put in self._put_back:
            put()

    def _enter(self, found: Any, holder: object) -> Iterator[object]:
        """Note how to put back what an object holds, and yield that."""
        if isinstance(found, tuple | frozenset | types.MappingProxyType):
            yield from found.values() if isinstance(found, types.MappingProxyType) else found
        elif isinstance(found, dict | list | set | deque | bytearray | array):
            yield from self._container(found)
        elif isinstance(found, _CODE):
            yield from self._code(found)
        elif isinstance(found, random.Random):
            state = found.getstate()
            self._put_back.append(lambda: found.setstate(state))
        elif isinstance(found, types.GeneratorType) or hasattr(type(found), "__next__"):
            if not _has_ended(found):
                raise UnkeepableError(_told(found, holder, "is under way"))
        elif getattr(getattr(type(found), "__dataclass_params__", None), "frozen", False):
            return
        else:
            yield from self._object(found, holder)

    def _container(self, found: Any) -> Iterator[object]:
        if isinstance(found, bytearray | array):
            self._put_back.append(functools.partial(_fill, found, found[:]))
            return
        kept = found.copy() if type(found) in _PLAIN else list(found.items() if isinstance(found, dict) else found)
        self._put_back.append(functools.partial(_fill, found, kept))
        yield from found.values() if isinstance(found, dict) else found
        if type(found) not in _PLAIN:
            yield from self._attributes(found)

    def _code(self, found: Any) -> Iterator[object]:
        """Yield what a callable carries with it; the cell of a closure may be given another value."""
        if isinstance(found, types.MethodType):
            yield found.__self__
        elif isinstance(found, functools.partial):
            yield from (found.func, found.args, found.keywords)
        elif isinstance(found, types.FunctionType):
            yield from found.__closure__ or ()
        else:
            try:
                kept = found.cell_contents
            except ValueError:  # a name that has no value yet
                return
            self._put_back.append(lambda: setattr(found, "cell_contents", kept))
            yield kept

    def _object(self, found: Any, holder: object) -> Iterator[object]:
        if not hasattr(found, "__dict__") and not any("__slots__" in vars(c) for c in type(found).__mro__):
            # The bare `object()` is a mark that is compared by identity.
            if type(found) is not object:
                raise UnkeepableError(_told(found, holder, "cannot be looked into"))
            return
        yield from self._attributes(found)

    def _attributes(self, found: Any) -> Iterator[object]:
        attributes, slots = _attributes(found)
        if attributes or slots:
            self._put_back.append(functools.partial(_set_attributes, found, attributes, slots))
        yield from attributes.values()


_PLAIN: frozenset[type] = frozenset({dict, list, set, deque})


def _attributes(found: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return what the attributes of an object hold, and the names of those that live in slots."""
    names = []
    for kind in type(found).__mro__:
        declared = vars(kind).get("__slots__", ())
        for name in (declared,) if isinstance(declared, str) else declared:
            if name not in ("__dict__", "__weakref__"):
                is_private = name.startswith("__") and not name.endswith("__")
                names.append(f"_{kind.__name__.lstrip('_')}{name}" if is_private else name)
    values = {n: v for n in names if (v := getattr(found, n, _MISSING)) is not _MISSING}
    return {**getattr(found, "__dict__", {}), **values}, tuple(names)


def _set_attributes(found: Any, kept: dict[str, Any], slots: tuple[str, ...]) -> None:
    for name in slots:
        now = getattr(found, name, _MISSING)
        if name not in kept and now is not _MISSING:
            object.__delattr__(found, name)
        elif name in kept and now is not kept[name]:
            object.__setattr__(found, name, kept[name])
    own = getattr(found, "__dict__", None)
    if own is None:
        return
    for name in [n for n in own if n not in kept]:
        del own[name]
    own.update((n, v) for n, v in kept.items() if n not in slots)


def _fill(found: Any, kept: Any) -> None:
    if isinstance(found, list | bytearray | array):
        found[:] = kept
    elif isinstance(found, OrderedDict):
        found.clear()
        for key, value in kept:
            found[key] = value
    elif isinstance(found, dict):
        # Not the subclass's own: a Counter would add up.
        dict.clear(found)
        dict.update(found, kept)
    elif isinstance(found, set):
        found.clear()
        found.update(kept)
    else:
        found.clear()
        found.extend(kept)


def _has_ended(found: Any) -> bool:
    if isinstance(found, types.GeneratorType):
        return found.gi_frame is None
    return operator.length_hint(found, -1) == 0


def _told(found: object, holder: object, why: str) -> str:
    by = f", held by a {type(holder).__name__}" if holder is not None else ""
    return f"a {type(found).__module__}.{type(found).__name__}{by} {why}: no checkpoint can be taken of it"
