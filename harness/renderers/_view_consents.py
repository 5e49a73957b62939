"""Consents as the page shows them: per person what was said when, what both systems hold, and how long a refusal was not heard.

Everybody with a refusal, a finding, a window of exposure or lost evidence is shown; people of whom nothing but an undisputed
yes is known stay in result.json. No judgement is made here: red is only what a finding or an open window already says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from syncproof_mocks.consent import ConsentState

from ..legible import duration, one_line, plural
from ..model import ScenarioResult

MOST_PEOPLE = 60
MOST_LINES = 40
MOST_OPEN = 3
_SHORT = 200
_PROVED = ("granted", "confirmed")
_SAID = {"yes": "yes", "no": "no", "request": "a request that waits to be confirmed"}
_BY = {"seed": "there from the start", "staff": "noted by hand", "person": "the person"}
_ACTORS = {
    "connector": "the connector", "crm_user": "somebody in the CRM", "ma_user": "somebody in the MA",
    "vendor_automation": "the vendor's own automation", "harness": "the harness", "seed": "there from the start",
}


@dataclass(frozen=True, slots=True)
class Held:
    """What one system says about one key at the end; ``against``: it permits what the person refused."""

    state: str
    evidence: str
    against: bool


@dataclass(frozen=True, slots=True)
class Window:
    """For how long, and during which requests, one system had not heard of a refusal."""

    text: str
    closed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the ledger; ``place`` is the position in the journal, empty before the scenario."""

    place: str
    anchor: str
    system: str
    text: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Key:
    """One channel and purpose of one person: the words' sum, both systems, windows, evidence, and the ledger in order."""

    name: str
    owed: str
    blamed: bool
    crm: Held
    ma: Held
    windows: tuple[Window, ...]
    kept: str
    lost: str
    ledger: tuple[Line, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Person:
    """One person with everything that is known of their consents."""

    name: str
    notes: str
    is_open: bool
    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Consents:
    """The people shown, those with findings first; ``more`` others are in result.json, ``left_out`` rows are in no report."""

    people: tuple[Person, ...]
    more: int
    left_out: int


def consents_view(s: ScenarioResult, seen: Mapping[int, str]) -> Consents | None:
    """Return the consents of one scenario, None when nobody is to be shown; ``seen``: journal sequence -> anchor on the page."""
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for row in s.consents:
        rows.setdefault(str(row.get("person")), []).append(row)
    blamed: dict[str, set[str]] = {}
    for f in s.findings:
        if f.person:
            blamed.setdefault(f.person, set()).add(str(f.field))
    windows: dict[tuple[str, str], list[Window]] = {}
    for e in s.exposure:
        windows.setdefault((str(e.get("person")), str(e.get("key"))), []).append(_window(e))
    told = [p for p in rows if p in blamed or any(_matters(r, windows.get((p, str(r.get("key"))), ())) for r in rows[p])]
    ordered = sorted(told, key=lambda p: (p not in blamed, not _is_open(p, rows[p], windows), p))
    people = tuple(
        _person(p, rows[p], windows, blamed.get(p, set()), seen, number < MOST_OPEN and p in blamed)
        for number, p in enumerate(ordered[:MOST_PEOPLE])
    )
    return Consents(people, len(ordered) - len(people), s.more_consents) if people else None


def _matters(row: Mapping[str, Any], windows: Iterable[Window]) -> bool:
    refused = _refuses(row.get("state")) or any(said.get("what") == "no" for said in row.get("said", ()))
    held = any(_refuses(_told(row, side).get("state")) for side in ("crm", "ma"))
    return refused or held or bool(row.get("evidence_lost")) or any(windows)


def _is_open(person: str, rows: Iterable[Mapping[str, Any]], windows: Mapping[tuple[str, str], list[Window]]) -> bool:
    return any(not w.closed for row in rows for w in windows.get((person, str(row.get("key"))), ()))


def _person(
    name: str, rows: list[Mapping[str, Any]], windows: Mapping[tuple[str, str], list[Window]], blamed: set[str],
    seen: Mapping[int, str], is_open: bool,
) -> Person:
    keys = tuple(_key(row, windows.get((name, str(row.get("key"))), []), blamed, seen) for row in rows)
    notes = [f"{key.name} {key.owed}" for key in keys]
    late = [w for key in keys for w in key.windows]
    if late:
        notes.append("could be mailed after the refusal" + ("" if all(w.closed for w in late) else ", and still can be"))
    if any(key.lost for key in keys):
        notes.append("evidence lost")
    if any(row.get("deliverability") == "invalid" for row in rows):
        notes.append("the address bounces")
    gone = {str(row.get("lifecycle")) for row in rows} - {"active", "None"}
    return Person(one_line(name, _SHORT), "; ".join([*notes, *sorted(one_line(g, _SHORT) for g in gone)]), is_open, keys)


def _key(row: Mapping[str, Any], windows: list[Window], blamed: set[str], seen: Mapping[int, str]) -> Key:
    state, name = row.get("state"), str(row.get("key"))
    lines = _ledger(row, seen)
    stands = state in _PROVED  # of a yes that does not stand, nobody asks for the proof
    proved = [side.upper() for side in ("crm", "ma") if stands and _told(row, side).get("state") in _PROVED]
    lost = [str(side).upper() for side in row.get("evidence_lost", ())]
    return Key(
        one_line(name, _SHORT), one_line(str(state), _SHORT), name in blamed, _held(row, "crm"), _held(row, "ma"), tuple(windows),
        " and ".join(proved), one_line(" and ".join(lost), _SHORT), tuple(lines[:MOST_LINES]), max(0, len(lines) - MOST_LINES),
    )


def _held(row: Mapping[str, Any], side: str) -> Held:
    told = _told(row, side)
    known = _state(told.get("state"))
    against = _refuses(row.get("state")) and known is not None and known.permits
    return Held(one_line(str(told.get("state")), _SHORT), _evidence(told), against)


def _ledger(row: Mapping[str, Any], seen: Mapping[int, str]) -> list[Line]:
    """Return sayings and changes in the order of the journal; a change that is itself a saying is told once."""
    lines = [(int(said.get("seq", -1)), 0, _saying(said, seen)) for said in row.get("said", ())]
    spoken = {seq for seq, _, _ in lines if seq >= 0}
    lines += [(int(turn["seq"]), 1, _turn(turn, seen)) for turn in row.get("turns", ()) if turn.get("seq") not in spoken]
    return [line for _, _, line in sorted(lines, key=lambda entry: entry[:2])]


def _saying(said: Mapping[str, Any], seen: Mapping[int, str]) -> Line:
    what = _SAID.get(str(said.get("what")), one_line(str(said.get("what")), _SHORT))
    proof = (" with proof" if said.get("proved") else " without proof") if said.get("what") == "yes" else ""
    by = _BY.get(str(said.get("by")), one_line(str(said.get("by")), _SHORT))
    key = one_line(str(said.get("key")), _SHORT)
    return _line(said, seen, f"{by}: {what} to {key}{proof}", _evidence(said))


def _turn(turn: Mapping[str, Any], seen: Mapping[int, str]) -> Line:
    actor = _ACTORS.get(str(turn.get("actor")), one_line(str(turn.get("actor")), _SHORT))
    request = f" by {one_line(str(turn['request']), 300)}" if turn.get("request") else ""
    before, after = (one_line(str(turn.get(end)), _SHORT) for end in ("from", "to"))
    return _line(turn, seen, f"{actor} turned {before} into {after}{request}", "")


def _line(entry: Mapping[str, Any], seen: Mapping[int, str], text: str, evidence: str) -> Line:
    seq = int(entry.get("seq", -1))
    system = one_line(str(entry["side"]).upper(), 20) if entry.get("side") else ""
    return Line(f"#{seq}" if seq >= 0 else "", seen.get(seq, ""), system, text, evidence)


def _window(e: Mapping[str, Any]) -> Window:
    requests = list(e.get("requests", ()))
    count = int(e.get("request_count", len(requests)))
    seconds = float(e.get("times", e).get("seconds", 0) or 0)
    reach = f" (#{requests[0]} to #{requests[-1]})" if len(requests) == count > 1 else f" (from #{requests[0]})" if requests else ""
    return Window(f"{one_line(str(e.get('system', '')).upper(), _SHORT)}: {duration(seconds)}, {plural(count, 'request')}{reach}", bool(e.get("closed")))


def _evidence(told: Mapping[str, Any]) -> str:
    times = told.get("times", {})
    at, source = (one_line(str(times[name]), _SHORT) if times.get(name) else "" for name in ("at", "source"))
    return ", ".join(part for part in (at, f"through {source}" if source else "") if part)


def _told(row: Mapping[str, Any], side: str) -> Mapping[str, Any]:
    told: Mapping[str, Any] = row.get(side) or {}
    return told


def _refuses(name: object) -> bool:
    state = _state(name)
    return state is not None and state.refuses


def _state(name: object) -> ConsentState | None:
    return ConsentState.__members__.get(str(name).upper())
