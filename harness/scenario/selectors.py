"""Who a step is about: people picked by number, by stratum or by what is true of them, the same way every time."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import fields
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, field_validator, model_validator

from ..errors import SetupError
from ..legible import plural
from ..nearest import suggest
from ..population.people import ConsentSeed, Dirt, Person, PersonKind

PERSON_FIELDS = tuple(f.name for f in fields(Person))

_STRATA: dict[str, tuple[str, Any]] = {
    **{kind.value: ("kind", kind) for kind in PersonKind},
    **{consent.value: ("consent", consent) for consent in ConsentSeed},
    **{dirt.value: ("dirt", dirt) for dirt in Dirt},
}


def _parse_count(raw: Any) -> Any:
    if raw == "all" or (isinstance(raw, int) and not isinstance(raw, bool) and raw >= 1):
        return raw
    raise ValueError(f"it is a number from 1, or `all`; `{raw}` was given")


Count = Annotated[
    int | Literal["all"],
    PlainValidator(_parse_count, json_schema_input_type=Annotated[int, Field(ge=1)] | Literal["all"]),
]


class Selector(BaseModel):
    """People of the population. Conditions are combined with *and*; the first match is taken unless told otherwise.

    `all` (the bare word) takes everybody.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    index: Annotated[int, Field(ge=1)] | None = Field(None, description="number in the population, from 1: `p0001`")
    key: str | None = Field(None, description="key of one person, e.g. `p0007`, as reports name it")
    stratum: str | None = Field(None, description="one word: a kind, a consent or a dirt, e.g. `customer`, `opted_out`")
    kind: PersonKind | None = None
    consent: ConsentSeed | None = Field(None, description="what the person has said about e-mail as a whole")
    newsletter: ConsentSeed | None = Field(None, description="what the person has said about the newsletter")
    dirt: Dirt | None = None
    locale: str | None = Field(None, description="e.g. `pl_PL`")
    field: dict[str, Any] = Field(default_factory=dict, description="what is true of the person, e.g. `{country: PL}`")
    skip: Annotated[int, Field(ge=0)] = Field(0, description="leave out that many matches at the beginning")
    count: Count | None = Field(None, description="how many matches (default 1)")
    share: Annotated[float, Field(gt=0, le=1)] | None = Field(None, description="a drawn share of the matches, at least one")

    @field_validator("stratum")
    @classmethod
    def _known_stratum(cls, value: str | None) -> str | None:
        if value is not None and value not in _STRATA:
            raise ValueError(f"no stratum is called `{value}`{suggest(value, _STRATA)}")
        return value

    @field_validator("field")
    @classmethod
    def _known_fields(cls, value: dict[str, Any]) -> dict[str, Any]:
        for name in value:
            if name not in PERSON_FIELDS:
                raise ValueError(f"a person has no `{name}`{suggest(name, PERSON_FIELDS)}")
        return value

    @model_validator(mode="after")
    def _coherent(self) -> Selector:
        if self.count is not None and self.share is not None:
            raise ValueError("give `count` or `share`, not both")
        if self.index is not None and self.key is not None:
            raise ValueError("give `index` or `key`, not both")
        return self

    def matches(self, number: int, person: Person) -> bool:
        """Tell whether the person with this number (from 1) meets every condition."""
        exact = {"key": self.key, "kind": self.kind, "consent": self.consent, "newsletter": self.newsletter,
                 "locale": self.locale, **self.field}
        if self.index is not None and self.index != number:
            return False
        if self.dirt is not None and self.dirt not in person.dirt:
            return False
        if self.stratum is not None and not _in_stratum(person, self.stratum):
            return False
        return all(wanted is None or _same(getattr(person, name), wanted) for name, wanted in exact.items())

    def __str__(self) -> str:
        said = self.model_dump(mode="json", exclude_defaults=True)
        if said == {"count": "all"}:
            return "all"
        return ", ".join(f"{name}: {value}" for name, value in said.items()) or "the first person"


def _parse(raw: Any) -> Any:
    """Return the conditions; a bare word other than `all` is answered with the condition that it looks like."""
    if raw == "all":
        return {"count": "all"}
    if isinstance(raw, str | int) and not isinstance(raw, bool):
        raise ValueError(f"people are picked by `all` or by conditions; `{raw}` was given; write `{_condition(raw)}`")
    return raw


def _condition(raw: str | int) -> str:
    if isinstance(raw, int):
        return f"{{index: {max(raw, 1)}}}"
    if re.fullmatch(r"p\d+", raw):
        return f"{{key: {raw}}}"
    return f"{{stratum: {raw}}}" if raw in _STRATA else "{index: 1}` or `{stratum: customer}"


Who = Annotated[Selector, BeforeValidator(_parse, json_schema_input_type=Literal["all"] | Selector)]


# What a step is about when it does not say: the first person.
FIRST = Selector.model_validate({})


def select(people: Sequence[Person], selector: Selector, stream: random.Random) -> list[Person]:
    """Return the people the selector means, in the order of the population.

    Without ``count`` or ``share`` it is the first match. ``stream`` is drawn from only for ``share``, so a selector
    without it never changes what other draws give. Raises SetupError when fewer people match than are wanted:
    a step about nobody would prove nothing.
    """
    found = [p for number, p in enumerate(people, 1) if selector.matches(number, p)][selector.skip :]
    if not found:
        raise SetupError(f"nobody matches `{selector}` among the {plural(len(people), 'person', 'people')} of the scenario")
    if selector.share is not None:
        wanted = max(1, round(len(found) * selector.share))
        drawn = set(stream.sample(range(len(found)), wanted))
        return [p for at, p in enumerate(found) if at in drawn]
    if selector.count == "all":
        return found
    wanted = selector.count or 1
    if len(found) < wanted:
        raise SetupError(f"`{selector}` wants {plural(wanted, 'person', 'people')}, the scenario has {len(found)} such")
    return found[:wanted]


def _in_stratum(person: Person, stratum: str) -> bool:
    attribute, member = _STRATA[stratum]
    value = getattr(person, attribute)
    return member in value if attribute == "dirt" else value == member


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(value, (tuple, frozenset)):
        return wanted in value or (isinstance(wanted, list) and sorted(value) == sorted(wanted))
    return bool(value == wanted)
