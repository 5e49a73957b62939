"""Presets: what they fill in, what a mapping overrides, and what the oracle then demands, as the products' makers document it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from syncproof.errors import InputError
from syncproof.mapping.assembly import rule_problems
from syncproof.mapping.excel_form import load_excel_mapping, write_excel_mapping
from syncproof.mapping.grammar import Direction, FieldRule, Mapping, Side
from syncproof.mapping.load import load_mapping
from syncproof.mapping.presets import presets
from syncproof.mapping.written_out import written_out
from syncproof.oracle.rules import Situation, allowed

ALL = sorted(presets())
A, B, N = "a", "b", None
BASE = (A, A)
# preset, rule, before (crm, ma) after the last sync, now (crm, ma), who edited last, what may stand after the sync
Row = tuple[str, str, Any, Any, Side | None, set[tuple[Any, Any]]]
HUBSPOT = "hubspot-salesforce"
TRUTH: list[Row] = [
    # "Prefer Salesforce unless blank": a value there always overwrites; HubSpot's is passed only where there is none;
    # deleted there is deleted here.
    (HUBSPOT, "prefer_salesforce_unless_blank", BASE, (B, A), None, {(B, B)}),
    (HUBSPOT, "prefer_salesforce_unless_blank", BASE, (B, "x"), Side.MA, {(B, B)}),
    (HUBSPOT, "prefer_salesforce_unless_blank", BASE, (A, B), None, {(A, A), (A, B)}),
    (HUBSPOT, "prefer_salesforce_unless_blank", (N, N), (N, B), None, {(B, B)}),
    (HUBSPOT, "prefer_salesforce_unless_blank", None, (N, B), None, {(B, B)}),
    (HUBSPOT, "prefer_salesforce_unless_blank", None, (A, B), None, {(A, A)}),
    (HUBSPOT, "prefer_salesforce_unless_blank", BASE, (N, A), None, {(N, N)}),
    (HUBSPOT, "prefer_salesforce_unless_blank", BASE, (N, B), None, {(N, N), (B, B), (N, B)}),
    (HUBSPOT, "prefer_salesforce_unless_blank", (N, B), (N, B), None, {(N, B), (B, B)}),
    (HUBSPOT, "prefer_salesforce_unless_blank", BASE, (A, N), None, {(A, A), (A, N)}),
    # "Always use Salesforce": HubSpot never passes anything, even where there is no value.
    (HUBSPOT, "always_use_salesforce", BASE, (B, A), None, {(B, B)}),
    (HUBSPOT, "always_use_salesforce", BASE, (A, B), None, {(A, A), (A, B)}),
    (HUBSPOT, "always_use_salesforce", (N, N), (N, B), None, {(N, N), (N, B)}),
    (HUBSPOT, "always_use_salesforce", BASE, (N, A), None, {(N, N)}),
    # "Two-way": the most recent value; a deletion travels both ways.
    (HUBSPOT, "two_way", BASE, (B, "c"), Side.CRM, {(B, B)}),
    (HUBSPOT, "two_way", BASE, (B, "c"), Side.MA, {("c", "c")}),
    (HUBSPOT, "two_way", BASE, (A, B), None, {(B, B)}),
    (HUBSPOT, "two_way", BASE, (A, N), None, {(N, N)}),
    (HUBSPOT, "two_way", BASE, (N, A), None, {(N, N)}),
    # "Don't sync": nothing passes, not even a deletion.
    (HUBSPOT, "dont_sync", BASE, (B, A), None, {(B, A)}),
    (HUBSPOT, "dont_sync", BASE, (N, A), None, {(N, A)}),
    # Marketo: both ways; changed in both at the same time, Marketo wins for leads and Salesforce for contacts.
    ("marketo-leads-contacts", "marketo_wins", BASE, (B, "c"), Side.CRM, {("c", "c")}),
    ("marketo-leads-contacts", "marketo_wins", BASE, (B, A), None, {(B, B)}),
    ("marketo-leads-contacts", "salesforce_wins", BASE, (B, "c"), Side.MA, {(B, B)}),
    ("marketo-leads-contacts", "salesforce_wins", BASE, (A, "c"), None, {("c", "c")}),
    ("marketo-leads-contacts", "salesforce_wins", BASE, (N, A), None, {(N, N), (N, A), (A, A)}),  # blanks: not told
    ("marketo-leads-contacts", "salesforce_only", BASE, (B, A), None, {(B, B)}),
    # ActiveCampaign: two-way, who wins is not told; formula fields are only read.
    ("activecampaign", "two_way", BASE, (B, A), None, {(B, B)}),
    ("activecampaign", "two_way", BASE, (B, "c"), Side.MA, {(B, B), ("c", "c")}),
    ("activecampaign", "formula", BASE, (B, A), None, {(B, B)}),
    ("activecampaign", "formula", BASE, (A, B), None, {(A, B)}),
    # Act-On: pulled or pushed, the push policies are not told.
    ("act-on", "pull", BASE, (B, A), None, {(B, B)}),
    ("act-on", "push", BASE, (A, B), None, {(B, B)}),
    ("act-on", "both", BASE, (B, "c"), None, {(B, B), ("c", "c")}),
    # Fill only: a blank is filled, a value stays.
    ("fill-only", "fill_only", BASE, (B, A), None, {(B, A)}),
    ("fill-only", "fill_only", None, (A, B), None, {(A, B)}),
    ("fill-only", "fill_only", None, (A, N), None, {(A, A)}),
    ("fill-only", "fill_only", (N, N), (N, B), None, {(B, B)}),
    ("fill-only", "fill_only", BASE, (A, N), None, {(A, N), (A, A)}),
    ("fill-only", "fill_only", (A, N), (A, N), None, {(A, N), (A, A)}),
    ("fill-only", "fill_ma", None, (N, B), None, {(N, B)}),
    ("fill-only", "fill_ma", (N, N), (B, N), None, {(B, B)}),
    ("fill-only", "fill_crm", None, (A, N), None, {(A, N)}),
    ("fill-only", "fill_crm", (N, N), (N, B), None, {(B, B)}),
]


@pytest.mark.parametrize(("preset", "name", "base", "now", "last", "expected"), TRUTH)
def test_the_oracle_demands_what_the_makers_document(
    preset: str, name: str, base: Any, now: Any, last: Side | None, expected: set[tuple[Any, Any]]
) -> None:
    rule = FieldRule(crm="C", ma="m", **presets()[preset].rules[name])

    assert set(allowed(rule, Situation(base, now, last)).pairs) == expected


def test_every_rule_of_every_preset_has_its_truth() -> None:
    told = {(preset, rule) for preset, rule, *_ in TRUTH}
    plain = {(p.name, name) for p in presets().values() for name, rule in p.rules.items() if rule != {"direction": "none"}}

    assert plain <= told


@pytest.mark.parametrize("name", ALL)
def test_a_preset_is_whole(name: str) -> None:
    preset = presets()[name]

    assert set(preset.says) == set(preset.rules)
    assert {preset.rule, *(o.rule for o in preset.objects.values())} - {""} <= set(preset.rules)
    assert preset.sources or name == "fill-only", "where it is from is said"
    for rule in preset.rules.values():
        assert list(rule_problems(FieldRule(crm="C", ma="m", **rule))) == []
    assert list(rule_problems(FieldRule(crm="C", ma="m", consent={}, **preset.consent))) == []  # type: ignore[arg-type]


def read(folder: Path, data: dict[str, Any]) -> Mapping:
    (folder / "m.yaml").write_text(yaml.safe_dump({"mapping": "ours", **data}, sort_keys=False))
    return load_mapping(folder / "m.yaml")


def an_object(name: str, *fields: dict[str, Any], **settings: Any) -> dict[str, Any]:
    kinds = {"contact": ("Contact", "contacts"), "lead": ("Lead", "contacts"), "company": ("Account", "companies")}
    crm, ma = kinds[name]
    return {"object": name, "crm": crm, "ma": ma, "match": [{"crm": "Email", "ma": "email"}], "fields": list(fields), **settings}


def field(crm: str = "Phone", **stated: Any) -> dict[str, Any]:
    return {"crm": crm, "ma": crm.lower(), **stated}


def the_rule(mapping: Mapping, name: str = "contact", crm: str = "Phone") -> FieldRule:
    obj = mapping.of(name)
    assert obj is not None
    return next(r for r in obj.fields if r.crm == crm)


def test_a_field_follows_the_preset_a_rule_it_names_or_what_it_states(tmp_path: Path) -> None:
    fields = (field("A"), field("B", rule="two_way"), field("C", rule="two_way", winner="crm", blank="keep"), field("D", enforce="always"))
    mapping = read(tmp_path, {"preset": HUBSPOT, "objects": [an_object("contact", *fields)]})

    a, b, c, d = (the_rule(mapping, crm=name) for name in "ABCD")
    assert (a.rule, a.direction, a.fill, a.blank, a.enforce) == ("prefer_salesforce_unless_blank", Direction.CRM_TO_MA, "back", "clear", None)
    assert (b.rule, b.winner, b.blank) == ("two_way", "latest", "clear")
    assert (c.rule, c.winner, c.blank) == ("two_way", "crm", "keep")
    assert (d.fill, d.enforce) == ("back", "always")


def test_consents_and_sensitive_fields_never_follow_the_usual_rule(tmp_path: Path) -> None:
    fields = (field("A", consent={"channel": "email"}), field("B", sensitive=True))
    mapping = read(tmp_path, {"preset": HUBSPOT, "objects": [an_object("contact", *fields)]})

    consent, sensitive = the_rule(mapping, crm="A"), the_rule(mapping, crm="B")
    assert (consent.direction, consent.winner, consent.fill) == (Direction.BOTH, "most_restrictive", None)
    assert (sensitive.direction, sensitive.fill) == (Direction.NONE, None)


def test_the_rule_may_differ_from_object_to_object(tmp_path: Path) -> None:
    objects = [an_object(name, field()) for name in ("lead", "contact", "company")]
    mapping = read(tmp_path, {"preset": "marketo-leads-contacts", "objects": objects})

    assert [the_rule(mapping, name).rule for name in ("lead", "contact", "company")] == ["marketo_wins", "salesforce_wins", "salesforce_only"]
    assert mapping.objects[0].deletes.crm_to_ma == "ignore"
    assert mapping.objects[2].deletes.crm_to_ma is None


def test_settings_of_an_object_join_those_of_the_preset_and_win(tmp_path: Path) -> None:
    owner = {"crm": "OwnerId", "ma": "hubspot_owner_id"}
    both = read(tmp_path, {"preset": HUBSPOT, "objects": [an_object("contact", field(), owner=owner)]})
    own = read(tmp_path, {"preset": HUBSPOT, "objects": [an_object("contact", field(), owner={**owner, "direction": "crm_to_ma"})]})
    none = read(tmp_path, {"preset": HUBSPOT, "objects": [an_object("contact", field())]})

    assert [m.objects[0].owner.direction if m.objects[0].owner else None for m in (both, own, none)] == ["both", "crm_to_ma", None]
    marketo = {"preset": "marketo-leads-contacts", "objects": [an_object("lead", field(), deletes={"ma_to_crm": "delete"})]}
    deletes = read(tmp_path, marketo).objects[0].deletes
    assert (deletes.crm_to_ma, deletes.ma_to_crm) == ("ignore", "delete")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"preset": "hubspot_salesforce", "objects": [an_object("contact", field(rule="two_way"))]},
         ["m.yaml:2: no preset is called `hubspot_salesforce`; known: act-on, activecampaign, fill-only, hubspot-salesforce, "
          "marketo-leads-contacts. Did you mean `hubspot-salesforce`?"]),
        ({"preset": HUBSPOT, "objects": [an_object("contact", field(rule="twoway"))]},
         ["m.yaml:13: the preset `hubspot-salesforce` has no rule `twoway`; known: prefer_salesforce_unless_blank, "
          "always_use_salesforce, two_way, dont_sync. Did you mean `two_way`?"]),
        ({"objects": [an_object("contact", field(rule="two_way"))]},
         ["m.yaml:12: `rule: two_way` is a rule of a preset, and the mapping names none."]),
        ({"objects": [an_object("contact", field(fill="back"))]}, ["`Phone = phone` fills back, but goes both"]),
        ({"objects": [an_object("contact", field(fill="only", winner="crm"))]}, ["`Phone = phone` never overwrites a value"]),
        ({"objects": [an_object("contact", field(fill="only", winner="most_restrictive", consent={}))]}, ["is a consent: a refusal travels"]),
        ({"preset": HUBSPOT, "objects": [an_object("contact", field(direction="both"))]}, ["fills back, but goes both"]),
    ],
)  # fmt: skip
def test_a_wrong_word_is_told_with_its_line_and_the_nearest(tmp_path: Path, data: dict[str, Any], told: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, data)

    for text in told:
        assert text in str(caught.value)


def test_a_spreadsheet_names_preset_and_rules_in_the_product_s_own_words(tmp_path: Path) -> None:
    data = {"preset": HUBSPOT, "objects": [an_object("contact", field("Phone"), field("Title", rule="dont_sync"), field("Fax", rule="two_way"))]}
    mapping = read(tmp_path, data)
    write_excel_mapping(mapping, tmp_path / "m.xlsx")

    again = load_excel_mapping(tmp_path / "m.xlsx")

    assert again.preset == HUBSPOT
    plain = {"where", "remark"}
    assert [r.model_dump(exclude=plain) for r in again.objects[0].fields] == [r.model_dump(exclude=plain) for r in mapping.objects[0].fields]


def test_a_rule_is_read_as_the_product_words_it() -> None:
    from syncproof.mapping.columns import READERS

    words = ("Prefer Salesforce unless blank", "Always use Salesforce", "Two-way", "Don't sync")

    assert [READERS["rule"](w) for w in words] == list(presets()[HUBSPOT].rules)


def test_programs_get_the_mapping_spelled_out_and_a_plain_one_as_it_is(tmp_path: Path) -> None:
    mapping = read(tmp_path, {"preset": HUBSPOT, "objects": [an_object("contact", field(), field("A", consent={"channel": "email"}))]})
    path = written_out(mapping, tmp_path / "m.yaml", tmp_path / "world")
    again = load_mapping(path)

    assert path == tmp_path / "world/mapping.yaml"
    assert (again.preset, [r.rule for r in again.objects[0].fields]) == ("", ["", ""])
    left = {"where", "rule"}
    assert [r.model_dump(exclude=left) for r in again.objects[0].fields] == [r.model_dump(exclude=left) for r in mapping.objects[0].fields]
    plain = read(tmp_path, {"objects": [an_object("contact", field())]})
    assert written_out(plain, tmp_path / "m.yaml", tmp_path / "world") == tmp_path / "m.yaml"
