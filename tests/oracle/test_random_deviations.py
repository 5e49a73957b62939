"""Whatever people did before, each planted deviation of a synchroniser is found, and called by its own name and no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from syncproof.mapping.grammar import Direction, FieldRule, Side
from syncproof.oracle.fields import Oracle
from tests.ideal import Ideal
from tests.oracle.histories import histories, scenario
from tests.policies import mapping_of
from tests.staging import play, played

# A history that fails is short enough to be read as it is: to shrink it would take minutes.
RANDOM = settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=3, phases=(Phase.explicit, Phase.generate))
SHORT = 4
Values = dict[str, str]


def edit(side: str, **values: str) -> dict[str, Any]:
    return {"edit": {"side": side, "who": {"index": 2}, "set": values}}


def said(what: str, side: str, purpose: str) -> dict[str, Any]:
    return {what: {"side": side, "who": {"index": 2}, "purpose": purpose}}


def proved(side: str, purpose: str) -> dict[str, Any]:
    step = said("opt_in", side, purpose)
    step["opt_in"]["evidence"] = {"source": "form", "text": "yes"}
    return step


# Whatever the seed and the history said of the person, nothing is refused any more.
FREE = (proved("crm", "*"), proved("ma", "*"))


class Deaf(Ideal):
    """Ideal, but it never carries one field."""

    def _decide(self, rule: FieldRule, base: Any, now: Any, crm_row: Any, ma_row: Any) -> Any:
        return now if rule.crm == "Title" and base is not None else super()._decide(rule, base, now, crm_row, ma_row)


class BothWays(Ideal):
    """Ideal, but it takes one field for one that travels both ways."""

    def _decide(self, rule: FieldRule, base: Any, now: Any, crm_row: Any, ma_row: Any) -> Any:
        if rule.crm == "Title":
            rule = rule.model_copy(update={"direction": Direction.BOTH})
        return super()._decide(rule, base, now, crm_row, ma_row)


def written(name: str, spoil: Callable[[str], Any]) -> Callable[[], Ideal]:
    """Return how to make a synchroniser that spoils one field whenever it writes it to the MA."""

    def apply(rule: FieldRule, side: Side, raw: Any) -> Any:
        return spoil(raw) if rule.crm == name and side is Side.MA and raw else raw

    return lambda: Ideal(spoil=apply)


def mixing() -> Ideal:
    """Return a synchroniser that writes the last name of another person."""
    made = Ideal()

    def apply(rule: FieldRule, side: Side, raw: Any) -> Any:
        if rule.crm != "LastName" or side is not Side.MA or not raw:
            return raw
        return next(str(r.values["LastName"]) for r in made.sandbox.crm.store.rows("Contact") if r.values["LastName"] != raw)

    made.spoil = apply
    return made


def inventing() -> Ideal:
    """Return a synchroniser that makes values up, each time another one: the same again would look as if nothing had been written."""
    number = count(1)
    return written("Title", lambda _: f"of the house {next(number)}")()


def sinner(sin: str) -> Callable[[], Ideal]:
    return lambda: Ideal(frozenset({sin}))


@dataclass(frozen=True)
class Deviation:
    """How to make the synchroniser, what people do so that it shows, the rule, and every name that a finding may have."""

    make: Callable[[], Ideal]
    steps: tuple[Any, ...]
    rule: str
    classes: tuple[str, ...]
    policies: tuple[str, ...] = ("crm_master", "default", "latest")


def of_field(make: Callable[[], Ideal], name: str, rule: str, *classes: str) -> Deviation:
    return Deviation(make, (edit("crm", **{name: "$fresh"}),), rule, classes)


def day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


CONSENTS = ("refusal_lifted", "refusal_not_spread", "consent_not_spread")

DEVIATIONS = {
    "cut": of_field(written("Title", lambda v: v[:5]), "Title", "FIELD-007", "truncated"),
    "entities": of_field(written("MailingCity", lambda v: v.replace(" ", "&#32;")), "MailingCity", "FIELD-008", "mangled_encoding"),
    "shouted": of_field(written("LastName", str.upper), "LastName", "FIELD-006", "format_changed"),
    "made up": of_field(inventing, "Title", "FIELD-012", "invented"),
    "another person": of_field(mixing, "LastName", "FIELD-010", "another_persons_value", "two_people_mixed"),
    "never carried": of_field(Deaf, "Title", "FIELD-001", "lost_update", "value_not_cleared"),
    "a day early": of_field(written("Birthdate", day_before), "Birthdate", "FIELD-009", "shifted_date"),
    "blanked": Deviation(
        written("Title", lambda _: None), (edit("crm", Title="$fresh"), edit("ma", jobtitle="$fresh"), edit("crm", Title="$fresh")),
        "FIELD-003", ("blank_overwrote_value", "dropped"),
    ),
    "wrong winner": Deviation(
        sinner("wrong_winner"), (edit("ma", firstname="$fresh"), edit("crm", FirstName="$fresh")), "FIELD-002", ("wrong_winner",),
        ("default",),
    ),
    "wrong way": Deviation(BothWays, (edit("ma", jobtitle="$fresh"),), "FIELD-013", ("wrong_direction", "lost_update"), ("crm_master",)),
    "never cleared": Deviation(
        Deaf, (edit("crm", Title="$fresh"), "sync", edit("crm", Title="$blank")), "FIELD-004",
        ("value_not_cleared", "lost_update", "dropped"), ("crm_master", "latest"),
    ),
    "deaf to refusals": Deviation(
        sinner("ignore_consents"), (*FREE, proved("ma", "newsletter"), said("opt_out", "crm", "newsletter")), "CONS-002", CONSENTS,
    ),
    "lifts refusals": Deviation(
        sinner("lift_refusals"), (*FREE, proved("crm", "newsletter"), "sync", said("opt_out", "ma", "newsletter")), "CONS-001", CONSENTS,
    ),
    "a yes gets lost": Deviation(
        sinner("ignore_consents"), (said("opt_out", "ma", "newsletter"), *FREE, proved("crm", "newsletter")), "CONS-008", CONSENTS,
    ),
    "loses people": Deviation(sinner("lose_people"), ({"create": {"side": "crm"}},), "SCOPE-001", ("missing_record",)),
    "keeps the deleted": Deviation(
        sinner("keep_deleted"), ({"delete": {"side": "crm", "who": {"index": 3}}},), "DEAD-002", ("deletion_not_spread",),
    ),
    "brings back the dead": Deviation(
        sinner("resurrect"), ({"erase": {"side": "ma", "who": {"index": 3}}},), "CONS-007", ("resurrected",),
    ),
}


@pytest.mark.parametrize("name", DEVIATIONS)
def test_a_planted_deviation_is_found_after_any_history_and_called_by_its_name(name: str) -> None:
    deviation = DEVIATIONS[name]

    @RANDOM
    @given(st.sampled_from(deviation.policies), st.data(), st.integers(0, 2**32))
    def try_it(policy: str, data: st.DataObject, seed: int) -> None:
        mapping = mapping_of(policy)
        before = data.draw(histories(mapping, SHORT))

        result = play(scenario([*before, *deviation.steps, "sync"]), deviation.make(), seed, mapping)

        assert deviation.rule in {f.rule for f in result.findings}
        assert {str(f.classification) for f in result.findings} <= set(deviation.classes), [f.message for f in result.findings]

    try_it()


@pytest.mark.parametrize("connect", [Ideal, Deaf])
def test_a_quiet_sync_is_judged_as_one_in_which_others_might_have_written(connect: type[Ideal], monkeypatch: pytest.MonkeyPatch) -> None:
    steps = ["sync", edit("crm", Title="$fresh"), edit("ma", jobtitle="$fresh", phone="$blank"), "sync", edit("ma", email="$fresh"), "sync"]
    evidence = played(scenario(steps), connect()).evidence()
    quick, slow = Oracle(evidence), Oracle(evidence)
    monkeypatch.setattr(slow, "_is_quiet", lambda *_: False)

    judged = {(j.meeting.sync, j.meeting.subject, j.rule.name): j for j in slow.judgements}

    assert len(quick.judgements) > 50
    assert {j.is_ok for j in quick.judgements} == ({True} if connect is Ideal else {True, False})
    for j in quick.judgements:
        same = judged[j.meeting.sync, j.meeting.subject, j.rule.name]
        assert (j.situation, j.allowed, j.observed, j.acts) == (same.situation, same.allowed, same.observed, same.acts)
        assert not j.was_edited_meanwhile
