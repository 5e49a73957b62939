"""Who was merged, or converted, is followed: one person stays one on both sides, and nothing is sent to what is no more."""

from __future__ import annotations

from syncproof_mocks.journal import Exchange

from ..evidence import Act
from ..model import Severity
from ..oracle.fields import Oracle
from ..oracle.lineage import Union
from ..oracle.refusals import is_refused_write
from . import Rule, Seen

RULES = (
    Rule("LIFE-001", "people who were merged on one side are one person on the other", Severity.MAJOR, ("B046",)),
    Rule("LIFE-002", "nothing more is written to a record that was merged away or converted", Severity.MAJOR, ("B047", "B046", "B050")),
)


def records_followed(oracle: Oracle, seen: Seen) -> None:
    """Count the records of merged people after the next sync; look for writes to their old records after that."""
    for union in oracle.identity.lineage.unions:
        _one_is_left(oracle, seen, union)
    for act in oracle.evidence.acts:
        if act.kind in ("merge", "convert"):
            _left_alone(oracle, seen, act)


def _one_is_left(oracle: Oracle, seen: Seen, union: Union) -> None:
    """Look at the sync after a merge: where a deletion must spread, the other side has one record of the merged person."""
    act = union.act
    obj, other = oracle.evidence.mapping.of(act.object), act.side.other
    sync = _first_to_learn(oracle, act)
    if obj is None or sync is None:
        return
    rule = obj.deletes.crm_to_ma if other.value == "ma" else obj.deletes.ma_to_crm
    if rule not in ("archive", "delete"):
        seen.left_open.append(f"{act.object}: whether people merged in the {act.side.upper()} are merged in the {other.upper()} too (`deletes`)")
        return
    before, after = oracle.evidence.before_syncs[sync - 1], oracle.evidence.states[sync]
    person = oracle.identity.lineage.subject(union.survivor, after.seq)
    had, has = (oracle.identity.records(other, state, after.seq).get(person, []) for state in (before, after))
    # Whom that side already had several times, of one and the same person, nobody has to tidy up.
    own = max((sum(oracle.identity.person_of(other, r) == p for r in had) for p in (union.survivor, union.absorbed)), default=0)
    if len(had) < 2 or own > 1:
        return
    seen.look("LIFE-001")
    if len(has) > 1:
        label, gone = oracle.identity.label(person), oracle.identity.label(union.absorbed)
        refusal = oracle.refusals.excuses(sync, other, person)
        if refusal is not None:
            seen.not_checked.append(f"{label}: the merge was refused by the {other.upper()} at #{refusal.seq}, and the connector said so")
            return
        seen.finding(
            "LIFE-001", f"{gone} was merged into {label} in the {act.side.upper()}, but after sync {sync} the {other.upper()} still has "
            f"{len(has)} records of them: {', '.join(f'{r.kind} {r.id}' for r in has)}.",
            system=str(other), kind=act.object, person=label, expected=1, found=len(has), classification="merge_not_followed",
            record_id=has[-1].id, sync=sync, story=(f"A person merged {gone} into {label} at #{act.seq}.",),
        )


def _first_to_learn(oracle: Oracle, act: Act) -> int | None:
    """Return the first judged sync that began after an act: one that was running may have read everything before it."""
    return next((n for n in oracle.meetings if oracle.evidence.syncs[n - 1].start_seq >= act.seq), None)


def _left_alone(oracle: Oracle, seen: Seen, act: Act) -> None:
    """Look for refused writes to the old record once a whole sync had a chance to learn what became of it."""
    learnt = _first_to_learn(oracle, act)
    if learnt is None or learnt >= len(oracle.evidence.syncs):
        return
    seen.look("LIFE-002")
    system = oracle.evidence.dialects[act.side].name
    for sync in oracle.evidence.syncs[learnt:]:
        for entry in oracle.evidence.entries[sync.start_seq : sync.end_seq]:
            if not isinstance(entry, Exchange) or entry.system != system or not is_refused_write(entry):
                continue
            if oracle.refusals.is_about_the_gone(entry, act.side, act.seq + 1) and _names(entry, act):
                _report(oracle, seen, act, entry, sync.number)
                return


def _names(entry: Exchange, act: Act) -> bool:
    """Tell whether a request is about this very act's old record, and not about that of another one."""
    alone = act.others if act.kind == "merge" else (act.record_id,)
    said = f"{entry.path} {entry.request_body.decode('utf-8', 'replace')}"
    return any(i in said or i[:15] in said for i in alone if i)


def _report(oracle: Oracle, seen: Seen, act: Act, entry: Exchange, sync: int) -> None:
    label = oracle.identity.label(act.person)
    verb = "converted" if act.kind == "convert" else "merged away"
    what, code, text = entry.refused[0]
    seen.finding(
        "LIFE-002", f"{label}: the {act.object} record was {verb} in the {act.side.upper()} before sync {act.after_sync + 1}, yet sync {sync} still "
        f"writes to it: #{entry.seq} {entry.method} {entry.path}: {what} {code} {text[:200]}",
        system=str(act.side), kind=act.object, person=label, expected="a write to the record that lives on", found=code,
        classification="written_to_the_gone", caused_by=entry.seq, record_id=act.record_id, sync=sync, requests=(entry.seq,),
    )
