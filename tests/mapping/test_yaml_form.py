"""Mappings in YAML: where every rule stands, and every contradiction at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from syncproof.errors import InputError
from syncproof.mapping.grammar import Mapping
from syncproof.mapping.load import default_mapping_path, load_mapping

HEAD = "mapping: x\nobjects:\n  - object: contact\n    crm: Contact\n    ma: contacts\n    match: [{crm: Email, ma: email}]\n"


def refused(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "m.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_mapping(path)
    return [str(p).removeprefix(f"{path}:") for p in caught.value.problems]


def fields(*lines: str) -> str:
    return HEAD + "    fields:\n" + "".join(f"      - {line}\n" for line in lines)


def test_every_rule_of_the_default_mapping_knows_its_line() -> None:
    path = default_mapping_path()
    mapping = load_mapping(path)
    lines = path.read_text(encoding="utf-8").splitlines()

    for obj in mapping.objects:
        for rule in obj.fields:
            name, _, number = rule.where.rpartition(":")
            assert name == str(path)
            assert f"crm: {rule.crm}" in lines[int(number) - 1]


def test_unknown_keys_wrong_types_and_words_are_told_with_their_lines(tmp_path: Path) -> None:
    told = refused(
        tmp_path,
        fields(
            "{crm: A, ma: a, winer: crm}",
            "{crm: B, ma: b, winner: crn}",
            "{crm: C, ma: c, type: [text]}",
            "{crm: D}",
            "{crm: E, ma: e, max_length: 0}",
            "{crm: F, ma: f, where: here}",
        ),
    )

    assert [t.partition(":")[0] for t in told] == ["8", "9", "10", "11", "12", "13"]
    assert "unknown key `winer`" in told[0]
    assert told[0].endswith("Did you mean `winner`?")
    assert "where" not in told[0]
    assert "cannot be `crn`; allowed: crm, ma, latest," in told[1]
    assert "the key `ma` is missing" in told[3]
    assert "unknown key `where`" in told[5]


@pytest.mark.parametrize(
    ("lines", "at", "words"),
    [
        (["{crm: A, ma: a}", "{crm: A, ma: a, direction: crm_to_ma}"], "9", "`A = a` is mapped twice"),
        (["{crm: A, ma: a}", "{crm: B, ma: a, direction: crm_to_ma}"], "9", "`a` is written by two rules"),
        (["{crm: A, ma: a}", "{crm: A, ma: b, direction: ma_to_crm}"], "9", "`A` is written by two rules"),
        (["{crm: A, ma: a, consent: {}}"], "8", "is a consent and its winner is nobody"),
        (["{crm: A, ma: a, consent: {}, winner: latest}"], "8", "is a consent and its winner is `latest`"),
        (["{crm: A, ma: a, winner: most_restrictive}"], "8", "is not a consent"),
        (["{crm: A, ma: a, direction: crm_to_ma, winner: ma}"], "8", "the side that is not read"),
        (["{crm: A, ma: a, sensitive: true}"], "8", "must have direction `none`"),
        (["{crm: A, ma: a, format: {crm: e165}}"], "8", "no format is called `e165`"),
        (["{crm: A, ma: a, format: {ma: e164}}"], "8", "does not suit the type text; allowed: upper, verbatim"),
        (["{crm: A, ma: a, type: boolean, format: {ma: upper}}"], "8", "this type takes no format"),
        (["{crm: A, ma: a, values: {x: y}}"], "8", "has a table of values, but its type is text"),
        (["{crm: A, ma: a, type: picklist, values: {x: z, y: z}}"], "8", "there is no way back"),
        (['{crm: " ", ma: a}'], "8", "the CRM field has no name"),
    ],
)
def test_a_rule_that_contradicts_itself_or_another_is_refused(
    tmp_path: Path, lines: list[str], at: str, words: str
) -> None:
    told = refused(tmp_path, fields(*lines))

    assert [t.partition(":")[0] for t in told] == [at]
    assert words in told[0]


def test_what_only_looks_like_a_contradiction_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "m.yml"
    path.write_text(
        fields(
            "{crm: A, ma: notes, direction: crm_to_ma}",
            "{crm: B, ma: notes, direction: crm_to_ma, winner: crm}",
            "{crm: C, ma: c, direction: crm_to_ma}",
            "{crm: C, ma: c2, direction: crm_to_ma}",
            "{crm: D, ma: d, direction: crm_to_ma, type: picklist, values: {x: z, y: z}}",
            "{crm: E, ma: e, direction: ma_to_crm, consent: {}}",
        ),
        encoding="utf-8",
    )

    assert len(load_mapping(path).objects[0].fields) == 6


def test_contradictions_are_told_together_with_wrong_words(tmp_path: Path) -> None:
    text = fields("{crm: A, ma: a, tpye: text}", "{crm: B, ma: b}", "{crm: B, ma: b}")
    text += "    exclude: [{reason: r, crm: A, matches: '('}]\n"
    text += HEAD.partition("objects:\n")[2] + "    fields: []\n"

    assert [t.partition(":")[0] for t in refused(tmp_path, text)] == ["8", "10", "11", "12"]


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"not `\.csv`\. Save it as \.xlsx"):
        load_mapping(tmp_path / "m.csv")
    with pytest.raises(InputError, match="cannot be read"):
        load_mapping(tmp_path / "none.yaml")
    assert refused(tmp_path, "") == ["1: `the file` must be keys and values (`key: value`); nothing was given."]


LINES = default_mapping_path().read_text(encoding="utf-8").splitlines()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, len(LINES) - 1),
    st.integers(0, 120),
    st.sampled_from(["", "x", ": ", "[", "}", "'", "- ", "&a ", "*a", "null", "0"]),
)
def test_a_damaged_file_is_a_mapping_or_an_input_error(tmp_path: Path, line: int, column: int, sign: str) -> None:
    path = tmp_path / "m.yaml"
    lines = list(LINES)
    lines[line] = lines[line][:column] + sign + lines[line][column + 1 :]
    path.write_text("\n".join(lines), encoding="utf-8")
    try:
        found: object = load_mapping(path)
    except InputError as error:
        found = error

    assert isinstance(found, Mapping) or str(path) in found.problems[0].where  # type: ignore[attr-defined]
