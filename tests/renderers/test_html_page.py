"""The page that a person reads: safe, whole, in order, and saying what it must."""

from __future__ import annotations

import itertools
import re
import time
from dataclasses import replace

import pytest
from syncproof.model import CheckResult, RunResult, TimelineEntry, Verdict
from syncproof.renderers.html_page import HtmlPage
from tests.renderers.pages import Read
from tests.renderers.sample import HOSTILE, PEOPLE, empty, hostile, overwrite, quiet, sample

RESULTS = {"sample": sample, "hostile": hostile, "empty": empty}


def page(result: RunResult) -> str:
    return HtmlPage().render(result)


def part(text: str, start: str, end: str) -> str:
    return text[text.index(start) : text.index(end)]


@pytest.fixture(params=RESULTS)
def read(request: pytest.FixtureRequest) -> Read:
    return Read(page(RESULTS[request.param]()))


def test_nothing_is_loaded_run_or_sent(read: Read) -> None:
    allowed = {
        "html", "head", "meta", "title", "style", "body", "a", "header", "nav", "main", "footer", "div", "span", "h1", "h2", "h3", "h4", "p",
        "b", "strong", "em", "bdi", "mark", "code", "pre", "ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td",
        "details", "summary", "br",
    }
    attributes = {name for _, given in read.tags for name in given}

    assert {tag for tag, _ in read.tags} <= allowed
    assert not {a for a in attributes if a.startswith("on") or a in ("src", "style", "action", "srcset", "background")}
    assert all((a.get("href") or "#").startswith("#") for a in read.all("a"))


def test_the_policy_forbids_everything_but_the_style(read: Read) -> None:
    policy = next(m["content"] for m in read.all("meta") if m.get("http-equiv") == "Content-Security-Policy")

    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert "script-src" not in policy


def test_the_markup_is_nested_well_and_ids_are_unique(read: Read) -> None:
    ids = read.ids()

    assert read.crossed == []
    assert len(ids) == len(set(ids))
    assert {(a.get("href") or "#")[1:] for a in read.all("a")} <= set(ids)


def test_headings_go_down_one_step_at_a_time(read: Read) -> None:
    levels = [int(tag[1]) for tag, _ in read.tags if re.fullmatch(r"h[1-6]", tag)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_there_are_landmarks_and_scrolling_boxes_take_the_keyboard(read: Read) -> None:
    assert [len(read.all(tag)) for tag in ("header", "main", "footer", "nav")] == [1, 1, 1, 1]
    assert all(a.get("tabindex") == "0" and a.get("aria-label") for _, a in read.tags if a.get("role") == "region")


def test_hostile_text_is_shown_as_text_and_what_hides_is_named() -> None:
    text = Read(page(hostile())).text

    assert HOSTILE[0] in text
    assert "⟨U+202E⟩gnp.exe" in text
    assert "⟨U+001B⟩[31mred⟨U+0000⟩" in text
    assert "{{ 7*7 }}" in text
    assert "\u202e" not in text


def test_the_head_says_what_it_means_for_a_go_live() -> None:
    text = Read(part(page(sample()), "<header>", "</header>")).text

    assert "FAIL acme-sync between salesforce and hubspot" in text
    assert "Do not go live: 4 critical findings: people who refused mail can be mailed again" in text
    assert "1 of 5 scenarios could not be judged" in text
    assert "1 ✓ PASS 3 ✗ FAIL 1 ? UNKNOWN" in text
    assert "1 assumed vendor behaviour the verdict rests on" in text
    assert "Seed 4711" in text
    assert "1 problem of the mapping" in text


def test_findings_stand_before_scenarios_and_the_worst_comes_first() -> None:
    text = page(sample())
    severities = re.findall(r'class="card cause (\w+)"', text)

    assert text.index('id="findings"') < text.index('id="c1"') < text.index('id="scenarios"') < text.index('id="s1"') < text.index('id="about"')
    assert severities == sorted(severities, key=["critical", "major", "minor"].index)


def test_a_cause_tells_who_where_expected_found_origin_and_how_to_reproduce() -> None:
    text = Read(part(page(sample()), 'id="c1"', 'id="c2"')).text

    for words in (
        "email/newsletter in the MA: a refusal was turned into a yes", "3 people", "rule CONS-001", "bug class B001", PEOPLE[0],
        "CRM granted granted", "MA withdrawn granted", "Expected withdrawn", "Found granted", "the connector wrote it in #61 PATCH",
        "on the strength of what it had read in #31 GET", "syncproof run consent/opt_out_in_ma_survives_push --seed 4711",
    ):
        assert words in text


def test_twelve_people_with_one_cause_are_one_card_with_three_examples_and_nine_lines() -> None:
    text = page(replace(sample(), scenarios=(overwrite(),)))
    card = part(text, 'id="c1"', 'id="c2"')

    assert card.count('class="example"') == 3
    assert "9 more instances" in card
    assert all(Read(card).text.count(person) >= 1 for person in PEOPLE)


def test_more_than_two_hundred_instances_are_counted_not_listed() -> None:
    scenario = overwrite()
    findings = tuple(replace(scenario.findings[0], person=f"p{n:04d} Somebody") for n in range(303))
    text = Read(page(replace(sample(), scenarios=(replace(scenario, findings=findings),)))).text

    assert "300 more instances" in text
    assert "and 100 more, in result.json" in text
    assert "p0202 Somebody" in text
    assert "p0203 Somebody" not in text


def test_a_check_without_anything_to_look_at_is_not_shown_as_a_pass() -> None:
    nothing = replace(quiet(), checks=(CheckResult("no_duplicates", ("IDENT-001",), Verdict.PASS, 0),))
    table = part(page(replace(sample(), scenarios=(nothing,))), ">Checks<", ">Syncs</h4>")

    assert "nothing to look at" in table
    assert "PASS" not in table


def test_every_troubled_cell_of_the_matrix_leads_to_its_explanation() -> None:
    text = page(replace(sample(), scenarios=(overwrite(),)))
    grid = part(text, '<table class="grid">', '<div class="troubles">')
    anchors = re.findall(r'href="#(s1-m\d+)"', grid)

    assert grid.count("✗") == 3
    assert grid.count("?<") == 1
    assert len(anchors) == 4
    assert all(f'id="{anchor}"' in text for anchor in anchors)
    assert 'aria-label="not tried"' in grid


def test_an_open_window_of_exposure_is_told_from_a_closed_one() -> None:
    text = Read(page(sample())).text

    assert "CRM 2 h 15 min 23 requests: #40, #41, #42, #43, #44, #45, #46, #47, … ✗ still open" in text
    assert "✓ closed" in text


def test_long_runs_of_ordinary_requests_are_folded_and_guilty_ones_are_not() -> None:
    text = page(sample())
    folded = re.search(r'<details class="run"><summary>29 requests.*?</details>', text, re.DOTALL)

    assert folded is not None
    assert "#60" in folded.group()
    assert "named by a finding" not in folded.group()
    assert '<a href="#s1-61">#61</a>' in text
    assert 'class="flag" id="s1-61"' in text


def test_what_the_connector_was_not_judged_by_is_listed() -> None:
    text = Read(page(sample())).text

    for words in (
        "OWNER-001: this connector does not map owners", "phone: enforce is not stated", "GET /crm/v3/lists (nearest supported:",
        "several records of one person on one side", "hubspot.subscription_status_default: somebody who never said anything", "rate_limit #21 hubspot PATCH", "CONFLICT phone of 003A1",
    ):
        assert words in text


def test_calls_that_nobody_mocks_stand_in_the_head_and_lead_to_their_list() -> None:
    head, rest = page(sample()).split('<h2 id="unchecked">')

    assert '<li class="UNKNOWN on"><a href="#unchecked"><b>3</b>calls refused: not mocked</a></li>' in head
    assert "salesforce: GET /services/apexrest/Merge (nothing near is supported)" in rest.split('<h2 id="scenarios">')[0]
    assert "not mocked" not in page(replace(sample(), scenarios=(quiet(),)))


def test_the_whole_run_can_be_repeated_with_one_command() -> None:
    foot = Read(page(sample())[page(sample()).index('id="about"') :]).text

    assert "syncproof run consent/opt_out_in_ma_survives_push overwrite/contact_matrix" in foot
    assert "--seed 4711 --connector connector.yaml" in foot


def test_findings_do_not_hang_on_the_clock() -> None:
    later = replace(sample(), started_at="2031-01-01T00:00:00+00:00", seconds=999.0)

    assert part(page(sample()), 'id="findings"', 'id="scenarios"') == part(page(later), 'id="findings"', 'id="scenarios"')


@pytest.mark.speed
def test_a_huge_result_is_rendered_quickly_and_stays_small() -> None:
    result = huge()
    page(sample())  # the template is compiled once per process
    started = time.process_time()
    text = page(result)

    assert time.process_time() - started < 1.5
    assert len(text.encode()) < 5_000_000
    assert "are only in journal.jsonl.gz" in text


def huge() -> RunResult:
    """25 scenarios, 2,000 findings, 20,000 lines of timeline."""
    base = overwrite()
    timeline = tuple(
        TimelineEntry(n, n * 10, "request", "hubspot", f"PATCH /crm/v3/objects/contacts/{n}?properties={'email,' * 25}", 200, "connector", n % 20 == 0)
        for n in range(800)
    )
    findings = tuple(replace(base.findings[n % 12], field=f"field{n % 20}", person=f"p{n:04d} Somebody") for n in range(80))
    scenarios = tuple(replace(base, id=f"over/s{n}", findings=findings, timeline=timeline) for n in range(25))
    return replace(sample(), scenarios=scenarios)
