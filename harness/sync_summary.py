"""What one run of the connector came to, in numbers: from the journal and from how it ended."""

from __future__ import annotations

from collections.abc import Iterable

from syncproof_mocks.journal import Actor, Journal

from .drivers import Ended
from .model import SyncSummary

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
    for secret in secrets:
        tail = tail.replace(secret, "***")
    return SyncSummary(
        number, ended.exit_code, ended.ended, ended.seconds, start, end, len(exchanges), len(changed), refused, tail,
        f"sync-{number}.log", ended.leftovers,
    )
