"""Made evidence for single checks: a person or two around a few syncs, in a journal of some lines, without any store.

Sync ``n`` runs from journal sequence 10n to 10n+8; the states before and after it are taken at these places. Where a
test gives fewer states than syncs, the last one holds on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from syncproof.checks import Seen
from syncproof.evidence import Evidence
from syncproof.mapping.grammar import Direction, ObjectMapping, Side
from syncproof_mocks.consent import ConsentKey, ConsentProof, ConsentState
from syncproof_mocks.journal import Actor, Row
from tests.checks.looking import look
from tests.oracle.made import (
    NEWS,
    Snap,
    Tongue,
    act,
    change,
    contact,
    evidence,
    link,
    mapped,
    mark,
    padded,
    person,
    state,
    sync,
    there,
)

# One side's rows, for the CRM and for the MA.
Rows = tuple[Sequence[Row], Sequence[Row]]
AT = "2026-01-01T00:00:00+00:00"
LINKS = (link("003A", "p1"), link("501", "p1", Side.MA), link("003B", "p2"), link("502", "p2", Side.MA))
ANN, BOB = person("p1", "ann@x.cz"), person("p2", "bob@x.cz")


class Speaking(Tongue):
    """A dialect in which owners are told by address, companies by `company`, and what begins with `Sys` is the vendor's own."""

    owner_kind, owner_email_field = "owners", "email"

    def owner_email(self, snapshot: Snap, owner_id: Any) -> str | None:
        return str(owner_id).partition(":")[2] if owner_id else None

    def has_active_owner(self, snapshot: Snap, email: str) -> bool:
        return not email.startswith("left")

    def company_of(self, snapshot: Snap, row: Row) -> str | None:
        return row.values.get("company")

    def is_system_field(self, kind: str, name: str) -> bool:
        return name.startswith("Sys")


def around(*states: Rows, entries: Sequence[Any] = (), number: int | None = None, codes: Sequence[int] = (), **more: Any) -> Evidence:
    """Return evidence of syncs between ``states``: one for each but the first, or ``number`` of them.

    ``befores``: sync -> the rows when it began, where people changed them since the sync before. ``codes``: exit codes.
    ``length``: that of the journal.
    """
    number, length = len(states) - 1 if number is None else number, more.pop("length", 100)
    rows = [*states, *[states[-1]] * (number + 1 - len(states))]
    befores = more.pop("befores", {})
    made = [state(n, 10 * n + 8 if n else 0, *map(tuple, rows[n])) for n in range(number + 1)]
    started = [state(n - 1, 10 * n, *map(tuple, befores.get(n, rows[n - 1]))) for n in range(1, number + 1)]
    syncs = more.pop("syncs", None) or tuple(
        sync(n, 10 * n, 10 * n + 8, exit_code=codes[n - 1] if n <= len(codes) else 0) for n in range(1, number + 1)
    )
    more.setdefault("people", (ANN, BOB))
    more.setdefault("links", LINKS)
    more.setdefault("dialects", {Side.CRM: Speaking("salesforce"), Side.MA: Speaking("hubspot")})
    return evidence(states=tuple(made), befores=tuple(started), syncs=syncs, entries=padded(*entries, length=length), **more)


def opted(seq: int, side: Side = Side.CRM, key: ConsentKey = NEWS, *, who: str = "p1", kind: str = "opt_in", **more: Any) -> Any:
    """Return a person's word about a consent; a yes has a proof unless ``proof=None`` is given."""
    more.setdefault("proof", ConsentProof("2026-01-01T00:00:00Z", "form") if kind == "opt_in" else None)
    more.setdefault("after_sync", max(0, (seq - 9) // 10))
    return act(seq, kind, who, side, key=key, **more)


def says(*words: tuple[ConsentKey, ConsentState], at: str | None = None) -> tuple[Any, ...]:
    """Return what a record says about consents (its field `said`)."""
    return tuple(mark(key, word, at) for key, word in words)


def row(side: Side, *words: Any, revision: int = 1, deleted: bool = False) -> Row:
    """Return the first person's record on one side, which says ``words`` about consents."""
    made = contact("003A", said=words) if side is Side.CRM else there("501", said=words)
    return Row(made.kind, made.id, made.values, revision, 0, 0, deleted)


def wrote(
    before: ConsentState | None, after: ConsentState | None, seq: int = 12, side: Side = Side.MA, *, key: ConsentKey = NEWS,
    actor: Actor = Actor.CONNECTOR, by: int | None = None, deleted: bool = False, at: str | None = AT, source: str | None = "form",
) -> Any:
    """Return a change of what a record says about a key; None: there was, or is, no such record."""
    old = None if before is None else row(side, mark(key, before))
    new = None if after is None else row(side, mark(key, after, at, source=source), revision=2, deleted=deleted)
    return change(seq, old, new, actor, by=by)


def wrote_in(check: str, *entries: Any, acts: tuple[Any, ...] = (), number: int = 1, **more: Any) -> Any:
    """Return what a check has seen of some changes around syncs in which two people are on both sides."""
    people = (contact("003A"), contact("003B")), (there("501"), there("502"))
    return asked(check, around(people, number=number, entries=entries, acts=acts, **more))


def one_way(obj: ObjectMapping | None = None, direction: str = "crm_to_ma") -> ObjectMapping:
    """Return a mapping of which every field goes one way only."""
    obj = obj or mapped()
    return obj.model_copy(update={"fields": tuple(r.model_copy(update={"direction": Direction(direction)}) for r in obj.fields)})


def told(seen: Seen, *names: str) -> list[tuple[Any, ...]]:
    """Return what the findings say: rule, side, person, and the named details."""
    return [(f.rule, f.system, f.person, *(getattr(f, name) for name in names)) for f in seen.findings]


def asked(check: str, found: Evidence) -> Seen:
    """Return what one check has seen; findings, facts and notes."""
    return look(check, found)
