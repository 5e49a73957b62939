"""The page tells consents as a lawyer would ask: per person, on both sides, in order, with windows and lost evidence."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from syncproof.model import ScenarioResult
from syncproof.renderers._view_consents import MOST_LINES, MOST_PEOPLE, Consents, Key, Person, consents_view
from syncproof.renderers.html_page import HtmlPage
from tests.renderers.pages import Read
from tests.renderers.sample import PEOPLE, consent, consent_rows, sample

WHOM = {name: number for number, name in ((0, "lifted"), (4, "late"), (6, "lost"))}


def viewed(scenario: ScenarioResult | None = None) -> Consents:
    found = consents_view(scenario or consent(), {61: "s1-61"})
    assert found is not None
    return found


def person(who: str) -> Person:
    return next(p for p in viewed().people if p.name == PEOPLE[WHOM[who]])


def key(who: str) -> Key:
    (only,) = person(who).keys
    return only


def only_row(**changed: Any) -> ScenarioResult:
    """A scenario without findings and windows that knows of one undisputed yes, but for what is changed."""
    return replace(consent(), findings=(), exposure=(), consents=({**consent_rows()[0], **changed},))


def test_people_with_findings_come_first_and_are_open() -> None:
    people = viewed().people

    assert [p.name for p in people] == [PEOPLE[0], PEOPLE[4], PEOPLE[6]]
    assert [p.is_open for p in people] == [True, False, False]


def test_an_undisputed_yes_is_left_to_the_machine_readable_result() -> None:
    assert consents_view(only_row(), {}) is None
    assert consents_view(replace(consent(), consents=()), {}) is None


def test_each_reason_to_be_told_of_is_enough() -> None:
    no = consent_rows()[1]["said"]
    held = {"state": "denied", "times": {}}

    assert [
        len(viewed(only_row(**changed)).people)
        for changed in ({"state": "withdrawn"}, {"said": no}, {"crm": held}, {"ma": held}, {"evidence_lost": ["crm"]})
    ] == [1] * 5


def test_a_window_or_a_finding_alone_is_reason_enough() -> None:
    window = {**consent().exposure[0], "person": PEOPLE[3]}
    finding = replace(consent().findings[0], person=PEOPLE[3])

    assert viewed(replace(only_row(), exposure=(window,))).people[0].name == PEOPLE[3]
    assert viewed(replace(only_row(), findings=(finding,))).people[0].name == PEOPLE[3]


def test_what_a_system_holds_against_the_word_is_marked_and_only_that() -> None:
    assert [(h.state, h.against) for h in (key("lifted").crm, key("lifted").ma)] == [("granted", True)] * 2
    assert [(h.state, h.against) for h in (key("late").crm, key("late").ma)] == [("withdrawn", False)] * 2
    assert not key("lost").ma.against
    assert key("lifted").blamed
    assert not key("late").blamed


def test_the_window_is_told_in_time_and_requests_and_whether_it_is_closed() -> None:
    assert [(w.text, w.closed) for w in key("lifted").windows] == [("CRM: 2 h 15 min, 23 requests (from #40)", False)]
    assert [(w.text, w.closed) for w in key("late").windows] == [("MA: 0.8 s, 23 requests (from #40)", True)]
    assert person("lifted").notes == "email/newsletter withdrawn; could be mailed after the refusal, and still can be"
    assert person("late").notes == "email/newsletter withdrawn; could be mailed after the refusal; the address bounces"


def test_requests_that_are_all_known_are_told_from_the_first_to_the_last() -> None:
    window = {**consent().exposure[0], "request_count": 9}

    assert viewed(replace(consent(), exposure=(window,))).people[0].keys[0].windows[0].text == "CRM: 2 h 15 min, 9 requests (#40 to #48)"


def test_lost_evidence_is_told_from_kept_and_of_a_refusal_nobody_asks_for_it() -> None:
    assert (key("lost").lost, key("lost").kept) == ("MA", "CRM")
    assert person("lost").notes.endswith("evidence lost")
    assert (key("lifted").lost, key("lifted").kept) == ("", "")


def test_the_ledger_is_in_order_and_tells_a_word_once() -> None:
    assert [(line.place, line.system, line.text, line.evidence) for line in key("lifted").ledger] == [
        ("", "CRM", "there from the start: yes to email/newsletter with proof", "2025-10-04T09:49:47Z, through web form"),
        ("#12", "MA", "the person: no to email/newsletter", "2026-11-22T12:48:31Z"),
        ("#61", "MA", "the connector turned withdrawn into granted by PATCH /crm/v3/objects/contacts/301", ""),
    ]
    assert [line.anchor for line in key("lifted").ledger] == ["", "", "s1-61"]


def test_a_yes_without_proof_and_a_waiting_request_are_called_so() -> None:
    no = consent_rows()[1]["said"][0]
    said = [{**no, "what": "yes", "by": "staff"}, {**no, "seq": 13, "what": "request"}]

    assert [line.text for line in viewed(only_row(said=said, state="withdrawn")).people[0].keys[0].ledger] == [
        "noted by hand: yes to email/newsletter without proof", "the person: a request that waits to be confirmed to email/newsletter",
    ]


def test_who_is_gone_is_said_to_be() -> None:
    assert viewed(only_row(state="withdrawn", lifecycle="erased")).people[0].notes == "email/newsletter withdrawn; erased"


def test_what_is_left_out_is_counted() -> None:
    rows = tuple({**consent_rows()[1], "person": f"p{n:04d} Somebody"} for n in range(MOST_PEOPLE + 7))
    long = viewed(only_row(state="withdrawn", said=consent_rows()[1]["said"] * (MOST_LINES + 3)))

    assert (len(viewed(replace(consent(), consents=rows)).people), viewed(replace(consent(), consents=rows)).more) == (MOST_PEOPLE, 7)
    assert (len(long.people[0].keys[0].ledger), long.people[0].keys[0].more) == (MOST_LINES, 3)
    page = HtmlPage().render(replace(sample(), scenarios=(replace(consent(), consents=rows),)))
    assert "and 7 more people, in result.json" in Read(page).text


def test_the_page_shows_it_with_the_open_window_in_words() -> None:
    page = HtmlPage().render(sample())
    section = page[page.index("Consents, person by person") : page.index(">Syncs</h4>")]
    text = Read(re.sub(r"^[^<]*", "", section)).text

    assert section.count('<details class="fold person"') == 3
    assert section.count('<details class="fold person" open>') == 1
    assert "CRM: 2 h 15 min, 23 requests (from #40) ✗ still open" in text
    assert "✗ lost in MA" in text
    assert section.count("against the person's word") == 2
    assert '<a href="#s1-61">#61</a>' in section
