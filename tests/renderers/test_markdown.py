"""`summary.md`, read by a Markdown parser: data stays text."""

from __future__ import annotations

from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.token import Token
from syncproof.model import RunResult, UnmockedCall, Verdict
from syncproof.renderers.markdown import MOST_TEXT, Markdown
from tests.renderers.sample import HOSTILE, hostile, overwrite, quiet, sample


def tokens(result: RunResult) -> list[Token]:
    found = []
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(Markdown().render(result)):
        found += [token, *(token.children or ())]
    return found


def test_hostile_text_makes_no_markup_at_all() -> None:
    kinds = {t.type for t in tokens(hostile())}

    assert not {k for k in kinds if k.startswith(("html", "link", "image", "em_", "s_", "code_inline", "hr", "code_block"))}
    assert "table_open" in kinds


def test_hostile_text_adds_no_rows_headings_or_code_blocks() -> None:
    found = tokens(hostile())
    rows = [t for t in found if t.type == "tr_open"]
    cells = [t for t in found if t.type in ("td_open", "th_open")]

    assert len(rows) == 2
    assert len(cells) == 8
    assert [t.tag for t in found if t.type == "heading_open"] == ["h1", "h2"]
    assert len([t for t in found if t.type == "fence"]) == 1


def test_hostile_text_can_still_be_read() -> None:
    text = "\n".join("".join(c.content for c in t.children or ()) for t in tokens(hostile()) if t.type == "inline")

    assert f"message {HOSTILE[0]}" in text
    assert "`code` | *star* _under_ [link](javascript:alert(1))" in text


def test_nobody_is_mentioned_and_no_address_is_linked() -> None:
    scenario = replace(overwrite(), reason="ask @all or see https://evil.example and www.evil.example, or me@acme.example")
    text = Markdown().render(replace(sample(), scenarios=(scenario,)))

    assert "@all" not in text
    assert "://evil" not in text
    assert "www.evil" not in text
    assert "me@acme.example" in text


def test_a_command_of_backticks_stays_in_its_block() -> None:
    scenario = replace(overwrite(), reproduce="````")
    blocks = [t.content for t in tokens(replace(sample(), scenarios=(scenario,))) if t.type == "fence"]

    assert blocks == ["````\n"]


def test_a_reason_cannot_add_a_column() -> None:
    scenario = replace(overwrite(), reason="one | two \\| three \\")
    found = tokens(replace(sample(), scenarios=(scenario,)))
    texts = ["".join(c.content for c in t.children or ()) for t in found if t.type == "inline"]

    assert len([t for t in found if t.type == "td_open"]) == 4
    assert "one | two \\| three \\" in texts


def test_findings_are_grouped_with_three_examples() -> None:
    text = Markdown().render(replace(sample(), scenarios=(overwrite(),)))

    assert "- **major** phone in the MA: the wrong side won, 12 people (FIELD-002)" in text
    assert text.count("phone in the MA is") == 3


def test_the_meaning_and_what_it_rests_on_come_first() -> None:
    head = Markdown().render(sample()).split("| scenario |")[0]

    assert "# Syncproof: ❌ FAIL" in head
    assert "Do not go live: 4 critical findings" in head
    assert "rests on 1 assumed vendor behaviour" in head


def test_what_was_not_checked_is_listed_also_on_a_pass() -> None:
    calls = (UnmockedCall("hubspot: GET /nobody", "nothing near is supported", 7),)
    scenario = replace(quiet(), unsupported=calls, assumed=("hubspot.guess", "hubspot.bare"), assumed_notes={"hubspot.guess": "a guess"})
    text = Markdown().render(replace(sample(), verdict=Verdict.PASS, scenarios=(scenario,)))

    assert "- **7 calls refused: not mocked**\n  - hubspot: GET /nobody (nothing near is supported), 7 times\n" in text
    assert "- Rules skipped by a scenario (1 rule)\n  - OWNER-001: this connector does not map owners\n" in text
    assert "  - hubspot.bare\n  - hubspot.guess: a guess\n" in text


def test_a_huge_result_fits_a_comment_and_says_what_is_left_out() -> None:
    base = overwrite()
    findings = tuple(replace(base.findings[0], field=f"field{n}", message="long " * 200) for n in range(50))
    text = Markdown().render(replace(sample(), scenarios=tuple(replace(base, id=f"s/{n}", findings=findings) for n in range(25))))

    assert len(text) < MOST_TEXT + 200
    assert "more scenarios that did not pass: see report.html" in text
