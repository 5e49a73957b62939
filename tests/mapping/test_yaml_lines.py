"""YAML with lines: bounds, safety, and pydantic's complaints in words."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from syncproof.errors import InputError
from syncproof.yaml_lines import did_you_mean, load_yaml_with_lines, problems_from_pydantic


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "some.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_every_value_has_its_line(tmp_path: Path) -> None:
    data, lines = load_yaml_with_lines(written(tmp_path, "a: 1\nb:\n  - x\n  - c: 2\n    d: [1,\n      2]\n"))

    assert data == {"a": 1, "b": ["x", {"c": 2, "d": [1, 2]}]}
    assert [lines.at(p) for p in ((), ("a",), ("b",), ("b", 1), ("b", 1, "d"), ("b", 1, "d", 1))] == [1, 1, 2, 4, 5, 6]


def test_a_path_the_file_does_not_have_gets_the_line_of_what_is_around_it(tmp_path: Path) -> None:
    _, lines = load_yaml_with_lines(written(tmp_path, "a:\n  b: 1\n"))

    assert lines.at(("a", "missing")) == 1
    assert lines.at(("a", "NameOfAUnionCase", "b")) == 2


def test_on_off_yes_and_no_are_texts_and_so_is_a_time_of_day(tmp_path: Path) -> None:
    data, _ = load_yaml_with_lines(written(tmp_path, "on: yes\ncountry: NO\nat: 1:30\nflag: true\nn: -12\nf: 1.5e3\n"))

    assert data == {"on": "yes", "country": "NO", "at": "1:30", "flag": True, "n": -12, "f": 1500.0}


def test_aliases_are_expanded_and_an_empty_file_is_none(tmp_path: Path) -> None:
    assert load_yaml_with_lines(written(tmp_path, "a: &x [1]\nb: *x\n"))[0] == {"a": [1], "b": [1]}
    assert load_yaml_with_lines(written(tmp_path, "# nothing\n"))[0] is None


BOMB = "\n".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9) if i else 1}]" for i in range(7))


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: [2\n", 3, "not valid YAML"),
        ("a: 1\na: 2\n", 2, "given twice, first on line 1"),
        ("a: !!python/object/apply:os.system [x]\n", 1, "not allowed"),
        ("a: !!set {x}\n", 1, "not allowed"),
        ("a: !own x\n", 1, "not allowed"),
        ("x: 1\na: &a [*a]\n", 2, "contains itself"),
        ("a: 1\nb: *nobody\n", 2, "not valid YAML"),
        ("a: 1\n--- \nb: 1\n", 2, "another document"),
        ("a: 2026-13-45\n", 1, "cannot be read as timestamp"),
        ("a: !!bool maybe\n", 1, "cannot be read as bool"),
        ("a: 1\n? [x]\n: 2\n", 2, "a key must be"),
        ("<<: {a: 1}\n", 1, "merge keys"),
        ("[" * 40 + "]" * 40, 1, "nested deeper than 30"),
        (BOMB, 6, "more than 100,000 values"),
        (b"a: 1\nb: \xff\xfe\n", 2, "not UTF-8"),
        ("a: " + "9" * 5000, 1, "cannot be read as int"),
    ],
)
def test_what_is_refused_is_told_with_its_line(tmp_path: Path, text: str | bytes, line: int, words: str) -> None:
    path = written(tmp_path, text)

    with pytest.raises(InputError) as caught:
        load_yaml_with_lines(path)

    assert caught.value.problems[0].where == f"{path}:{line}"
    assert words in caught.value.problems[0].message


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_yaml_with_lines(written(tmp_path, "a: !own x\nb: !!set {x}\na: 2\n"))

    assert [p.where.rpartition(":")[2] for p in caught.value.problems] == ["1", "2", "3"]


def test_a_large_file_and_a_missing_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="larger than 1,000,000 bytes"):
        load_yaml_with_lines(written(tmp_path, "a: " + "x" * 1_000_000))
    with pytest.raises(InputError, match="cannot be read"):
        load_yaml_with_lines(tmp_path / "nowhere.yaml")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(st.binary(max_size=200), st.text("[]{}:-&*!#'\"|>%@`?, \n\tab1.~<=\x00é", max_size=80).map(str.encode))
)
def test_random_bytes_are_data_or_an_input_error(tmp_path: Path, content: bytes) -> None:
    # Any other exception fails the test.
    with suppress(InputError):
        _, lines = load_yaml_with_lines(written(tmp_path, content))
        assert lines.at(()) >= 1


# -- complaints -----------------------------------------------------------------------------------------------------


class Cat(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["cat"]
    lives: int = Field(ge=1)


class Dog(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["dog"]
    tricks: dict[str, bool] = {}


class Zoo(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    pets: list[Annotated[Cat | Dog, Field(discriminator="kind")]] = Field(min_length=1)
    hours: Literal["day", "night"] | None = None
    noted: str = Field("", exclude=True)


def complaints(tmp_path: Path, text: str) -> list[str]:
    path = written(tmp_path, text)
    data, lines = load_yaml_with_lines(path)
    with pytest.raises(ValidationError) as caught:
        Zoo.model_validate(data)
    problems = problems_from_pydantic(caught.value, lines, path, Zoo)
    return [str(p).removeprefix(f"{path}:") for p in problems]


def test_complaints_name_line_given_allowed_and_nearest(tmp_path: Path) -> None:
    told = complaints(
        tmp_path,
        "name: 7\nhuors: day\nhours: nihgt\npets:\n  - kind: cat\n    lives: 0\n  - kind: dog\n    trick: {}\n"
        "  - kind: cow\n  - lives: 1\n  - kind: dog\n    tricks: {sit: perhaps}\n",
    )

    assert told == [
        "1: `name` must be a text; `7` was given. Put quotes around it.",
        "2: unknown key `huors`; allowed: name, pets, hours. Did you mean `hours`?",
        "3: `hours` cannot be `nihgt`; allowed: day, night. Did you mean `night`?",
        "6: `pets[0].cat.lives` should be greater than or equal to 1; `0` was given.",
        "8: unknown key `trick` in `pets[1].dog`; allowed: kind, tricks. Did you mean `tricks`?",
        "9: `pets[2]`: `kind` cannot be `cow`; allowed: cat, dog.",
        "10: `pets[3]` does not say which `kind` it is. Add `kind: ...`.",
        "12: `pets[4].dog.tricks.sit` must be true or false; `perhaps` was given.",
    ]


def test_what_is_missing_or_empty_is_told(tmp_path: Path) -> None:
    assert complaints(tmp_path, "hours: day\npets: []\n") == [
        "1: the key `name` is missing. Add `name: ...`.",
        "2: `pets` needs at least 1 entry; a list of 0 was given. Add to it.",
    ]
    assert complaints(tmp_path, "[1]\n") == [
        "1: `the file` must be keys and values (`key: value`); a list of 1 was given."
    ]


def test_the_nearest_word_ignores_case_and_is_not_far_fetched() -> None:
    assert did_you_mean("PHONE", ["Phone", "Fax"]) == "Did you mean `Phone`?"
    assert did_you_mean("zebra", ["Phone", "Fax"]) == ""
