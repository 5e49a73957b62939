"""The frozen nouns of a result: verdicts, findings, what a scenario and a run came to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """PASS only when every check ran, had something to look at, and found nothing."""

    PASS = "PASS"
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"

    @staticmethod
    def worst(verdicts: Iterable[Verdict]) -> Verdict:
        """Return FAIL if any failed, else UNKNOWN if any is unknown or there is none, else PASS."""
        found = set(verdicts)
        if Verdict.FAIL in found:
            return Verdict.FAIL
        return Verdict.PASS if found == {Verdict.PASS} else Verdict.UNKNOWN


class Severity(StrEnum):
    """Critical: legal or irreversible. Major: data is wrong. Minor: a nuisance."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


@dataclass(frozen=True, slots=True)
class Blame:
    """Where a found value came from: who wrote it, in which request, on the strength of which earlier read.

    Sequences are positions in the journal (`journal.jsonl.gz`). ``request`` reads like ``PATCH /crm/v3/...``.
    """

    actor: str
    written_by: int | None = None
    request: str | None = None
    read_at: int | None = None
    read_request: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sides:
    """One fact on both sides: before the sync that went wrong and after it, as a person would read it."""

    crm_before: Any = None
    ma_before: Any = None
    crm_after: Any = None
    ma_after: Any = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One violation, worded for the person who must fix it."""

    rule: str
    message: str
    severity: Severity
    system: str | None = None  # "crm" | "ma"
    kind: str | None = None
    person: str | None = None  # name and key of the person, e.g. "p0007 Zofia Bodera"
    field: str | None = None
    expected: Any = None
    found: Any = None
    classification: str = ""
    caused_by: int | None = None
    bug_class: str | None = None  # e.g. "B001"
    record_id: str | None = None
    sync: int | None = None  # 1-based number of the sync after which it was seen
    sides: Sides | None = None
    blame: Blame | None = None
    story: tuple[str, ...] = ()  # who edited what, what was read, what was written: one line each
    requests: tuple[int, ...] = ()  # journal sequences of the exchanges that did it
    operation: str = ""  # the vendor's operation with which the connector wrote it, e.g. `hubspot.contacts.batch_update`
    follows: int | None = None  # place, among the scenario's findings, of the one that came before it in the same chain


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check came to. ``looked_at`` = number of facts compared; 0 is never a PASS for a required check."""

    check: str
    rules: tuple[str, ...]
    verdict: Verdict
    looked_at: int = 0
    findings: tuple[Finding, ...] = ()
    reason: str = ""  # why UNKNOWN, or what was left open


@dataclass(frozen=True, slots=True)
class SyncSummary:
    """One run of the connector. Times in seconds."""

    number: int
    exit_code: int | None
    ended: str  # "exited" | "timeout" | "killed" | "not started"
    seconds: float
    start_seq: int
    end_seq: int
    reads: int
    writes: int
    refused: int
    output_tail: str = ""
    output_file: str = ""
    leftovers: tuple[str, ...] = ()  # processes the connector left running; they were ended


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of the request timeline. ``kind``: request, edit, sync_start, sync_end, step, fault."""

    seq: int
    at_ms: int
    kind: str
    system: str
    text: str
    status: int | None = None
    actor: str = ""
    flagged: bool = False


@dataclass(frozen=True, slots=True)
class Travel:
    """What became of one thing that a person entered on one side: a value, a yes or a no, a new record.

    ``state``: `arrived`; `missing` (a finding says that it had to arrive and did not); `not_owed` (it did not arrive, and no
    rule demanded it: it lost a conflict, was replaced in time, is kept out). Times are seconds of the sandbox's clock.
    """

    seq: int  # of the act
    direction: str  # "crm_to_ma" | "ma_to_crm"
    person: str
    what: str  # the field it was entered in, the consent's key, or `the record`
    state: str
    arrival: int | None = None  # sequence of the connector's change that carried it
    syncs: int | None = None  # how many syncs it took: 1 = the first that could carry it
    edit_s: float | None = None  # from the act to the arrival
    sync_s: float | None = None  # from the start of the sync that carried it (or the act, if later) to the arrival


@dataclass(frozen=True, slots=True)
class SyncCalls:
    """What one sync asked of one system. ``reads``, ``writes`` and ``sign_ins`` add up to all calls."""

    sync: int
    system: str
    reads: int
    writes: int  # calls that were to change something, whether they did or not
    sign_ins: int
    effective: int  # of all calls those that changed a record: over both systems the writes of `SyncSummary`
    refused: int  # calls answered with an error
    repeated: int  # calls that were the very same as an earlier one of this sync
    counted: int  # calls that count against the day's limit
    records: int  # people and companies whose data the connector changed there
    most_written: int  # most records changed by one call
    most_read: int  # most records shown by one call
    size: int  # living records of mapped kinds there when the sync had settled
    idle: bool = False  # it had nothing to do
    sound: bool = True  # it ended in success, and no fault struck at it: its calls tell of ordinary days

    @property
    def calls(self) -> int:
        """Return all calls."""
        return self.reads + self.writes + self.sign_ins


@dataclass(frozen=True, slots=True)
class Strike:
    """One fault that struck, and what the connector did next in that system (`phrases.aftermath` has the words).

    ``did``: `repeated` or `signed_in_and_repeated` (the very same request within this sync), `went_on` (other requests to
    this system), `left` (requests to the other system only), `stopped` (no further request in this sync).
    """

    seq: int
    fault: str
    sort: str  # `passing`, `refusal` or `silent` (nobody could notice)
    system: str
    operation: str
    request: str
    status: int
    sync: int | None
    did: str
    next_seq: int | None = None
    next_request: str = ""
    next_status: int | None = None
    after_s: float | None = None  # from the request at which it struck to the next one
    again_in: int | None = None  # the later sync in which the very same request was made
    ended: str = ""  # how the sync ended


@dataclass(frozen=True, slots=True)
class UnmockedCall:
    """A call that the mocks refused because they do not know it, or not all that it asked for; ``times`` is never 0."""

    call: str  # e.g. "hubspot: GET /crm/v3/lists"
    hint: str  # the nearest supported call, or what of it is not supported
    times: int = 1

    def __str__(self) -> str:
        return f"{self.call} ({self.hint})" + (f", {self.times:,} times" if self.times > 1 else "")


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """What one scenario came to."""

    id: str
    title: str
    verdict: Verdict
    reason: str
    checks: tuple[CheckResult, ...]
    findings: tuple[Finding, ...]
    reproduce: str
    classes: tuple[str, ...] = ()  # bug classes the scenario is there for
    faults_fired: tuple[str, ...] = ()
    syncs: tuple[SyncSummary, ...] = ()
    timeline: tuple[TimelineEntry, ...] = ()
    left_open: tuple[str, ...] = ()  # what the mapping leaves open, so nothing was demanded
    not_checked: tuple[str, ...] = ()
    unsupported: tuple[UnmockedCall, ...] = ()  # calls the mocks refused because they do not know them
    assumed: tuple[str, ...] = ()  # assumed behaviours that answers rested on
    conflict_log: tuple[str, ...] = ()  # what the connector itself said about conflicts
    people: int = 0
    calls: dict[str, int] = field(default_factory=dict)  # operation -> number
    matrix: tuple[dict[str, Any], ...] = ()  # overwrite grid: {field, winner, direction, changed, to, verdict, ...}
    exposure: tuple[dict[str, Any], ...] = ()  # {person, key, seconds, requests: [seq]}
    consents: tuple[dict[str, Any], ...] = ()  # the ledger per person and key: oracle/consent_record.py
    seconds: float = 0.0
    connector_seconds: float = 0.0
    skipped_rules: dict[str, str] = field(default_factory=dict)
    other_hosts: tuple[str, ...] = ()  # what the connector tried to reach besides the two systems; refused
    assumed_notes: dict[str, str] = field(default_factory=dict)  # assumed behaviour -> what is assumed
    travels: tuple[Travel, ...] = ()  # what people entered, and whether and when it arrived
    sync_calls: tuple[SyncCalls, ...] = ()  # per sync and system
    day_limits: dict[str, int] = field(default_factory=dict)  # system -> calls that its org has room for in a day
    strikes: tuple[Strike, ...] = ()
    why: str = ""  # what the scenario proves, in its own words
    more_consents: int = 0  # rows of `consents` that were left out: people without trouble first

    @property
    def rules_checked(self) -> tuple[str, ...]:
        """Return the rules that were checked and had something to look at, sorted."""
        return tuple(sorted({r for c in self.checks if c.looked_at for r in c.rules}))


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a whole run came to: the only thing renderers see."""

    version: str
    seed: int
    verdict: Verdict
    connector: dict[str, Any]  # {"name", "command", "network", ...}; no secrets
    systems: dict[str, str]
    scenarios: tuple[ScenarioResult, ...]
    mapping_name: str
    mapping_problems: tuple[str, ...] = ()
    started_at: str = ""
    seconds: float = 0.0
    left_out: tuple[tuple[str, str], ...] = ()  # scenarios of the pack that were not run: (id, reason)

    @property
    def left_out_why(self) -> dict[str, tuple[str, ...]]:
        """Return reason -> the scenarios of the pack that were not run for it."""
        return {why: tuple(i for i, r in self.left_out if r == why) for why in dict.fromkeys(r for _, r in self.left_out)}

    @property
    def assumed_behaviours(self) -> int:
        """Return how many different assumed behaviours the verdict rests on."""
        return len({a for s in self.scenarios for a in s.assumed})

    @property
    def unmocked_calls(self) -> int:
        """Return how many calls the mocks refused because they do not know them."""
        return sum(c.times for s in self.scenarios for c in s.unsupported)
