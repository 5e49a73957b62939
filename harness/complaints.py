"""What pydantic complains about, in the words of the person who wrote the file: given, allowed, nearest."""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

Loc = Sequence[str | int]


def did_you_mean(given: object, allowed: Iterable[object]) -> str:
    """Return ``Did you mean `x`?`` for the nearest allowed word (letter case ignored), or an empty text."""
    by_fold = {str(word).casefold(): str(word) for word in allowed}
    near = difflib.get_close_matches(str(given).casefold(), by_fold, n=1, cutoff=0.6)
    return f"Did you mean `{by_fold[near[0]]}`?" if near else ""


def shortened(text: str, limit: int = 60) -> str:
    """Return ``text`` on one line, cut to ``limit`` characters."""
    text = " ".join(text.split()) if "\n" in text else text
    return text if len(text) <= limit else text[: limit - 1] + "…"


def told(given: object) -> str:
    """Return how a message shows what was given."""
    if given is None:
        return "nothing"
    if isinstance(given, dict):
        return f"keys and values ({shortened(', '.join(map(str, given)))})"
    if isinstance(given, list | tuple):
        return f"a list of {len(given)}"
    return f"`{shortened(str(given))}`"


def place_in_words(loc: Loc) -> str:
    """Return a path as people write it: ``objects[0].fields[3].winner``; the whole is ``the file``."""
    # A key that is itself wrong ends in pydantic's own word for it; the author knows it by its name alone.
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc if part != "[key]")
    return text.removeprefix(".") or "the file"


_EXPECTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list (`- ...` lines or `[a, b]`)",
    "tuple_type": "a list (`- ...` lines or `[a, b]`)",
    "dict_type": "keys and values (`key: value`)",
    "model_type": "keys and values (`key: value`)",
    "date_type": "a date (YYYY-MM-DD)",
    "date_parsing": "a date (YYYY-MM-DD)",
    "date_from_datetime_parsing": "a date (YYYY-MM-DD)",
    "datetime_type": "a date and time (ISO 8601)",
    "datetime_parsing": "a date and time (ISO 8601)",
}


@dataclass(frozen=True)
class Complaint:
    """One error of pydantic, and the model that was being validated, when known."""

    loc: tuple[str | int, ...]
    kind: str
    given: Any
    said: str
    context: Mapping[str, Any]
    model: type[BaseModel] | None = None

    @property
    def place(self) -> str:
        """Return the path of the value complained about."""
        return place_in_words(self.loc)

    @property
    def around(self) -> str:
        """Return `` in `the path around it```, or nothing at the top of the file."""
        return f" in `{place_in_words(self.loc[:-1])}`" if len(self.loc) > 1 else ""

    def worded(self) -> tuple[str, str]:
        """Return message and remedy."""
        special = _SPECIAL.get(self.kind)
        if special is not None:
            return special(self)
        if self.kind in _EXPECTED:
            hint = "Put quotes around it." if self.kind == "string_type" and isinstance(self.given, int | float) else ""
            return f"`{self.place}` must be {_EXPECTED[self.kind]}; {told(self.given)} was given.", hint
        said = re.sub(r"^Input should ", "should ", self.said)
        return f"`{self.place}` {said}; {told(self.given)} was given.", ""


def complaints_of(
    error: ValidationError, model: type[BaseModel] | None = None
) -> list[tuple[tuple[str | int, ...], str, str]]:
    """Return (path, message, remedy) of each complaint. With ``model``, unknown keys are answered with known ones."""
    items = error.errors(include_url=False)
    # A list whose entries are wrong is "too short" too: pydantic counts the right ones only. That is told once.
    broken = {tuple(item["loc"][:depth]) for item in items for depth in range(len(item["loc"]))}
    return [
        (
            item["loc"],
            *Complaint(item["loc"], item["type"], item["input"], item["msg"], item.get("ctx", {}), model).worded(),
        )
        for item in items
        if item["type"] != "too_short" or item["loc"] not in broken
    ]


def _unknown_key(c: Complaint) -> tuple[str, str]:
    allowed = keys_allowed_at(c.model, c.loc[:-1]) if c.model is not None else ()
    known = f"; allowed: {', '.join(allowed)}." if allowed else "."
    return f"unknown key `{c.loc[-1]}`{c.around}{known}", did_you_mean(
        c.loc[-1], allowed
    ) or "Correct its name or remove it."


def _missing(c: Complaint) -> tuple[str, str]:
    return f"the key `{c.loc[-1]}` is missing{c.around}.", f"Add `{c.loc[-1]}: ...`."


def _not_allowed(c: Complaint) -> tuple[str, str]:
    words = re.findall(r"'((?:[^'\\]|\\.)*)'", str(c.context.get("expected", "")))
    allowed = ", ".join(words) or c.context.get("expected", "")
    return f"`{c.place}` cannot be {told(c.given)}; allowed: {allowed}.", did_you_mean(c.given, words)


def _own_rule(c: Complaint) -> tuple[str, str]:
    message, remedy = f"{c.context.get('error', c.said)}".rstrip("."), ""
    return (f"`{c.place}`: " if c.loc else "") + message + ("" if message.endswith("?") else "."), remedy


def _unknown_case(c: Complaint) -> tuple[str, str]:
    tags = re.findall(r"'([^']*)'", str(c.context.get("expected_tags", "")))
    key, tag = str(c.context.get("discriminator", "")).strip("'"), c.context.get("tag")
    return f"`{c.place}`: `{key}` cannot be `{tag}`; allowed: {', '.join(tags)}.", did_you_mean(tag, tags)


def _missing_case(c: Complaint) -> tuple[str, str]:
    key = str(c.context.get("discriminator", "")).strip("'")
    return f"`{c.place}` does not say which `{key}` it is.", f"Add `{key}: ...`."


def _too_short(c: Complaint) -> tuple[str, str]:
    least, entries = c.context.get("min_length"), "entry" if c.context.get("min_length") == 1 else "entries"
    return f"`{c.place}` needs at least {least} {entries}; {told(c.given)} was given.", "Add to it."


_SPECIAL: dict[str, Callable[[Complaint], tuple[str, str]]] = {
    "extra_forbidden": _unknown_key,
    "missing": _missing,
    "literal_error": _not_allowed,
    "enum": _not_allowed,
    "value_error": _own_rule,
    "assertion_error": _own_rule,
    "union_tag_invalid": _unknown_case,
    "union_tag_not_found": _missing_case,
    "too_short": _too_short,
}


def keys_allowed_at(model: type[BaseModel], loc: Loc) -> tuple[str, ...]:
    """Return the keys that the models reachable from ``model`` along ``loc`` know, in the order of their fields.

    Fields marked ``exclude=True`` are ours, not the author's, and are left out.
    """
    here: list[Any] = [model]
    for part in loc:
        inner = [kind for annotation in here for kind in _inside(annotation, part)]
        # Nothing inside goes by that name: it is pydantic's name of a union case; it picks among what we have.
        here = inner or [kind for kind in here if _is_case(kind, part)] or here
    fields = (pair for kind in here for pair in getattr(kind, "model_fields", {}).items())
    return tuple(dict.fromkeys(info.alias or name for name, info in fields if not info.exclude))


def _inside(annotation: Any, part: str | int) -> Iterator[Any]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, info in annotation.model_fields.items():
            if part in (info.alias, name):
                yield from _cases(info.annotation)
        return
    arguments, origin = get_args(annotation), get_origin(annotation)
    if origin is dict:
        yield from _cases(arguments[1])
    elif isinstance(part, int) and origin in (list, tuple, set, frozenset):
        yield from _cases(arguments[0])


def _cases(annotation: Any) -> Iterator[Any]:
    """Yield the alternatives of an annotation, without Annotated and unions around them."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _cases(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for alternative in get_args(annotation):
            yield from _cases(alternative)
    else:
        yield annotation


def _is_case(annotation: Any, part: str | int) -> bool:
    """Tell whether pydantic would call this alternative of a union ``part``: its class name or its tag."""
    if getattr(annotation, "__name__", None) == part:
        return True
    fields = getattr(annotation, "model_fields", {}).values()
    return any(part in get_args(f.annotation) for f in fields if get_origin(f.annotation) is Literal)
