"""How many facts each check compares: one that looks at fewer than there are would pass for the wrong reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from syncproof.checks import checks
from syncproof.mapping.grammar import Side
from syncproof.oracle.fields import Oracle
from tests.checks.deeds import NEWSLETTER, After, say, world, write
from tests.checks.looking import look, looked, staged
from tests.ideal import Ideal

# Four people with a record, and a company, on each side.
EVERY_SYNC = {
    "calls_bounded": {"BUDGET-001": 1, "BUDGET-002": 2},  # two listings, one of each side
    "comes_to_rest": {"QUIET-002": 1},
    "companies_right": {"LINK-002": 4},
    "everyone_arrived": {"SCOPE-004": 16},  # people and companies on both sides
    "no_duplicates": {"IDENT-001": 8, "IDENT-003": 8},
    "owners_right": {"LINK-001": 4},
    "secrets_stay": {"SECRET-001": 3},  # what it prints, and two requests
    "success_is_true": {"STATUS-001": 1, "STATUS-002": 2, "STATUS-003": 1, "STATUS-004": 1},
}
SILENT = {"consent": {"never_asked": 4}, "newsletter": {"never_asked": 4}}
NO_MORE = {"options": {"final_quiet": False}}


@pytest.mark.parametrize("syncs", [1, 3])
def test_every_sync_is_looked_at_from_the_first_to_the_last(syncs: int) -> None:
    evidence = staged(world(*["sync"] * syncs, **SILENT) | NO_MORE, Ideal())

    for check, facts in EVERY_SYNC.items():
        assert looked(check, evidence) == {rule: n * syncs for rule, n in facts.items()}, check


def test_what_the_connector_makes_is_looked_at_piece_by_piece() -> None:
    evidence = staged(world("sync", placement="crm", **SILENT) | NO_MORE, Ideal())
    made = [e for e in evidence.entries if getattr(e, "before", 0) is None and e.actor == "connector"]
    assert [e.kind for e in made].count("contacts") == 4

    assert looked("everyone_arrived", evidence) == {"SCOPE-001": 8, "SCOPE-004": 8}
    assert looked("no_duplicates", evidence)["IDENT-004"] == 4
    assert looked("nobody_mixed", evidence) == {"IDENT-002": 4}
    assert looked("sensitive_stays", evidence) == {"SCOPE-003": 4}
    assert looked("silence_is_no_consent", evidence) == {"CONS-004": 4}
    assert looked("calls_bounded", evidence)["BUDGET-003"] == 8


def test_what_nobody_did_is_not_looked_at() -> None:
    evidence = staged(world("sync", **SILENT) | NO_MORE, Ideal())
    told = {name for name in checks() if looked(name, evidence)}

    assert told == {*EVERY_SYNC, "fields_agree", "silence_is_no_consent"}


# -- fields ------------------------------------------------------------------------------------------------------


def fields(*steps: Any, connect: Any = None, name: str = "Title") -> dict[str, int]:
    """Return what `fields_agree` looks at in one field of one person, in the second sync."""
    evidence = staged(world("sync", *steps, "sync", total=1, kinds={"customer": 1}, **SILENT) | NO_MORE, connect or Ideal())
    oracle = Oracle(evidence)
    chosen = tuple(j for j in oracle.judgements if j.meeting.sync == 2 and j.rule.crm == name)
    oracle.__dict__["judgements"] = chosen
    return look_at(oracle) if chosen else {}


def look_at(oracle: Oracle) -> dict[str, int]:
    from syncproof.checks import Seen, rules_of

    function = checks()["fields_agree"]
    seen = Seen({rule.id: rule for rule in rules_of(function)})
    function(oracle, seen)
    return {rule: n for rule, n in seen.looked.items() if n and rule in SHARED}


# The rules that any value could break, and those about times: others speak of one type, or of one direction.
SHARED = {f"FIELD-{n:03}" for n in (*range(1, 13), 21)}
TEXT = {"FIELD-006": 1, "FIELD-007": 1, "FIELD-008": 1, "FIELD-010": 1, "FIELD-011": 1, "FIELD-012": 1}


def edit(side: str, **values: Any) -> dict[str, Any]:
    return {"edit": {"side": side, "set": values}}


@pytest.mark.parametrize(("steps", "name", "more"), [
    ([edit("crm", Title="Baker")], "Title", {"FIELD-001": 1}),
    ([edit("ma", jobtitle="Baker")], "Title", {"FIELD-001": 1}),
    ([edit("crm", Title="Baker"), edit("ma", jobtitle="Cook")], "Title", {"FIELD-002": 1, "FIELD-021": 1}),
    ([edit("crm", Title="Baker"), edit("crm", Title="Cook")], "Title", {"FIELD-001": 1, "FIELD-021": 1}),
    ([edit("crm", Birthdate="1980-02-03")], "Birthdate", {"FIELD-001": 1, "FIELD-009": 1}),
])  # fmt: skip
def test_a_judgement_counts_for_the_rules_that_it_could_break(steps: list[Any], name: str, more: dict[str, int]) -> None:
    told = fields(*steps, name=name)

    assert told == TEXT | more


def test_a_blank_counts_for_the_rules_about_blanks() -> None:
    told = fields(edit("crm", Title="$blank"))

    assert told == {"FIELD-001": 1, "FIELD-003": 1, "FIELD-004": 1, "FIELD-012": 1}


# -- the bounds ----------------------------------------------------------------------------------------------------


def test_only_syncs_that_ended_by_themselves_are_counted() -> None:
    evidence = staged(world("sync", "sync", **SILENT) | NO_MORE, Ideal())
    killed = replace(evidence, syncs=(evidence.syncs[0], replace(evidence.syncs[1], ended="timeout")))

    assert looked("calls_bounded", killed) == {"BUDGET-001": 1, "BUDGET-002": 2}


def test_a_quiet_sync_is_looked_at_unless_it_makes_up_for_a_broken_one_or_read_nothing() -> None:
    evidence = staged(world("sync", "sync", **SILENT) | NO_MORE, Ideal())
    assert evidence.quiet_syncs == {2}

    def counted(**change: Any) -> dict[str, int]:
        return looked("second_sync_quiet", replace(evidence, **change))

    first, second = evidence.syncs
    assert counted() == {"QUIET-001": 1}
    assert counted(quiet_syncs=frozenset({1, 2})) == {"QUIET-001": 2}
    assert counted(quiet_syncs=frozenset()) == {}
    assert counted(syncs=(first, replace(second, reads=0))) == {}
    assert counted(syncs=(first, replace(second, reads=1))) == {"QUIET-001": 1}
    assert counted(killed_syncs=frozenset({1})) == {}
    assert counted(killed_syncs=frozenset({2})) == {"QUIET-001": 1}


def test_what_the_connector_does_about_consents_is_counted_once_each() -> None:
    def both(me: Any, sandbox: Any) -> None:
        say(Side.MA, NEWSLETTER, grant=True)(me, sandbox)
        say(Side.MA, NEWSLETTER, grant=False, index=1)(me, sandbox)

    evidence = staged(world("sync", **SILENT) | NO_MORE, After(both))
    assert [len(look(c, evidence).findings) for c in ("silence_is_no_consent", "scope_of_consent", "refusal_survives")] == [1, 1, 0]
    assert looked("silence_is_no_consent", evidence) == {"CONS-004": 5}
    assert looked("scope_of_consent", evidence) == {"CONS-003": 1}
    assert looked("refusal_survives", evidence) == {"CONS-001": 2}
    assert looked("one_word_one_write", evidence) == {"CONS-012": 2}


def test_each_field_of_an_update_is_looked_at() -> None:
    evidence = staged(world("sync", **SILENT) | NO_MORE, After(write(Side.CRM, {"Title": "x", "Department": "y", "Phone": "1"})))

    assert looked("untouched_stays", evidence) == {"WRITE-001": 3}
    assert [f.field for f in look("untouched_stays", evidence).findings] == ["Department"]


@pytest.mark.parametrize(("to", "more"), [("subscribed", {"MAIL-002": 6}), ("mailable", {})])
def test_each_mail_and_each_person_who_should_get_one_is_looked_at(to: str, more: dict[str, int]) -> None:
    """Three of four may be mailed, twice; a mail with a cap may leave people out, and is counted over the days."""
    will = {"consent": {"never_asked": 4}, "newsletter": {"subscribed": 3, "opted_out": 1}}
    mail = {"name": "June", "purpose": "newsletter", "to": to}
    evidence = staged(world("sync", {"campaign": mail}, {"campaign": mail | {"at_most": 2}}, **will) | NO_MORE, Ideal())

    assert looked("mail_is_wanted", evidence) == {"MAIL-001": 6, "MAIL-005": 3} | more
    assert looked("mail_is_counted", evidence) == {"MAIL-003": 6, "MAIL-004": 3}
    assert looked("sync_sends_no_mail", evidence) == {"CONS-011": 6 if to == "subscribed" else 8}


def test_each_value_of_a_new_record_is_one_that_had_to_arrive() -> None:
    evidence = staged(world("sync", placement="crm", companies=False, **SILENT) | NO_MORE, Ideal())
    seen = looked("fields_agree", evidence)

    assert seen["FIELD-005"] == seen["FIELD-012"] == len(Oracle(evidence).judgements)
