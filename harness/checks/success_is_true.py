"""What the connector claims agrees with what the mocks accepted."""

from __future__ import annotations

from syncproof_mocks.consent import ConsentKey, ConsentState
from syncproof_mocks.journal import Exchange

from ..legible import plural
from ..mapping.grammar import Side
from ..model import Severity, SyncSummary
from ..network.egress import mode_of
from ..oracle.excuses import holds_too_much
from ..oracle.fields import Oracle
from ..oracle.identity import side_of
from ..oracle.refusals import is_refused_write, is_shut_out
from ..oracle.standing import Refused, Standing
from . import Rule, Seen

RULES = (
    Rule("STATUS-001", "a sync that left something refused does not claim success", Severity.CRITICAL, ("B013", "B059", "B015", "B060", "B089")),
    Rule("STATUS-002", "the connector talks to both systems", Severity.CRITICAL, ("B097",)),
    Rule("STATUS-003", "a sync ends by itself and successfully when nothing was refused", Severity.MAJOR, ("B014", "B054", "B058", "B060")),
    Rule("STATUS-004", "a one-shot connector leaves no process behind", Severity.MINOR, ("B097",)),
)

LAST_WORDS = 200


def success_is_true(oracle: Oracle, seen: Seen) -> None:
    """Compare the exit of each sync with the requests it made and with what is missing afterwards."""
    for sync in oracle.evidence.syncs:
        if sync.number in oracle.evidence.killed_syncs:
            continue  # a step killed it: it could neither finish nor report
        _talked(oracle, seen, sync)
        _ended(oracle, seen, sync)
        _claimed(oracle, seen, sync)
        _left(seen, sync)


def _left(seen: Seen, sync: SyncSummary) -> None:
    seen.look("STATUS-004")
    if sync.leftovers:
        seen.finding(
            "STATUS-004", f"Sync {sync.number} left {plural(len(sync.leftovers), 'process', 'processes')} running when it ended; "
            f"{'it was' if len(sync.leftovers) == 1 else 'they were'} ended: {', '.join(sync.leftovers[:3])}.", expected="no process", found=len(sync.leftovers),
            classification="processes_left", sync=sync.number,
        )


def _exchanges(oracle: Oracle, sync: SyncSummary) -> list[Exchange]:
    return [e for e in oracle.evidence.entries[sync.start_seq : sync.end_seq] if isinstance(e, Exchange)]


def _talked(oracle: Oracle, seen: Seen, sync: SyncSummary) -> None:
    syncs = [sync]
    if sync.ended == "settled":
        # A service may be told of changes, and then has nothing to ask before there are any: all its syncs count as one.
        syncs = [s for s in oracle.evidence.syncs if s.ended == "settled" and s.number not in oracle.evidence.killed_syncs]
        if sync is not syncs[0]:
            return
    called = {e.system for each in syncs for e in _exchanges(oracle, each)}
    when = f"Sync {sync.number} {_how(sync)}" if len(syncs) == 1 else f"All {len(syncs)} syncs {_how(sync)}"
    for side, dialect in oracle.evidence.dialects.items():
        seen.look("STATUS-002")
        if dialect.name not in called and not _was_shut_out(oracle, sync):
            seen.finding(
                "STATUS-002", f"{when} without one request to {dialect.name}: "
                f"nothing was read there, so nothing is proved.{_unheld(oracle)}{_last_words(oracle, sync)}", system=str(side), expected="requests", found=0,
                classification="never_called", sync=sync.number,
            )


def _was_shut_out(oracle: Oracle, sync: SyncSummary) -> bool:
    """Tell whether a fault let the connector in nowhere else, or kept its very last request back, so that it gave up, and said so."""
    is_honest = sync.ended == "exited" and sync.exit_code not in oracle.evidence.success_exit_codes
    made = _exchanges(oracle, sync)
    survivable = bool(oracle.evidence.options.get("must_survive"))
    was_stopped = bool(made) and not survivable and oracle.evidence.is_struck(made[-1], "passing")
    return is_honest and (was_stopped or any(is_shut_out(e) and e.fault for e in made))


def _unheld(oracle: Oracle) -> str:
    """Return why nothing may have been seen although the connector called: in `proxy` mode nobody holds a client."""
    if mode_of(oracle.evidence.entries) != "proxy":
        return ""
    return (
        " With `network: proxy` this may also be a client that ignores the proxy (as fetch of Node.js before 24 does) and went "
        "to the real vendor; `network: isolated` holds every client (Linux): see docs/network.md."
    )


def _ended(oracle: Oracle, seen: Seen, sync: SyncSummary) -> None:
    seen.look("STATUS-003")
    # A service that came to rest claims nothing: what it did is judged, not what it says.
    succeeded = sync.ended == "settled" or (sync.ended == "exited" and sync.exit_code in oracle.evidence.success_exit_codes)
    if succeeded or (sync.ended == "exited" and (_was_refused(oracle, sync) or _has_leftovers(oracle, sync))):
        return
    seen.finding(
        "STATUS-003", f"Sync {sync.number} {_how(sync)}, although no request was refused for its content.{_last_words(oracle, sync)}",
        expected="exit code 0", found=_how(sync), classification="failed", sync=sync.number,
        story=tuple(sync.output_tail.splitlines()[-5:]),
    )


def _was_refused(oracle: Oracle, sync: SyncSummary) -> bool:
    """Tell whether something failed that excuses the connector; faults that it must survive do not."""
    survivable = bool(oracle.evidence.options.get("must_survive"))
    failed = [e for e in _exchanges(oracle, sync) if is_refused_write(e) or (e.status >= 400 and not is_shut_out(e))]
    if not survivable:
        failed += [e for e in _exchanges(oracle, sync) if e.fault]
    # A record that is refused for its content is refused, whoever made the vendor refuse it.
    return any(not (survivable and e.fault) or oracle.evidence.is_struck(e, "refusal") for e in failed)


def _has_leftovers(oracle: Oracle, sync: SyncSummary) -> bool:
    """Tell whether an honest connector has something to complain about: unclear duplicates, or somebody refused before."""
    if oracle.has_crowd(sync.number) or oracle.identity.lineage.schema_changed(sync.start_seq):
        return True
    return oracle.refusals.still_stand(sync.number) or holds_too_much(oracle, sync.number)


def _claimed(oracle: Oracle, seen: Seen, sync: SyncSummary) -> None:
    if sync.ended != "exited" or sync.exit_code not in oracle.evidence.success_exit_codes:
        return
    refused = [(e, item) for e in _exchanges(oracle, sync) if is_refused_write(e) for item in e.refused]
    seen.look("STATUS-001")
    failed = _failed(oracle, sync)
    unmet = [*_unmet(oracle, sync.number), *_unsaid(oracle, sync.number, refused)] if refused or failed else []
    standing = Standing(oracle).of(sync.number) if refused else []
    refused += failed
    if unmet or standing:
        exchange, (what, code, text) = standing[0] if standing else refused[0]
        why = f"{plural(len(unmet), 'fact is', 'facts are')} missing, e.g. {unmet[0]}" if unmet else f"{len(standing)} never made good"
        seen.finding(
            "STATUS-001",
            f"Sync {sync.number} claims success ({_how(sync)}), but {plural(len(refused), 'item was', 'items were')} refused and {why}. "
            f"First refusal: #{exchange.seq} {exchange.method} {exchange.path}: {what} {code} {text[:200]}",
            system=None, expected="a report of the refused items", found="success", classification="false_success",
            caused_by=exchange.seq, sync=sync.number, requests=tuple(dict.fromkeys(e.seq for e, _ in [*standing, *refused]))[:20],
        )


def _failed(oracle: Oracle, sync: SyncSummary) -> list[Refused]:
    """Return the requests that a limit, an outage or an ended session kept back, and that were never made again."""
    made = _exchanges(oracle, sync)
    found = []
    for place, e in enumerate(made):
        if not (e.status == 429 or e.status >= 500 or is_shut_out(e)) or is_refused_write(e):
            continue
        key = e.method, e.path, e.query, e.request_body
        if not any((x.method, x.path, x.query, x.request_body) == key and x.status < 400 for x in made[place + 1 :]):
            found.append((e, (e.system, str(e.status), "was never asked again")))
    return found


def _unmet(oracle: Oracle, sync: int) -> list[str]:
    """Return what should be in place after this sync and is not."""
    missing = [
        f"{oracle.identity.label(j.meeting.subject)}: {j.rule.name}"
        for j in oracle.judgements if j.meeting.sync == sync and not j.is_ok
    ]
    for meeting in oracle.meetings.get(sync, ()):
        side = oracle.must_arrive(meeting)
        if side is not None and meeting.after(side) is None:
            missing.append(f"{oracle.identity.label(meeting.subject)} in the {side.upper()}")
    return missing


def _unsaid(oracle: Oracle, sync: int, refused: list[Refused]) -> list[str]:
    """Return what people said about mail that did not get to a side which refused a request about that very person."""
    people = {(side_of(oracle.evidence, e.system), p) for e, item in refused for p in oracle.refusals.people_of(e, item)}
    taking_part, state = set(oracle.taking_part(sync)), oracle.evidence.states[sync]
    missing = []
    for side, person in sorted(people):
        for key in oracle.consents.keys if person in taking_part else ():
            there = oracle.said(state, side.other).get((person, key))
            here = oracle.said(state, side).get((person, key))
            if there is not None and there.refuses and oracle.consents.travels(key, side.other) and not (here and here.refuses):
                missing.append(f"{oracle.identity.label(person)}: the refusal of {key} in the {side.upper()}")
            elif key.purpose != "*" and _is_yes_missing(oracle, sync, side, person, key) and not (here and here.permits):
                missing.append(f"{oracle.identity.label(person)}: the yes to {key} in the {side.upper()}")
    return missing


def _is_yes_missing(oracle: Oracle, sync: int, side: Side, person: str, key: ConsentKey) -> bool:
    """Tell whether a proved yes that was said before the sync, on the other side, had to travel to ``side``."""
    ledger, start = oracle.consents, oracle.evidence.syncs[sync - 1].start_seq
    said = ledger.last_saying(person, key, start)
    stands = ConsentState.GRANTED <= ledger.state_at(person, key, start) <= ConsentState.CONFIRMED
    if not stands or said is None or said.side is side or ledger.last_move(person, start) > said.seq:
        return False
    return ledger.travels(key, side.other)


def _how(sync: SyncSummary) -> str:
    if sync.ended == "exited":
        return f"ended with exit code {sync.exit_code}"
    if sync.ended == "died":
        return f"was not carried out: the service ended by itself with exit code {sync.exit_code}"
    told = {"timeout": "did not end within its time limit", "killed": "was killed", "settled": "came to rest"}
    return told.get(sync.ended, "was not started")


def _last_words(oracle: Oracle, sync: SyncSummary) -> str:
    """Return the last line the connector printed: most often the very reason why it did nothing."""
    lines = [line.strip() for line in sync.output_tail.splitlines() if line.strip()]
    if not lines:
        return " It printed nothing."
    last = "".join(c if c.isprintable() else " " for c in lines[-1])
    for secret in oracle.evidence.secrets:
        last = last.replace(secret, "***")
    return f" It last said: `{last[:LAST_WORDS]}`."
