"""Every assumption that an answer may rest on is a switch or stands in the ledger, and the ledger names no other."""

from __future__ import annotations

import re
from pathlib import Path

import syncproof_mocks.crm.salesforce as package
from syncproof.ledger import ledger
from syncproof_mocks.crm.salesforce import Salesforce
from syncproof_mocks.crm.salesforce.soql import session

SOURCES = [p.read_text() for p in Path(str(package.__file__)).parent.rglob("*.py") if p.name != "assumptions.py"]
NAMED = {n for text in SOURCES for n in re.findall(r'rests_on\("salesforce\.([\w.]+)"\)', text)}
ENGINES = {v for n, v in vars(session).items() if n.startswith("ASSUMED_")} | {"search_words"}


def test_every_assumption_is_a_switch_or_stands_in_the_ledger() -> None:
    known = {*Salesforce.assumptions, *(s.name for s in Salesforce.switches)}

    assert len(NAMED) > 20
    assert sorted((NAMED | ENGINES) - known) == []


def test_the_ledger_lists_no_assumption_that_nothing_rests_on() -> None:
    source = "".join(SOURCES)
    told = {a["name"] for a in ledger("salesforce")["assumptions"]}

    assert [n for n in sorted(told) if f"salesforce.{n}" not in source and n not in ENGINES] == []
    assert told == set(Salesforce.assumptions)
