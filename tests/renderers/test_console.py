"""The result on a terminal and in a pipe."""

from __future__ import annotations

import io
import re
from dataclasses import replace

from rich.console import Console
from syncproof.console import MOST_THEMES, print_run
from syncproof.model import Finding, RunResult, Severity, UnmockedCall, Verdict
from tests.renderers.sample import empty, hostile, overwrite, quiet, sample


def printed(result: RunResult, width: int = 120, terminal: bool = False) -> str:
    stream = io.StringIO()
    print_run(result, Console(file=stream, width=width, force_terminal=terminal, color_system="standard" if terminal else None))
    return stream.getvalue()


def test_the_last_lines_say_the_verdict_and_what_it_means() -> None:
    last = printed(sample()).splitlines()
    last = last[next(n for n, line in enumerate(last) if line.startswith("✗ FAIL  acme-sync")) :]

    assert last[0].startswith("✗ FAIL  acme-sync: Do not go live: 4 critical findings: people who refused mail can be mailed again")
    assert last[1].strip() == (
        "5 scenarios (1 PASS, 3 FAIL, 1 UNKNOWN), seed 4711, 47 s; rests on 1 assumed vendor behaviour"
    )


def test_each_kind_of_finding_is_told_once_with_three_examples_and_its_command() -> None:
    text = printed(sample())

    assert "✗ major  The wrong side won (FIELD-002)  12 findings: phone in the MA" in text
    assert text.count("The wrong side won (FIELD-002)") == 1
    assert text.count("expected `+48 22 555 77") == 3
    assert text.index("✗ critical") < text.index("✗ major") < text.index("✗ minor")
    assert "syncproof run overwrite/contact_matrix --seed 4711 --connector connector.yaml" in text


def test_the_operations_that_did_it_are_named() -> None:
    base = overwrite()
    findings = tuple(replace(f, operation=f"hubspot.op{n % 5}") for n, f in enumerate(base.findings))

    text = printed(replace(sample(), scenarios=(replace(base, findings=findings),)))

    assert "written with hubspot.op0, hubspot.op1, hubspot.op2 and 2 more\n" in text


def test_a_pass_lists_the_calls_that_nobody_mocks_below_the_verdict() -> None:
    calls = tuple(UnmockedCall(f"hubspot: GET /nobody/{n}", "nothing near is supported", n) for n in range(1, 6))
    lines = printed(replace(sample(), verdict=Verdict.PASS, scenarios=(replace(quiet(), unsupported=calls),))).splitlines()
    verdict = next(n for n, line in enumerate(lines) if "what was not checked is listed below" in line)

    assert [line.strip() for line in lines[verdict + 2 : verdict + 7]] == [
        "15 calls refused: not mocked", "hubspot: GET /nobody/1 (nothing near is supported)",
        "hubspot: GET /nobody/2 (nothing near is supported), 2 times", "hubspot: GET /nobody/3 (nothing near is supported), 3 times",
        "… and 2 more",
    ]
    assert "Rules skipped by a scenario (1 rule): OWNER-001: this connector does not map owners" in "\n".join(lines[verdict:])


def test_every_outside_host_is_named_once_and_a_crowd_is_cut() -> None:
    hosts = [f"h{n}.example" for n in range(12)] * 2
    findings = tuple(
        Finding("EGRESS-001", f"Sync 1 asked for {host}.", Severity.MAJOR, found=host, classification="other_host") for host in hosts
    )
    text = printed(replace(sample(), scenarios=(replace(overwrite(), findings=findings),)))

    assert f"it tried: {', '.join(hosts[:10])} and 2 more\n" in text


def test_commands_stay_on_one_line_in_a_narrow_pipe() -> None:
    assert "  syncproof run consent/opt_out_in_ma_survives_push --seed 4711 --connector connector.yaml\n" in printed(sample(), 40)


def test_scenarios_are_listed_with_verdict_reason_and_numbers() -> None:
    line = next(x for x in printed(sample(), 160).splitlines() if "faults/server_down" in x)

    assert "? UNKNOWN" in line
    assert "did not end within 120 s" in line
    assert line.split()[-4:] == ["1.9", "s", "0.5", "s"]


def test_a_narrow_terminal_keeps_names_and_verdicts_whole() -> None:
    text = printed(sample(), 80)

    assert all(f" {s.id} " in text for s in sample().scenarios)
    assert max(len(line) for line in text.splitlines()[:9]) <= 80
    assert "requests" not in text.splitlines()[1]


def test_a_long_id_stays_whole_at_80_columns_and_is_broken_only_between_words_below() -> None:
    words = "consent/new_optout_in_crm_while_ma_edits_x_person"
    long = replace(sample(), scenarios=(replace(overwrite(), id=words),))

    assert f" {words} " in printed(long, 80)
    narrow = [line.split()[0] for line in printed(long, 60).splitlines() if re.match(r" [a-z_]+[/_]", line)]
    assert len(narrow) > 1
    assert all(part.endswith(("/", "_")) for part in narrow[:-1])
    assert words.startswith("".join(narrow))


def test_hostile_text_reaches_the_terminal_as_text() -> None:
    text = printed(hostile())
    coloured = re.sub(r"\x1b\[[\d;]*m", "", printed(hostile(), terminal=True))

    assert not {c for c in text if ord(c) < 32} - {"\n"}
    assert "\u202e" not in text
    assert "⟨U+001B⟩[31mred" in text
    assert coloured == text


def test_square_brackets_are_not_taken_for_markup() -> None:
    scenario = replace(overwrite(), reason="[bold red]not markup[/] [link=https://x]")

    assert "[bold red]not markup[/]" in printed(replace(sample(), scenarios=(scenario,)), 200)


def test_a_run_without_scenarios_proves_nothing() -> None:
    text = printed(empty())

    assert "? UNKNOWN  acme-sync: Nothing was run, so nothing is proved." in text


def test_many_kinds_of_findings_are_counted() -> None:
    scenario = overwrite()
    findings = tuple(replace(scenario.findings[0], rule=f"OWN-{n:03d}") for n in range(MOST_THEMES + 5))
    text = printed(replace(sample(), scenarios=(replace(scenario, findings=findings),)))

    assert text.count("The wrong side won") == MOST_THEMES
    assert "and 5 more kinds of findings, in the report" in text
