"""The language of a scenario file: pydantic models, and its documentation.

The steps are not listed here: each file of `harness/steps/` brings its own word and settings.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PrivateAttr,
    create_model,
    field_validator,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema
from syncproof_mocks.discovery import discover

from ..legible import plural
from ..population.people import ConsentSeed, Dirt, PersonKind

if TYPE_CHECKING:
    from ..stage import Stage
    from ..steps import Step, StepSettings

Weight = Annotated[float, Field(ge=0)]
Locale = Literal["pl_PL", "cs_CZ", "en_US", "de_DE", "pt_BR"]
LOCALES: tuple[Locale, ...] = ("pl_PL", "cs_CZ", "en_US", "de_DE", "pt_BR")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PopulationSettings(_Strict):
    """Who is there at the beginning, and on which side. Strata left out follow the population's own mix."""

    total: int = Field(default=20, ge=1, le=100_000, description="how many people")
    placement: Literal["both", "crm", "ma", "mixed"] = Field(
        default="both", description="`both`: linked records on both sides; `mixed`: some on both, some on one side only"
    )
    kinds: dict[PersonKind, Weight] = Field(default_factory=dict, description="relative weights: `{customer: 10, lead: 5}`")
    consent: dict[ConsentSeed, Weight] = Field(default_factory=dict, description="relative weights, about e-mail as a whole")
    newsletter: dict[ConsentSeed, Weight] = Field(default_factory=dict, description="relative weights, about the newsletter")
    dirt: dict[Dirt, Annotated[int, Field(ge=0)]] = Field(
        default_factory=dict, description="what is wrong on purpose, with how many people; left out: nothing is"
    )
    locales: tuple[Locale, ...] = Field(default=LOCALES, min_length=1)
    companies: bool = Field(default=True, description="false: customers belong to no company")
    untouched_days: int = Field(
        default=0, ge=0, le=36_500, description="every record was made and last changed at least that many days ago"
    )

    @field_validator("kinds", "consent", "newsletter")
    @classmethod
    def _some_weight(cls, value: dict[Any, float]) -> dict[Any, float]:
        if value and sum(value.values()) <= 0:
            raise ValueError("at least one weight must be above zero")
        return value

    @model_validator(mode="after")
    def _fits(self) -> PopulationSettings:
        for dirt, number in self.dirt.items():
            if number > self.total:
                raise ValueError(f"`dirt` asks for {plural(number, 'person', 'people')} with `{dirt}`, `total` is {self.total}")
        return self


class CheckSettings(_Strict):
    """What is not demanded in this scenario, and why: the reason stands in the report."""

    skip: dict[str, Annotated[str, Field(min_length=10)]] = Field(
        default_factory=dict, description="rule id -> written reason, at least ten letters"
    )


@dataclass(frozen=True)
class ScenarioStep:
    """One line under `steps:`: the word, and what stands behind it."""

    name: str
    settings: StepSettings

    def run(self, stage: Stage) -> None:
        """Do the step on the stage."""
        known_steps()[self.name](self.settings).run(stage)

    def __str__(self) -> str:
        said = self.settings.model_dump(mode="json", exclude_defaults=True)
        return f"{self.name}: " + ", ".join(f"{k}: {_told(v)}" for k, v in said.items()) if said else self.name

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(cls._of_entry, handler(entry_model()))

    @classmethod
    def _of_entry(cls, entry: BaseModel) -> ScenarioStep:
        name = next(iter(entry.model_fields_set))
        return cls(name, getattr(entry, name))


class Scenario(_Strict):
    """One story: people, steps, and what must hold."""

    # Which steps exist is asked when the first scenario is read, not when this module is imported.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, populate_by_name=True)

    id: str = Field("", alias="scenario", pattern=r"^[A-Za-z0-9_.\-/]*$", description="left out: folder/file name")
    title: str = Field("", description="one line for people")
    why: str = Field("", description="what it proves, shown in the report")
    classes: tuple[Annotated[str, Field(pattern=r"^B\d{3}$")], ...] = Field((), description="bug classes, e.g. `B001`")
    tags: tuple[str, ...] = ()
    population: PopulationSettings = PopulationSettings.model_validate({})
    steps: tuple[ScenarioStep, ...] = Field(min_length=1)
    checks: CheckSettings = CheckSettings()
    options: dict[str, Any] = Field(default_factory=dict, description="for checks and steps that ask for options")

    # Where it was read from ("" when made in Python), how `syncproof run` names it, and the line of each step.
    _path: str = PrivateAttr("")
    _argument: str = PrivateAttr("")
    _lines: tuple[int, ...] = PrivateAttr(())

    @property
    def path(self) -> str:
        """Return the file it was read from."""
        return self._path

    @property
    def argument(self) -> str:
        """Return what to give `syncproof run` to run just this scenario."""
        return self._argument or self.id

    def line_of(self, step: int) -> int | None:
        """Return the line of step number ``step`` (from 0), if it was read from a file."""
        return self._lines[step] if step < len(self._lines) else None

    def placed(self, id: str, path: str, argument: str, lines: tuple[int, ...]) -> Scenario:
        """Return the same scenario with its id filled in and knowing where it came from."""
        copy = self.model_copy(update={"id": self.id or id, "title": self.title or self.id or id})
        copy._path, copy._argument, copy._lines = path, argument, lines  # noqa: SLF001 (its own kind)
        return copy


@cache
def known_steps() -> dict[str, type[Step]]:
    """Return every step by its word. Raises ExtensionError when one does not keep the contract."""
    # Found by name, like a third party's: the language does not depend on any of its words.
    return discover(importlib.import_module(f"{__package__.rpartition('.')[0]}.steps"))


class _Line(BaseModel):
    """One line under `steps:`. The word alone, `word: {...}`, or `word: value` where one setting says it all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _spelled_out(cls, raw: Any) -> Any:
        if isinstance(raw, str):
            return {raw: {}}
        if not isinstance(raw, Mapping):
            raise ValueError("a step is one word, or `word: {...}`")
        if len(raw) != 1:
            words = ", ".join(f"`{word}`" for word in raw)
            raise ValueError(f"one step per line, what belongs to it indented below; given side by side: {words or 'nothing'}")
        word, given = next(iter(raw.items()))
        step = known_steps().get(word)
        if given is None:
            return {word: {}}
        if step is not None and step.model.scalar and not isinstance(given, Mapping):
            return {word: {step.model.scalar: given}}
        if step is not None and isinstance(given, str | int):
            raise ValueError(f"`{word}` has settings, and `{given}` alone is none; write `{word}: {_with_setting(step, given)}`")
        return raw

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        found = handler.resolve_ref_schema(handler(schema))
        table = {**found, "minProperties": 1, "maxProperties": 1}
        for word, entry in table["properties"].items():
            scalar = known_steps()[word].model.scalar
            if scalar:
                entry["anyOf"].append(known_steps()[word].model.model_json_schema()["properties"][scalar])
        bare = sorted(word for word, step in known_steps().items() if _needs_nothing(step.model))
        found.clear()
        found.update({"anyOf": [{"enum": bare}, table]})
        return found


@cache
def entry_model() -> type[BaseModel]:
    """Return the model of one line under `steps:`: exactly one word with its settings."""
    words: dict[str, Any] = {
        word: (step.model | None, Field(None, description=(step.__doc__ or "").partition("\n")[0]))
        for word, step in known_steps().items()
    }
    return create_model("StepLine", __base__=_Line, **words)


@cache
def file_model() -> type[BaseModel]:
    """Return the model of a whole file with the steps spelled out, for messages that name the keys there are."""
    lines: Any = (tuple[entry_model(), ...], Field(min_length=1))  # type: ignore[misc]  # made at run time
    return create_model("ScenarioFile", __base__=Scenario, steps=lines)


def _with_setting(step: type[Step], given: str | int) -> str:
    """Return ``{setting: given}`` with the setting that takes this very word, else the names that there are."""
    fields = step.model.model_fields
    taken = [name for name, field in fields.items() if get_origin(field.annotation) is Literal and given in get_args(field.annotation)]
    return f"{{{taken[0]}: {given}}}" if taken else "{" + ", ".join(f"{name}: ..." for name in fields) + "}"


def _needs_nothing(model: type[StepSettings]) -> bool:
    return not any(field.is_required() for field in model.model_fields.values())


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_told(v)}" for k, v in value.items()) + "}"
    if value is None:
        return "none"
    return "[" + ", ".join(map(_told, value)) + "]" if isinstance(value, list) else str(value)
