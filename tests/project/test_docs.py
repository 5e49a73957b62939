"""What the docs say is so: generated parts are up to date, every word has its place, every example works."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from syncproof.checks import all_rules, checks
from syncproof.cli import invoke
from syncproof.connector_file import ConnectorFile, Start, Success, load_connector
from syncproof.mapping.load import default_mapping_path, load_mapping
from syncproof.sandbox import try_shape
from syncproof.scenario.grammar import known_steps
from syncproof.scenario.loader import load_scenario
from syncproof.shape import load_shape
from syncproof.start_kinds import Image
from syncproof_mocks.consent import ConsentState
from syncproof_mocks.faults import faults
from tests.project.folders import ROOT, name
from tools.generated_docs import PARTS, filled_in

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("reports/*.md")])
BLOCK = re.compile(r"^```(\w+)(?: (\w+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[\w-]+)?\)")
COMMAND = re.compile(r"^\$ (syncproof .*?)(?:\s+# exit (\d+))?$", re.MULTILINE)


def page(file: str) -> str:
    return (ROOT / file).read_text()


def headings(text: str) -> set[str]:
    return {line.lstrip("# ").strip() for line in text.splitlines() if line.startswith("#")}


def blocks(language: str, label: str) -> list[tuple[str, str]]:
    """Return (page, text) of every code block of one kind."""
    return [(name(p), text) for p in PAGES for lang, word, text in BLOCK.findall(p.read_text()) if (lang, word) == (language, label)]


# -- generated parts ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_generated_parts_are_up_to_date(path: Path) -> None:
    text = path.read_text()

    assert filled_in(text) == text, "run `make docs`"


def test_every_generated_part_stands_on_a_page() -> None:
    used = set(re.findall(r"<!-- generated: (\w+) -->", "".join(p.read_text() for p in PAGES)))

    assert used == set(PARTS)


# -- every word has its place -------------------------------------------------------------------------


def test_every_check_has_a_heading_and_every_rule_a_row() -> None:
    text = page("docs/checks.md")

    assert set(checks()) <= headings(text)
    assert [r for r in all_rules() if f"| `{r}` |" not in text] == []


def test_every_step_and_every_fault_has_a_heading() -> None:
    assert set(known_steps()) <= headings(page("docs/scenarios.md"))
    assert set(faults()) <= headings(page("docs/faults.md"))


def test_every_key_of_a_connector_file_has_a_row() -> None:
    text = page("docs/connector.md")
    keys = [f.alias or n for model in (ConnectorFile, Start, Image, Success) for n, f in model.model_fields.items()]

    assert [k for k in keys if f"| `{k}` |" not in text] == []


def test_every_command_and_option_stands_on_its_page() -> None:
    import typer
    from syncproof.cli import app

    text = page("docs/cli.md")
    command = typer.main.get_command(app)
    leaves = {n: c for n, c in command.commands.items() if not hasattr(c, "commands") or c.invoke_without_command}  # type: ignore[attr-defined]
    leaves |= {f"{n} {m}": c for n, g in command.commands.items() for m, c in getattr(g, "commands", {}).items()}  # type: ignore[attr-defined]

    assert len(leaves) >= 9
    for path, found in leaves.items():
        section = text.partition(f"### syncproof {path}\n")[2].partition("\n### ")[0]
        assert section, path
        assert [o for p in found.params for o in p.opts if o.startswith("-") and f"`{o}`" not in section and o != "--help"] == []


def test_every_exit_code_of_the_help_is_on_the_page() -> None:
    from syncproof import cli

    told = re.findall(r"^  (\d+) ", cli.HELP, re.MULTILINE)

    assert told
    assert [c for c in told if f"| `{c}` |" not in page("docs/cli.md")] == []


def test_every_state_of_consent_is_explained() -> None:
    text = page("docs/consent.md")

    assert [s.name for s in ConsentState if f"| `{s.name.lower()}` |" not in text] == []


# -- every example works ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_links_lead_somewhere(path: Path) -> None:
    broken = [x for x in LINK.findall(path.read_text()) if "://" not in x and not (path.parent / x).exists()]

    assert broken == []


@pytest.mark.parametrize(("where", "text"), blocks("yaml", "scenario"))
def test_scenario_examples_are_read_by_the_loader(where: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "example.yaml").write_text(text)

    assert load_scenario(tmp_path / "example.yaml").steps


@pytest.mark.parametrize(("where", "text"), blocks("yaml", "connector"))
def test_connector_examples_are_read_by_the_loader(where: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "connector.yaml").write_text(text)

    assert load_connector(tmp_path / "connector.yaml").name


@pytest.mark.parametrize(("where", "text"), blocks("yaml", "mapping"))
def test_mapping_examples_are_read_by_the_loader(where: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text(text)

    assert load_mapping(tmp_path / "mapping.yaml").objects


@pytest.mark.parametrize(("where", "text"), blocks("yaml", "shape"))
def test_shape_examples_fit_the_default_systems(where: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "shape.yaml").write_text(text)

    try_shape(load_shape(tmp_path / "shape.yaml"), load_mapping(default_mapping_path()))


def test_there_are_examples_of_each_kind_and_no_others() -> None:
    found = {(lang, word) for p in PAGES for lang, word, _ in BLOCK.findall(p.read_text())}

    assert found - {("sh", "")} == {("yaml", "scenario"), ("yaml", "connector"), ("yaml", "mapping"), ("yaml", "shape"), ("console", ""), ("console", "sandbox")}


@pytest.mark.slow
@pytest.mark.parametrize(("where", "text"), blocks("console", ""))
def test_commands_of_the_pages_end_as_they_say(
    where: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    commands = COMMAND.findall(text)

    assert len(commands) == text.count("$ ")
    for line, code in commands:
        assert invoke(shlex.split(line)[1:]) == int(code or 0), line


@pytest.mark.slow
def test_every_command_that_shows_a_failing_connector_names_a_scenario_and_a_bug_that_exist() -> None:
    from syncproof.reference_bugs import variants
    from syncproof.scenario.loader import builtin

    shown = re.findall(r"`syncproof run (\S+) --bug (\S+)`", page("docs/checks.md"))

    assert len(shown) > 10
    assert {b for _, b in shown} <= {v.name for v in variants()}
    assert {s for s, _ in shown} <= set(builtin())
