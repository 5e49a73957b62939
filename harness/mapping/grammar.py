"""The mapping: which CRM field goes with which MA field, and the rule for it. One model for YAML and Excel.

What a mapping does not state stays open: ``None`` means "not stated", the oracle then accepts every behaviour that
is not forbidden and the report lists what was left open.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from syncproof_mocks.schema import FieldType


class Side(StrEnum):
    """One of the two systems."""

    CRM = "crm"
    MA = "ma"

    @property
    def other(self) -> Side:
        """Return the opposite side."""
        return Side.MA if self is Side.CRM else Side.CRM


class Winner(StrEnum):
    """Who wins when both sides changed."""

    CRM = "crm"
    MA = "ma"
    LATEST = "latest"
    CRM_UNLESS_BLANK = "crm_unless_blank"
    MA_UNLESS_BLANK = "ma_unless_blank"
    MOST_RESTRICTIVE = "most_restrictive"


class Direction(StrEnum):
    """Which way values travel."""

    CRM_TO_MA = "crm_to_ma"
    MA_TO_CRM = "ma_to_crm"
    BOTH = "both"
    NONE = "none"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ConsentRule(_Strict):
    """The field is a consent: what it is about, and where each side keeps the evidence."""

    channel: Literal["email", "phone", "sms", "fax"] = "email"
    purpose: str = Field("*", description="`*` for every purpose, else the name of one, e.g. `newsletter`")
    crm_at: str | None = Field(None, description="CRM field that holds when the consent was given or withdrawn")
    crm_source: str | None = Field(None, description="CRM field that holds through what it was given")


class Formats(_Strict):
    """The allowed representation on each side: `e164`, `iso_date`, `iso_datetime`, `iso2`, `upper`, `verbatim`."""

    crm: str | None = None
    ma: str | None = None


_FILL = "`back`: one-way, but a blank of the master is filled from the reading side; `only`: blanks are filled, nothing is overwritten"


class FieldRule(_Strict):
    """One pair of fields and the rule for it."""

    crm: str
    ma: str
    type: FieldType = FieldType.TEXT
    winner: Winner | None = None
    direction: Direction = Direction.BOTH
    blank: Literal["keep", "clear"] | None = None
    enforce: Literal["always", "on_change"] | None = None
    fill: Annotated[Literal["back", "only"] | None, Field(description=_FILL)] = None
    rule: Annotated[str, Field(description="a rule of the preset, e.g. `two_way`; keys given beside it win")] = ""
    values: dict[str, str] = Field(default_factory=dict, description="CRM value -> MA value")
    format: Formats = Formats()
    max_length: Annotated[int, Field(gt=0)] | None = None
    sensitive: bool = False
    consent: ConsentRule | None = None
    remark: str = ""
    where: str = Field("", exclude=True, description="file and line or cell, for messages")

    @model_validator(mode="after")
    def _coherent(self) -> FieldRule:
        if self.sensitive and self.direction is not Direction.NONE:
            raise ValueError("a sensitive field must have direction `none`: it must never cross")
        return self

    @property
    def name(self) -> str:
        """Return how reports call this rule: `Phone = phone`."""
        return f"{self.crm} = {self.ma}"

    def field_on(self, side: Side) -> str:
        """Return the field name on one side."""
        return self.crm if side is Side.CRM else self.ma


class MatchKey(_Strict):
    """A pair of fields by which a record of one side is recognised on the other."""

    crm: str
    ma: str


class Exclusion(_Strict):
    """Who must not be synced. Exactly one condition on one CRM or MA field; any exclusion that holds excludes."""

    reason: str
    crm: str | None = None
    ma: str | None = None
    any_of: tuple[Any, ...] = Field((), alias="in", description="the field has one of these values")
    blank: bool | None = Field(None, description="true: the field is blank; false: it is not")
    older_than_months: int | None = Field(None, description="the date in the field is older than this, or blank")
    matches: str | None = Field(None, description="regular expression found in the value, without regard to case")

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @model_validator(mode="after")
    def _one_condition(self) -> Exclusion:
        if (self.crm is None) == (self.ma is None):
            raise ValueError("name exactly one field: `crm: Field` or `ma: field`")
        given = [bool(self.any_of), self.blank is not None, self.older_than_months is not None, bool(self.matches)]
        if sum(given) != 1:
            raise ValueError("give exactly one of `in`, `blank`, `older_than_months`, `matches`")
        return self


class OwnerRule(_Strict):
    """Owners correspond: the user of one system and the owner of the other with the same e-mail address."""

    crm: str = "OwnerId"
    ma: str = "hubspot_owner_id"
    match: Literal["email"] = "email"
    direction: Direction = Direction.CRM_TO_MA


class CompanyRule(_Strict):
    """People hang on companies: the CRM's reference field and the MA's association."""

    crm: str = "AccountId"
    ma: str = "companies"
    match: MatchKey
    direction: Direction = Direction.CRM_TO_MA


class Deletes(_Strict):
    """What a deletion on one side does on the other."""

    crm_to_ma: Literal["archive", "delete", "ignore"] | None = None
    ma_to_crm: Literal["archive", "delete", "ignore"] | None = None


class Erases(_Strict):
    """What an erasure (GDPR, article 17) on one side does on the other; `suppress`: the record stays, opted out of all mail."""

    crm_to_ma: Literal["erase", "archive", "suppress", "ignore"] | None = None
    ma_to_crm: Literal["erase", "archive", "suppress", "ignore"] | None = None


class ObjectMapping(_Strict):
    """One pair of kinds: `Contact` in the CRM, `contacts` in the MA."""

    object: Literal["contact", "lead", "company"]
    crm: str
    ma: str
    match: tuple[MatchKey, ...] = Field(min_length=1)
    creates: tuple[Literal["crm_to_ma", "ma_to_crm"], ...] = ("crm_to_ma",)
    exclude: tuple[Exclusion, ...] = ()
    owner: OwnerRule | None = None
    company: CompanyRule | None = None
    deletes: Deletes = Deletes()
    erases: Erases = Erases()
    delay_s: Annotated[int, Field(ge=0)] = 0
    fields: tuple[FieldRule, ...]

    def rule_for(self, side: Side, field_name: str) -> FieldRule | None:
        """Return the first rule whose field on ``side`` is ``field_name``."""
        return next((r for r in self.fields if r.field_on(side) == field_name), None)

    def kind_on(self, side: Side) -> str:
        """Return the kind on one side."""
        return self.crm if side is Side.CRM else self.ma


class Mapping(_Strict):
    """The whole contract between two systems, as their owner states it."""

    mapping: str = Field(description="name of the mapping")
    preset: Annotated[str, Field(description="the rules of a real product, which the mapping may override; `syncproof list presets`")] = ""
    systems: dict[Literal["crm", "ma"], str] = {"crm": "salesforce", "ma": "hubspot"}
    objects: tuple[ObjectMapping, ...] = Field(min_length=1)

    def of(self, object_name: str) -> ObjectMapping | None:
        """Return the mapping of one object, or None."""
        return next((o for o in self.objects if o.object == object_name), None)
