"""What every report format promises, asked of whatever the folder holds."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from syncproof.model import Verdict
from syncproof.renderers import Renderer, renderers
from tests.renderers.render_sample import FOLDER, rendered
from tests.renderers.sample import empty, hostile, sample, unset

# What no report may hold as it is: it drives terminals, or breaks a parser.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
NAMES = sorted(renderers())


@pytest.fixture(params=NAMES)
def renderer(request: pytest.FixtureRequest) -> Renderer:
    return renderers()[request.param]()


def test_file_names_are_plain_and_all_different() -> None:
    names = [kind.file_name for kind in renderers().values()]

    assert len(set(names)) == len(names) >= 4
    assert all(re.fullmatch(r"[a-z]+\.[a-z]+", name) for name in names)


def test_equal_results_give_equal_bytes(renderer: Renderer) -> None:
    assert renderer.render(sample()).encode() == renderer.render(sample()).encode()
    assert renderer.render(hostile()).encode() == type(renderer)().render(hostile()).encode()


def test_hostile_text_is_escaped(renderer: Renderer) -> None:
    text = renderer.render(hostile())

    assert not _CONTROLS.search(text)
    if renderer.file_name.endswith(("html", "xml")):  # elsewhere these are plain characters; see test_markdown
        assert "<script>alert" not in text
        assert "<img src" not in text


def test_a_lone_surrogate_and_a_huge_number_do_not_stop_a_report(renderer: Renderer) -> None:
    scenario = sample().scenarios[1]
    finding = replace(scenario.findings[0], found="broken \ud800 text", expected=10**30, message="broken \udfff too")
    text = renderer.render(replace(sample(), scenarios=(replace(scenario, findings=(finding,)),)))

    assert text.encode("utf-8")


def test_a_run_without_scenarios_is_unknown_and_never_looks_like_a_success(renderer: Renderer) -> None:
    text = renderer.render(empty())

    assert "UNKNOWN" in text or 'errors="1"' in text
    assert "no scenario" in text.lower() or "nothing was run" in text.lower() or '"scenarios": []' in text


def test_a_scenario_that_could_not_be_judged_is_seen_with_its_reason(renderer: Renderer) -> None:
    result = replace(sample(), scenarios=(unset(),), verdict=Verdict.UNKNOWN)
    text = renderer.render(result)

    assert "did not end within 120 s" in text
    assert "UNKNOWN" in text or "<error " in text


def test_the_committed_sample_is_what_the_formats_make_today() -> None:
    for name, content in rendered().items():
        committed = (FOLDER / name).read_bytes()
        assert committed == content, f"{name} differs: run .venv/bin/python -m tests.renderers.render_sample and look at it"


def test_the_sample_holds_every_verdict_and_severity() -> None:
    text = rendered()["report.html"].decode()

    for word in ("PASS", "FAIL", "UNKNOWN", "critical", "major", "minor", "nothing to look at"):
        assert word in text
