"""Reaction times, the API budget, faults and chains of findings, as each report shows them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from syncproof.model import Finding, RunResult, ScenarioResult, Severity, Verdict
from syncproof.renderers.html_page import HtmlPage
from syncproof.renderers.json_file import JsonFile
from syncproof.renderers.markdown import Markdown
from tests.renderers.pages import Read
from tests.renderers.sample import consent, quiet, sample
from tests.renderers.sample_numbers import strikes, with_numbers
from tests.renderers.test_console import printed


def of(*scenarios: ScenarioResult) -> RunResult:
    return replace(sample(), scenarios=scenarios, verdict=Verdict.worst(s.verdict for s in scenarios))


def page(*scenarios: ScenarioResult) -> str:
    return HtmlPage().render(of(*scenarios))


def loaded(*scenarios: ScenarioResult) -> Any:
    return json.loads(JsonFile().render(of(*scenarios)))


def chain() -> ScenarioResult:
    lifted = consent().findings[0]
    behind = Finding("CONS-002", "it did not reach the CRM", Severity.CRITICAL, "crm", "contact", lifted.person, lifted.field, "withdrawn", "granted",
                     "refusal_not_spread", sync=1, follows=0)
    return replace(consent(), findings=(lifted, behind, replace(behind, sync=2)))


def test_the_page_tells_distribution_and_what_never_arrived_apart() -> None:
    text = Read(page(with_numbers(quiet()))).text

    assert "9 entries arrived, 8 of them with the first sync that could carry them; 1 never arrived, and a finding says so; 1 did not arrive and no rule" in text
    assert "Both ways the edit 9 2.0 s 6.0 s 1 min 36 s 1 min 36 s" in text
    assert "MA to CRM the start of its sync 3 1.0 s 4.0 s 7.0 s 7.0 s" in text
    assert "#40 p0005 Hans Größe: email/newsletter (MA to CRM)" in text


def test_the_page_tells_the_budget_and_what_the_forecast_rests_on() -> None:
    text = Read(page(with_numbers(quiet()))).text

    assert "hubspot 70 27 43 0 2 2 40 1.5 9" in text
    assert "Going by 3 syncs that changed 0 to 30 records: a sync costs 9 calls, and 1.09 more for each record it changes." in text
    assert "10,000 records in one sync: about 10,909 calls, 4.4 % of the 250,000 calls a day." in text
    assert "96 syncs a day (one every quarter of an hour) with nothing to do: 864 calls, 0.3 % of the 250,000 calls a day." in text
    assert "10,000 records are 333 times the largest sync seen" in text


def test_no_forecast_is_told_with_its_reason_and_no_numbers_are_no_section() -> None:
    one_size = replace(with_numbers(quiet()), sync_calls=with_numbers(quiet()).sync_calls[:2])

    assert "No forecast: only one sync (of 1) ended in success without a fault" in Read(page(one_size)).text
    assert "Reaction time" not in Read(page(quiet())).text


def test_a_limit_that_does_not_suffice_is_told_as_such() -> None:
    tight = replace(with_numbers(quiet()), day_limits={"hubspot": 5_000})

    assert "about 10,909 calls, 2.2 times more than all of the 5,000 calls a day." in Read(page(tight)).text


def test_each_fault_is_told_with_its_request_and_what_came_next() -> None:
    scenario = with_numbers(quiet())
    text = Read(page(scenario)).text

    assert "rate_limit #21 hubspot PATCH /crm/v3/objects/contacts/303 -> 429 repeated the same request as #22 -> 200, 10 s later sync 1, which ended with exit code 0" in text
    assert "index_lag (silent: nobody could notice)" in text
    assert "signed in again and repeated the same request as #32 -> 200, at once" in text
    many = Read(page(replace(scenario, strikes=strikes()[:1] * 130))).text
    assert many.count("repeated the same request") == 100
    assert "… and 30 more, in result.json." in many


def test_consents_that_were_not_kept_are_counted() -> None:
    assert "3 more consents of people without trouble, or with less than these, were not kept." in Read(page(with_numbers(consent()))).text
    assert "were not kept" not in Read(page(consent())).text


def test_what_followed_stands_within_its_cause_and_in_the_overview_beneath_it() -> None:
    text = page(chain())
    overview = text[text.index('class="cards overview"') : text.index("Below, each cause once")]
    card = text[text.index('id="c1"') : text.index('<h2 id="scenarios">')]

    assert overview.index("A refusal was turned into a yes") < overview.index("↳ then:") < overview.index("A refusal did not reach the other system")
    assert card.count('class="card cause') == 0
    assert 'class="fold then" id="c2"' in card
    assert "1 thing followed" in card
    assert "1 person, 2 times" in card


def test_result_json_has_it_all_and_times_apart() -> None:
    data = loaded(with_numbers(chain()))
    (scenario,) = data["scenarios"]

    assert [(r["direction"], r["arrived"], r["missing"], r["not_owed"], r["with_first_sync"]) for r in data["reaction"]] == [
        ("both", 9, 1, 1, 8), ("crm_to_ma", 6, 0, 1, 5), ("ma_to_crm", 3, 1, 0, 3)]
    assert data["reaction"][0]["times"]["from_edit"] == {"count": 9, "least": 2.0, "median": 6.0, "p90": 95.5, "most": 95.5}
    assert [(b["system"], b["calls"], b["records"], b["limit"]) for b in data["budget"]] == [("salesforce", 41, 40, 100_000), ("hubspot", 70, 40, 250_000)]
    assert data["budget"][1]["outlook"][0] == {"records": 10_000, "calls": 10_909, "share": 10_909 / 250_000}
    assert scenario["faults"][0]["says"] == "repeated the same request as #22 -> 200"
    assert scenario["faults"][0]["times"] == {"after_s": 10.02}
    assert scenario["arrivals"][9] == {
        "act": 40, "direction": "ma_to_crm", "person": "p0005 Hans Größe", "what": "email/newsletter", "state": "missing", "arrival": None, "syncs": None,
        "times": {"from_edit": None, "from_sync": None}}
    assert (len(scenario["sync_calls"]), scenario["consents_left_out"]) == (6, 3)
    assert [f["follows"] for f in scenario["findings"]] == [None, 0, 0]
    assert [(g["rule"], g["follows"], g["findings"]) for g in data["groups"]] == [("CONS-001", None, 1), ("CONS-002", "CONS-001", 2)]


def test_the_summary_is_brief_about_it() -> None:
    text = Markdown().render(of(with_numbers(chain())))

    assert "- Reaction time, both ways: 9 arrived, 1 never did, 1 did not have to; median 6.0 s after the edit, 4.0 s after the start of the sync" in text
    assert "- API budget, hubspot: 70 calls for 40 records changed, 2 refused, 2 repeated; 10,000 records would take about 10,909 (4.4% of a day)" in text
    assert "rate\\_limit struck 1 time, e.g. \\#21 hubspot PATCH" in text
    assert "  - then **critical** email/newsletter in the CRM: a refusal did not reach the other system, 1 person, 2 times (CONS-002)" in text


def test_the_terminal_tells_what_followed_in_one_line_beneath_its_cause() -> None:
    text = printed(of(chain()))

    assert "  then critical: A refusal did not reach the other system (CONS-002)  2 findings: email/newsletter in the CRM, with it or after it\n" in text
    assert text.index("A refusal was turned into a yes") < text.index("then critical")
