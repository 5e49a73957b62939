"""The ledger of what is assumed: no answer rests on a name that nobody can look up, and no entry is out of date."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path

import syncproof_mocks.ma.hubspot
from syncproof.ledger import as_text, ledger
from syncproof_mocks.ma.hubspot import Hubspot

FOLDER = Path(syncproof_mocks.ma.hubspot.__file__).parent
# Names of streams of chance and of counters look alike: `dice.count("hubspot.form")`.
_DRAWN = re.compile(r'(?:dice\.\w+|draw|_token|_fresh)\("hubspot\.\w+"')
_NAMED = re.compile(r'(?:rests_on\(|assumed=|BadValueError\([^)]*, |assumed = |assumed: str = )[^"\n]*"hubspot\.(\w+)"')


def named() -> set[str]:
    """Return every name that the code hands to the journal."""
    return {n for path in FOLDER.rglob("*.py") for n in _NAMED.findall(_DRAWN.sub("", path.read_text()))}


def test_whatever_an_answer_rests_on_is_a_switch_or_in_the_ledger() -> None:
    known = {*Hubspot.assumptions, *(s.name for s in Hubspot.switches)}
    found = named()

    assert len(found) > 80
    assert [n for n in sorted(found) if not any(fnmatchcase(n, k) for k in known)] == []


def test_the_ledger_holds_nothing_that_no_answer_rests_on() -> None:
    source = "".join(path.read_text() for path in FOLDER.rglob("*.py"))

    assert [n for n in Hubspot.assumptions if f'"hubspot.{n}"' not in source and not n.endswith("*")] == []


def test_coverage_tells_what_is_assumed_without_a_switch() -> None:
    told = ledger("hubspot")

    assert {a["name"] for a in told["assumptions"]} == set(Hubspot.assumptions)
    assert "form_over_portal_optout  [assumed]" in as_text(told)
