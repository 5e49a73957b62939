"""Presets: the rules of real products as data, for mappings that say `preset: NAME`. One YAML file, one preset.

A preset names rules (`two_way`, `dont_sync`, ...), says which one a field follows when its mapping says nothing, and what
holds for whole objects. What the mapping states wins over the preset; what the product's makers do not tell stays open,
as in any mapping, and the preset lists it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from ...complaints import Loc, did_you_mean

Complaint = tuple[Loc, str, str]
# Settings of an object that are tables themselves: the mapping's keys join those of the preset.
_JOINED = ("owner", "company", "deletes", "erases")
# Of owners and companies a preset speaks only where the mapping has them.
_ALWAYS = ("deletes", "erases")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PresetObject(_Strict):
    """What a preset says about one object: the rule its fields follow unless they say otherwise, and settings of the object."""

    rule: str = ""
    settings: dict[str, Any] = Field(default_factory=dict, description="keys of an object, e.g. `deletes`; only where the mapping has none")


class Preset(_Strict):
    """The rules of one product. ``sources`` are public pages, each with the date the page gives; ``open`` what they do not tell."""

    name: str
    title: str
    sources: tuple[str, ...] = ()
    rules: dict[str, dict[str, Any]] = Field(min_length=1)
    says: dict[str, str]  # rule -> what the product's makers say about it, in our words
    rule: str = Field("", description="the rule of a field that names none; an object's own goes before it")
    consent: dict[str, Any] = Field(default_factory=dict, description="keys of a field that is a consent")
    objects: dict[str, PresetObject] = Field(default_factory=dict)
    open: tuple[str, ...] = ()
    beware: tuple[str, ...] = ()  # documented behaviour that the consent checks refuse, whatever a mapping says

    def rule_of(self, object_name: str) -> str:
        """Return the name of the rule that a field of an object follows when it names none; "" for none."""
        return self.objects.get(object_name, PresetObject()).rule or self.rule


@cache
def presets() -> Mapping[str, Preset]:
    """Return every preset by name (their folder is the registry)."""
    files = sorted((f for f in resources.files(__package__).iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    found = (Preset(name=f.name.removesuffix(".yaml"), **yaml.safe_load(f.read_text("utf-8"))) for f in files)
    return {preset.name: preset for preset in found}


def with_preset(data: Any) -> tuple[Any, list[Complaint]]:
    """Return the data of a mapping with everything that its preset says filled in, and what is wrong about the naming.

    Places stay where they were: nothing is added to a list. Data of any other shape is returned as it is, for the model
    to complain about.
    """
    if not isinstance(data, dict) or not isinstance(data.get("objects"), list):
        return data, []
    filling = _Filling(data.get("preset") or "")
    return {**data, "objects": [filling.object(obj, ("objects", i)) for i, obj in enumerate(data["objects"])]}, filling.complaints


class _Filling:
    """One mapping being filled in."""

    def __init__(self, name: Any) -> None:
        self.complaints: list[Complaint] = []
        self.preset = presets().get(name) if isinstance(name, str) else None
        # Under a preset that nobody knows, nothing can be said about its rules.
        self.is_unknown = bool(name) and self.preset is None
        if self.is_unknown:
            self.complaints.append((("preset",), f"no preset is called `{name}`; known: {', '.join(presets())}.", did_you_mean(name, presets())))

    def object(self, obj: Any, loc: tuple[str | int, ...]) -> Any:
        if not isinstance(obj, dict):
            return obj
        name, stated = str(obj.get("object")), dict(obj)
        usual = self.preset.objects[name].settings if self.preset and name in self.preset.objects else {}
        for key, value in usual.items():
            own = stated.get(key)
            if key not in _JOINED or (key in _ALWAYS and own is None):
                stated.setdefault(key, value)
            elif isinstance(own, dict):
                stated[key] = {**value, **own}
        if isinstance(obj.get("fields"), list):
            stated["fields"] = [self._field(f, name, (*loc, "fields", j)) for j, f in enumerate(obj["fields"])]
        return stated

    def _field(self, field: Any, object_name: str, loc: tuple[str | int, ...]) -> Any:
        if not isinstance(field, dict) or self.is_unknown:
            return field
        named = field.get("rule") or ""
        if named and not self._is_known(named, loc):
            return field
        if self.preset is None:
            return field
        if not named and (field.get("consent") or field.get("sensitive")):
            return {**(self.preset.consent if field.get("consent") else {"direction": "none"}), **field}
        chosen = named or self.preset.rule_of(object_name)
        return {**self.preset.rules.get(chosen, {}), **field, "rule": chosen}

    def _is_known(self, named: Any, loc: tuple[str | int, ...]) -> bool:
        if self.preset is None:
            message, remedy = f"`rule: {named}` is a rule of a preset, and the mapping names none.", f"Write `preset: NAME`; known: {', '.join(presets())}."
        elif named not in self.preset.rules:
            known = ", ".join(self.preset.rules)
            message, remedy = f"the preset `{self.preset.name}` has no rule `{named}`; known: {known}.", did_you_mean(named, self.preset.rules)
        else:
            return True
        self.complaints.append(((*loc, "rule"), message, remedy))
        return False
