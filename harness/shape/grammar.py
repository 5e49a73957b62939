"""What a shape file may say, for each of the two systems.

    based_on: built-in            # or `vendor` (the default): the vendor's standard fields and nothing else
    crm:
      metadata: [contact.json]    # JSON of the vendor's own describe call, relative to this file
      fields: {Contact: [{name: Tier__c, label: Tier, type: text, vendor_type: string}]}
      switches: {not_equal_matches_null: false}
      validation_rules: [...]     # and whatever else `syncproof list dialects` says that the dialect declares
    ma:
      subscriptions: [Newsletter]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from syncproof_mocks.schema import FieldInfo, FieldType, Option

from ..yaml_lines import Lines


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class OptionForm(_Strict):
    """One value of a picklist: what is stored, what a person sees, whether it can still be chosen."""

    value: str
    label: str = ""
    active: bool = True


class FieldForm(_Strict):
    """One custom field, in neutral words; ``vendor_type`` is the vendor's own word for the type."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    label: Annotated[str, Field(min_length=1, max_length=300)]
    type: FieldType
    vendor_type: str
    max_length: Annotated[int, Field(gt=0, le=10_000_000)] | None = None
    required: bool = False
    createable: bool = True
    updateable: bool = True
    unique: bool = False
    external_id: bool = False
    restricted: bool = False
    tracked: bool = False
    default: Any = None
    options: tuple[OptionForm, ...] = ()

    @field_validator("options", mode="before")
    @classmethod
    def _plain(cls, raw: Any) -> Any:
        return [{"value": entry} if not isinstance(entry, dict) else entry for entry in raw] if isinstance(raw, list) else raw

    def info(self) -> FieldInfo:
        """Return the field as dialects know fields."""
        given = self.model_dump(exclude={"options"})
        options = tuple(Option(o.value, o.label or o.value, o.active) for o in self.options)
        return FieldInfo(**given, options=options, custom=True)


class SideShape(_Strict):
    """What one org has beyond the vendor's standard. Unknown keys are declarations; the dialect knows which exist."""

    model_config = ConfigDict(extra="allow", frozen=True, coerce_numbers_to_str=True)

    metadata: tuple[str, ...] = Field((), description="JSON files with the vendor's own metadata, relative to the shape file")
    fields: Mapping[str, tuple[FieldForm, ...]] = Field(default_factory=dict, description="custom fields by kind")
    subscriptions: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    switches: Mapping[str, Any] = Field(default_factory=dict, description="uncertain or settable behaviours by name")

    @property
    def declared(self) -> dict[str, Any]:
        """Return the declarations as they were written, by name."""
        return dict(self.model_extra or {})


class ShapeForm(_Strict):
    """The whole file."""

    based_on: Literal["built-in", "vendor"] = "vendor"
    crm: SideShape = SideShape.model_validate({})
    ma: SideShape = SideShape.model_validate({})


@dataclass(frozen=True)
class Shape:
    """A shape file that was read, with its metadata documents (path -> JSON) and the lines of everything in it.

    ``base`` is the shape it starts from; None: the vendors' standard.
    """

    path: Path
    form: ShapeForm
    lines: Lines
    documents: Mapping[str, Any] = field(default_factory=dict)
    base: Shape | None = None

    def side(self, name: str) -> SideShape:
        """Return what is said of `crm` or `ma`."""
        return self.form.crm if name == "crm" else self.form.ma
