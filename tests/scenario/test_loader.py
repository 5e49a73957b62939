"""Files and folders to scenarios."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from syncproof.errors import InputError
from syncproof.scenario.loader import builtin, builtin_folder, find, known_rules, load_scenario, load_scenarios

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def do(name: str, text: str = "steps: [sync]\n") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return do


def problems(*arguments: str, folder: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_scenarios(arguments, folder)
    return [str(p).replace(str(folder), "HERE") for p in caught.value.problems]


def test_a_scenario_gets_its_id_from_folder_and_file_name(write: Write) -> None:
    assert load_scenario(write("mine/phone.scenario.yaml")).id == "mine/phone"


def test_an_id_that_is_given_wins(write: Write) -> None:
    found = load_scenario(write("mine/phone.scenario.yaml", "scenario: other/name\nsteps: [sync]\n"))

    assert (found.id, found.title) == ("other/name", "other/name")


def test_a_scenario_knows_its_file_its_argument_and_the_line_of_each_step(write: Write, tmp_path: Path) -> None:
    write("a.scenario.yaml", "title: A\nsteps:\n  - sync\n\n  - wait: 1\n")

    (found,) = load_scenarios(["a.scenario.yaml"], tmp_path)

    assert found.path == str(tmp_path / "a.scenario.yaml")
    assert found.argument == "a.scenario.yaml"
    assert [found.line_of(n) for n in range(3)] == [3, 5, None]


def test_a_folder_gives_its_scenarios_in_order_and_nothing_else(write: Write, tmp_path: Path) -> None:
    write("s/b.scenario.yaml")
    write("s/deep/a.yaml")
    write("s/mapping.yaml", "mapping: m\nobjects: []\n")
    write("s/connector.yaml", "connector: c\nstart: {}\n")
    write("s/compose.yaml", "services: {}\n")
    write("s/notes.txt", "steps: [sync]\n")

    found = load_scenarios(["s"], tmp_path)

    assert [s.argument for s in found] == ["s/b.scenario.yaml", "s/deep/a.yaml"]


def test_a_misspelt_scenario_in_a_folder_is_told_and_not_skipped(write: Write, tmp_path: Path) -> None:
    write("s/a.yaml", "why: it matters\nstpes: [sync]\n")

    assert any("unknown key `stpes`" in told for told in problems("s", folder=tmp_path))


def test_a_broken_scenario_in_a_folder_is_told_and_not_skipped(write: Write, tmp_path: Path) -> None:
    write("s/a.yaml", "title: [\nsteps:\n- sync\n")

    assert "not valid YAML" in problems("s", folder=tmp_path)[0]


def test_the_same_file_named_twice_runs_once(write: Write, tmp_path: Path) -> None:
    write("s/a.scenario.yaml")

    assert len(load_scenarios(["s", "s/a.scenario.yaml"], tmp_path)) == 1


def test_two_files_with_one_id_are_refused(write: Write, tmp_path: Path) -> None:
    write("s/a.scenario.yaml", "scenario: x\nsteps: [sync]\n")
    write("s/b.scenario.yaml", "scenario: x\nsteps: [sync]\n")

    assert problems("s", folder=tmp_path) == [
        "HERE/s/b.scenario.yaml:1: the id `x` is that of HERE/s/a.scenario.yaml too. "
        "Give one of them another `scenario: id`."
    ]


def test_all_problems_of_all_files_and_arguments_come_at_once(write: Write, tmp_path: Path) -> None:
    write("s/a.scenario.yaml", "steps:\n  - sync: {expect: loud}\n  - wait: soon\n")
    write("s/b.scenario.yaml", "classes: [B102]\nsteps: [sync]\nchecks: {skip: {NO-1: because of the test}}\n")

    told = problems("s", "nowhere", folder=tmp_path)

    assert [text.partition(": ")[0] for text in told] == [
        "nowhere", "HERE/s/a.scenario.yaml:2", "HERE/s/a.scenario.yaml:3", "HERE/s/b.scenario.yaml:1", "HERE/s/b.scenario.yaml:3",
    ]  # fmt: skip


def test_a_rule_may_be_skipped_with_a_reason(write: Write) -> None:
    rule = min(known_rules())
    found = load_scenario(write("a.scenario.yaml", f"steps: [sync]\nchecks: {{skip: {{{rule}: the owner accepted it}}}}\n"))

    assert found.checks.skip == {rule: "the owner accepted it"}


def test_the_settings_of_a_fault_are_its_own(write: Write, tmp_path: Path) -> None:
    write("a.scenario.yaml", "steps:\n  - inject:\n      fault: rate_limit\n      settings:\n        retry: 3\n  - sync\n")

    (told,) = problems("a.scenario.yaml", folder=tmp_path)

    assert told.startswith("HERE/a.scenario.yaml:5: `rate_limit` has no setting `retry`")


def test_healing_an_unknown_fault_is_told(write: Write, tmp_path: Path) -> None:
    write("a.scenario.yaml", "steps:\n  - heal: {fault: rate_limt}\n")

    assert "did you mean `rate_limit`" in problems("a.scenario.yaml", folder=tmp_path)[0]


@pytest.mark.parametrize("text", ["", "- sync\n", "just words\n"])
def test_a_file_that_holds_no_keys_is_told_how_to_begin(write: Write, tmp_path: Path, text: str) -> None:
    write("a.scenario.yaml", text)

    assert "a scenario is keys and values" in problems("a.scenario.yaml", folder=tmp_path)[0]


def test_an_empty_folder_is_told_what_a_scenario_is_called(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()

    assert problems("s", folder=tmp_path) == [
        "s: no scenario is in this folder. A scenario is a YAML file with `steps:`; name it `*.scenario.yaml`."
    ]


# -- built in -------------------------------------------------------------------------------------------


def test_every_built_in_scenario_loads_says_why_and_names_its_bug_classes() -> None:
    found = load_scenarios(list(builtin()))

    assert found
    assert [s.id for s in found if not (s.title and s.why and s.classes)] == []


def test_the_scenarios_that_ship_are_those_which_their_content_tells() -> None:
    # They are told apart by a line of text, which is quick; a folder of one's own is read.
    assert {found.path for found in builtin().values()} == {found.path for found in find(str(builtin_folder()), Path())}


def test_a_theme_gives_all_of_its_scenarios(tmp_path: Path) -> None:
    theme = next(iter(builtin())).partition("/")[0]

    found = load_scenarios([theme], tmp_path)

    assert {s.id.partition("/")[0] for s in found} == {theme}
    assert {s.argument for s in found} == {name for name in builtin() if name.startswith(f"{theme}/")}


def test_built_in_scenarios_answer_to_the_name_of_their_folder_too(tmp_path: Path) -> None:
    name = next(iter(builtin()))

    assert [s.id for s in load_scenarios([f"scenarios/{name}.yaml"], tmp_path)] == [name]


def test_a_folder_of_the_user_wins_over_a_built_in_theme(write: Write, tmp_path: Path) -> None:
    theme = next(iter(builtin())).partition("/")[0]
    write(f"{theme}/mine.scenario.yaml")

    assert [s.id for s in load_scenarios([theme], tmp_path)] == [f"{theme}/mine"]
