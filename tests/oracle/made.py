"""Small made evidence: rows, snapshots, a journal and two dialects that say what a test wants them to say."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from syncproof.evidence import Act, Evidence, Link, State
from syncproof.mapping.grammar import FieldRule, MatchKey, ObjectMapping, Side
from syncproof.model import SyncSummary
from syncproof_mocks.consent import ConsentKey, ConsentMark, ConsentState
from syncproof_mocks.journal import Actor, Change, Exchange, Row

NEWS, ALL = ConsentKey("email", "newsletter"), ConsentKey("email", "*")
EMAIL = FieldRule(crm="Email", ma="email", type="email", direction="crm_to_ma")
TITLE = FieldRule(crm="Title", ma="jobtitle")
YES = FieldRule(crm="News__c", ma="subscription:News", type="picklist", consent={"channel": "email", "purpose": "newsletter"})
OUT = FieldRule(crm="Out", ma="out", type="boolean", consent={"channel": "email", "purpose": "*"})


def mapped(name: str = "contact", crm: str = "Contact", ma: str = "contacts", **more: Any) -> ObjectMapping:
    match = more.pop("match", (MatchKey(crm="Email", ma="email"),))
    return ObjectMapping(object=name, crm=crm, ma=ma, match=match, fields=more.pop("fields", (EMAIL, TITLE, YES, OUT)), **more)


@dataclass
class Snap:
    """A snapshot of one system: its rows as they stood at a place of the journal."""

    seq: int
    rows_: tuple[Row, ...]
    system: str

    @property
    def tables(self) -> list[str]:
        return list(dict.fromkeys(r.kind for r in self.rows_))

    def rows(self, kind: str) -> list[Row]:
        return [r for r in self.rows_ if r.kind == kind and not r.deleted]

    def get(self, kind: str, record_id: str) -> Row | None:
        return next((r for r in self.rows_ if (r.kind, r.id) == (kind, record_id)), None)


@dataclass
class Tongue:
    """A dialect: the addresses stand in `Email`, `email` and `more`, the consents in `said`, a message in `mail`."""

    name: str
    schemas: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    fills_in: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def addresses(self, row: Row) -> list[str]:
        first = row.values.get("Email") or row.values.get("email")
        return [a for a in (first, *row.values.get("more", ())) if a]

    def consents(self, row: Row) -> tuple[ConsentMark, ...]:
        return tuple(row.values.get("said", ()))

    def mail_of(self, row: Row) -> Any:
        return row.values.get("mail")

    def schema(self, kind: str) -> Any:
        return self.schemas


def contact(record_id: str, revision: int = 1, kind: str = "Contact", **values: Any) -> Row:
    return Row(kind, record_id, values, revision, 0, 0)


def there(record_id: str, revision: int = 1, kind: str = "contacts", **values: Any) -> Row:
    return Row(kind, record_id, values, revision, 0, 0)


def mark(key: ConsentKey, state: ConsentState, at: str | None = None, point: str = "a@x.cz", source: str | None = None) -> ConsentMark:
    return ConsentMark(key, state, point, at, source)


def person(key: str, email: str, *dirt: Any, other: str = "") -> Any:
    return SimpleNamespace(key=key, email=email, dirt=frozenset(dirt), other_email=other, label=f"{key} Label")


def act(seq: int, kind: str, who: str, side: Side = Side.CRM, *, record: str = "003A", after_sync: int = 0, **more: Any) -> Act:
    return Act(seq, more.pop("at_ms", seq * 1000), side, who, kind, more.pop("object", "contact"), record, after_sync, **more)


def exchange(seq: int, system: str = "hubspot", **more: Any) -> Exchange:
    made = Exchange(seq, seq, system, Actor.CONNECTOR, more.pop("method", "GET"), more.pop("path", "/x"), "", {}, more.pop("body", b""))
    made.status = 200
    for name, value in more.items():
        setattr(made, name, value)
    return made


def change(seq: int, before: Row | None, after: Row | None, actor: Actor = Actor.CONNECTOR, *, by: int | None = None) -> Change:
    row = after or before
    assert row is not None
    return Change(seq, seq, "salesforce" if row.kind[0].isupper() else "hubspot", actor, by, row.kind, row.id, before, after)


def state(sync: int, seq: int, crm: tuple[Row, ...] = (), ma: tuple[Row, ...] = ()) -> State:
    return State(sync, seq, seq, Snap(seq, crm, "salesforce"), Snap(seq, ma, "hubspot"))  # type: ignore[arg-type]


def sync(number: int, start: int, end: int, *, exit_code: int | None = 0, ended: str = "exited") -> SyncSummary:
    return SyncSummary(number, exit_code, ended, 0.1, start, end, 0, 0, 0)


def padded(*entries: Any, length: int = 100) -> tuple[Any, ...]:
    """Return a journal in which each entry stands at its own sequence, and marks stand between."""
    found: list[Any] = [SimpleNamespace(seq=n) for n in range(length)]
    for entry in entries:
        found[entry.seq] = entry
    return tuple(found)


def evidence(
    people: tuple[Any, ...] = (), links: tuple[Link, ...] = (), acts: tuple[Act, ...] = (), states: tuple[State, ...] = (),
    befores: tuple[State, ...] = (), syncs: tuple[SyncSummary, ...] = (), entries: tuple[Any, ...] = (),
    objects: tuple[ObjectMapping, ...] = (), **more: Any,
) -> Evidence:
    objects = objects or (mapped(),)
    mapping = SimpleNamespace(objects=objects, of=lambda name: next((o for o in objects if o.object == name), None))
    dialects = {Side.CRM: Tongue("salesforce"), Side.MA: Tongue("hubspot")}
    return Evidence(
        "test", mapping, {p.key: p for p in people}, links, acts, states or (state(0, 0),), befores, syncs, (), entries,  # type: ignore[arg-type]
        more.pop("dialects", dialects), **more,
    )


def link(record_id: str, who: str, side: Side = Side.CRM, name: str = "contact") -> Link:
    return Link(side, name, ("Contact" if name == "contact" else name.title()) if side is Side.CRM else "contacts", record_id, who)


# One person, linked on both sides.
LINKED = (link("003A", "p1"), link("501", "p1", Side.MA))
