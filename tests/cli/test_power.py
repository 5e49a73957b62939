"""The commands about detection power: packs, bug classes, presets, rule coverage, shares."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from syncproof.cli import invoke
from syncproof.qualify import measured


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert invoke(words) == code
    captured = capsys.readouterr()
    return captured.out if code == 0 else captured.err


def test_packs_are_listed_with_their_scenarios(capsys: pytest.CaptureFixture[str]) -> None:
    packs = {p["name"]: p for p in json.loads(said(capsys, "list", "packs", "--json"))}

    assert list(packs) == ["go-live", "full", "nightly", "resilience", "chaos"]
    assert set(packs["go-live"]["scenarios"]) < set(packs["full"]["scenarios"]) <= set(packs["nightly"]["scenarios"])
    assert packs["resilience"]["scenarios"]
    assert f"{len(packs['full']['scenarios'])} scenarios" in said(capsys, "list", "packs")


def test_all_101_classes_are_listed_with_what_sees_them(capsys: pytest.CaptureFixture[str]) -> None:
    classes = json.loads(said(capsys, "list", "classes", "--json"))

    assert [c["name"] for c in classes] == [f"B{n:03}" for n in range(1, 102)]
    first = classes[0]
    assert "CONS-001" in first["named_by"]
    assert "optout_resurrected_by_push" in first["variants"]
    assert "B001  optout-resurrected-by-push: " in said(capsys, "list", "classes")


def test_presets_are_listed_with_rules_sources_and_what_stays_open(capsys: pytest.CaptureFixture[str]) -> None:
    presets = {p["name"]: p for p in json.loads(said(capsys, "list", "presets", "--json"))}

    assert set(presets) == {"act-on", "activecampaign", "fill-only", "hubspot-salesforce", "marketo-leads-contacts"}
    hubspot = presets["hubspot-salesforce"]
    assert [r["id"] for r in hubspot["rules"]] == ["prefer_salesforce_unless_blank", "always_use_salesforce", "two_way", "dont_sync"]
    assert all("knowledge.hubspot.com" in s for s in hubspot["sources"])
    assert hubspot["open"]
    assert "dont_sync  nothing passes, not even a deletion (direction: none)" in said(capsys, "list", "presets")


def test_rule_coverage_before_anything_was_measured_says_what_to_do(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measured, "FILE", tmp_path / "none.yaml")
    measured.measured.cache_clear()

    assert "nothing has been measured yet. Run `make score`" in said(capsys, "coverage", "rules", code=64)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["qualify", "--share", "9/8"], "--share: `9/8` is no share. Write `2/6`: every sixth, from the second."),
        (["qualify", "--pack", "all"], "--pack: no pack is called `all`"),
        (["run", "--pack", "full", "consent"], "--pack: a pack is a portion of the built-in scenarios, and scenarios are named too."),
        (["run", "resilience"], "resilience: `resilience` is a pack, no scenario or folder. Write `--pack resilience`."),
    ],
)
def test_wrong_words_are_told(capsys: pytest.CaptureFixture[str], words: list[str], told: str) -> None:
    assert told in said(capsys, *words, code=64)
