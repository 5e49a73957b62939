"""What one run of the connector came to, in numbers: from the journal and from how it ended."""

from __future__ import annotations

from collections.abc import Iterable

from syncproof_mocks.journal import Actor, Journal

from .drivers import Ended
from .mapping.grammar import Mapping, Side
from .model import SyncSummary
from .sandbox import Sandbox

TAIL_CHARACTERS = 4_000


def summarise(
    journal: Journal, secrets: Iterable[str], number: int, ended: Ended, span: tuple[int, int]
) -> SyncSummary:
    """Return the summary of sync ``number``, whose entries stand between the two sequences of ``span``.

    Credentials are masked in the tail of the output: what was printed is judged from the whole output, not from here.
    """
    start, end = span
    exchanges = list(journal.exchanges(start, end))
    changed = {e.exchange for e in journal.changes(start, end) if e.actor is Actor.CONNECTOR}
    refused = sum(len(e.refused) or (400 <= e.status != 401) for e in exchanges)
    tail = ended.output.decode("utf-8", "replace")[-TAIL_CHARACTERS:] or ended.reason
    if ended.output and ended.reason and ended.ended in ("exited", "killed"):
        tail = f"{tail.rstrip()}\nSyncproof: {ended.reason}"
    for secret in secrets:
        tail = tail.replace(secret, "***")
    return SyncSummary(
        number, ended.exit_code, ended.ended, ended.seconds, start, end, len(exchanges), len(changed), refused, tail,
        f"sync-{number}.log", ended.leftovers,
    )


def automation_edited(journal: Journal, start: int, mapping: Mapping, sandbox: Sandbox) -> bool:
    """Tell whether a vendor's automation has changed a mapped field since ``start`` that is no consent."""
    sides = {sandbox.on(side).name: side for side in Side}
    for change in journal.changes(start):
        if change.actor is not Actor.VENDOR_AUTOMATION or change.before is None or change.after is None:
            continue
        side = sides[change.system]
        rules = [o.rule_for(side, name) for o in mapping.objects if o.kind_on(side) == change.kind for name in change.fields]
        if any(rule is not None and rule.consent is None for rule in rules):
            return True
    return False
