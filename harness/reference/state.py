"""What a run remembers for the next one, in SQLite: links, agreed values, cursors, tombstones, parked refusals."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .bugs import Bugs
from .conversion import Neutral
from .failures import ConfigurationError
from .hearing import Heard
from .merging import UNKNOWN, Base

_TABLES = """
create table if not exists cursor (name text primary key, ms integer not null);
create table if not exists pair (family text not null, object text not null, crm_id text primary key,
                                 ma_id text not null);
create index if not exists pair_of_ma on pair (family, ma_id);
create table if not exists base (crm_id text not null, field text not null, value text not null,
                                 primary key (crm_id, field)) without rowid;
create table if not exists seen (side text not null, id text not null, mark text not null,
                                 primary key (side, id)) without rowid;
create table if not exists tomb (kind text not null, key text not null, primary key (kind, key)) without rowid;
create table if not exists parked (side text not null, id text not null, field text not null, value text not null,
                                   reason text not null, primary key (side, id, field)) without rowid;
create table if not exists retry (side text not null, id text not null, primary key (side, id)) without rowid;
"""


@dataclass(frozen=True, slots=True)
class Link:
    """One record of the CRM and one of the MA that are the same person or company."""

    object: str
    crm_id: str
    ma_id: str


class State:
    """The memory of one connector. Changes last once `saving` ends or `save` is called."""

    def __init__(self, folder: Path, bugs: Bugs | None = None) -> None:
        """Open or make the state in ``folder``. Raises ConfigurationError when it is not usable."""
        self._bugs = bugs or Bugs()
        self.heard = Heard()  # for this run only: what was heard and not dealt with, polling finds
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(folder / "state.sqlite3", timeout=5)
            # A killed process loses nothing in WAL; only a power cut needs the slower setting.
            self._db.execute("pragma journal_mode=wal")
            self._db.execute("pragma synchronous=normal")
            self._db.executescript(_TABLES)
        except (OSError, sqlite3.Error) as error:
            raise ConfigurationError(f"STATE_DIR {folder} is not usable: {type(error).__name__}: {error}") from error

    def close(self) -> None:
        """Close the file; what was not saved is lost."""
        self._db.close()

    def save(self) -> None:
        """Make everything so far last."""
        self._db.commit()

    def saving(self) -> AbstractContextManager[Any]:
        """Return a context: what is done inside lasts as a whole or not at all."""
        return self._db

    # -- cursors ------------------------------------------------------------------------------------

    def cursor(self, name: str) -> int | None:
        """Return where the last complete run began to read, in server milliseconds, or None."""
        row = self._db.execute("select ms from cursor where name = ?", (name,)).fetchone()
        return row[0] if row else None

    def set_cursor(self, name: str, ms: int) -> None:
        """Keep where this run began to read."""
        self._db.execute("insert or replace into cursor values (?, ?)", (name, ms))

    # -- links --------------------------------------------------------------------------------------

    def link_of_crm(self, crm_id: str) -> Link | None:
        """Return the link of a CRM record, or None."""
        row = self._db.execute(f"select object, crm_id, ma_id from pair where {self._is_record}", (crm_id,)).fetchone()  # noqa: S608
        return Link(*row) if row else None

    @property
    def _is_record(self) -> str:
        """Return the condition under which an id is a record's; letter case tells Salesforce ids apart."""
        if self._bugs.on("ids_without_case"):
            return "substr(crm_id, 1, 15) = substr(?, 1, 15) collate nocase"
        return "crm_id = ?"

    def link_of_ma(self, family: str, ma_id: str) -> Link | None:
        """Return the link of an MA record, or None."""
        row = self._db.execute(
            "select object, crm_id, ma_id from pair where family = ? and ma_id = ?", (family, ma_id)
        ).fetchone()
        return Link(*row) if row else None

    def links_of_ma(self, family: str, ma_id: str) -> list[Link]:
        """Return the links of an MA record: one, or none."""
        rows = self._db.execute("select object, crm_id, ma_id from pair where family = ? and ma_id = ?", (family, ma_id))
        return [Link(*row) for row in rows]

    def links(self, family: str) -> list[Link]:
        """Return all links of a family of objects."""
        rows = self._db.execute("select object, crm_id, ma_id from pair where family = ? order by crm_id", (family,))
        return [Link(*row) for row in rows]

    def link(self, family: str, object_name: str, crm_id: str, ma_id: str, *, alone: bool = True) -> None:
        """Link two records; earlier links of either end, and what they agreed on, are forgotten.

        ``alone`` False leaves other links of the MA record as they are: no correct connector asks for that.
        """
        old = self.link_of_ma(family, ma_id) if alone else None
        if old is not None and old.crm_id != crm_id:
            self.unlink(old.crm_id)
        if self._bugs.on("ids_without_case"):
            self._db.execute(f"delete from pair where {self._is_record}", (crm_id,))  # noqa: S608
        if self._bugs.on("fifteen_character_ids"):
            crm_id = crm_id[:15]
        self._db.execute("insert or replace into pair values (?, ?, ?, ?)", (family, object_name, crm_id, ma_id))

    def unlink(self, crm_id: str) -> None:
        """Forget a link, what it agreed on and what was refused for it."""
        old = self.link_of_crm(crm_id)
        if old is not None:
            self._db.execute("delete from parked where id like ? or id like ?", (f"%/{old.crm_id}", f"%/{old.ma_id}"))
        self._db.execute("delete from pair where crm_id = ?", (crm_id,))
        self._db.execute("delete from base where crm_id = ?", (crm_id,))

    # -- agreed values ------------------------------------------------------------------------------

    def bases(self, crm_id: str) -> dict[str, Neutral]:
        """Return what both sides agreed on, by field; a field they never agreed on is absent."""
        rows = self._db.execute("select field, value from base where crm_id = ?", (crm_id,))
        return {name: _neutral(json.loads(text)) for name, text in rows}

    def agree(self, crm_id: str, values: Mapping[str, Base]) -> None:
        """Keep agreed values; UNKNOWN forgets one."""
        known = [(crm_id, name, json.dumps(v)) for name, v in values.items() if v is not UNKNOWN]
        self._db.executemany("insert or replace into base values (?, ?, ?)", known)
        gone = [(crm_id, name) for name, v in values.items() if v is UNKNOWN]
        self._db.executemany("delete from base where crm_id = ? and field = ?", gone)

    # -- records already dealt with -----------------------------------------------------------------

    def marks(self, side: str) -> dict[str, str]:
        """Return what each record of one side looked like when it was last dealt with."""
        return dict(self._db.execute("select id, mark from seen where side = ?", (side,)))

    def set_marks(self, side: str, marks: Iterable[tuple[str, str]]) -> None:
        """Keep what records looked like."""
        self._db.executemany("insert or replace into seen values (?, ?, ?)", ((side, i, m) for i, m in marks))

    def guard(self, side: str, record_id: str) -> None:
        """Expect one change of a record to be the echo of what was just written to it."""
        self._db.execute("insert or replace into seen values (?, ?, ?)", (f"guard {side}", record_id, ""))

    def guarded(self, side: str, record_ids: Iterable[str]) -> frozenset[str]:
        """Return those of the records whose next change is expected to be an echo, and expect none of them any more."""
        waiting = {row[0] for row in self._db.execute("select id from seen where side = ?", (f"guard {side}",))}
        found = frozenset(waiting.intersection(record_ids))
        self._db.executemany("delete from seen where side = ? and id = ?", ((f"guard {side}", i) for i in found))
        return found

    def retries(self, side: str) -> set[str]:
        """Return the records whose delivery failed for a while and must be looked at again."""
        return {row[0] for row in self._db.execute("select id from retry where side = ?", (side,))}

    def set_retry(self, side: str, record_id: str, wanted: bool) -> None:
        """Ask for another look at a record in the next run, or say that it is not needed any more."""
        if wanted:
            self._db.execute("insert or ignore into retry values (?, ?)", (side, record_id))
        else:
            self._db.execute("delete from retry where side = ? and id = ?", (side, record_id))

    # -- the dead -----------------------------------------------------------------------------------

    def bury(self, kind: str, key: str) -> None:
        """Remember that something was deleted or erased and must not be created again."""
        self._db.execute("insert or ignore into tomb values (?, ?)", (kind, key))

    def dig_up(self, kind: str, key: str) -> None:
        """Forget a burial: somebody brought the record back."""
        self._db.execute("delete from tomb where kind = ? and key = ?", (kind, key))

    def is_buried(self, kind: str, key: str) -> bool:
        """Tell whether `bury` was called."""
        return self._db.execute("select 1 from tomb where kind = ? and key = ?", (kind, key)).fetchone() is not None

    # -- refusals -----------------------------------------------------------------------------------

    def parked(self, side: str, record_id: str) -> dict[str, tuple[str, str]]:
        """Return field -> (value, reason) of what a system refused and would refuse again."""
        rows = self._db.execute("select field, value, reason from parked where side = ? and id = ?", (side, record_id))
        return {name: (value, reason) for name, value, reason in rows}

    def park(self, side: str, record_id: str, field: str, value: str, reason: str) -> None:
        """Keep a refusal, so that the same value is not sent again."""
        self._db.execute("insert or replace into parked values (?, ?, ?, ?, ?)", (side, record_id, field, value, reason))

    def unpark(self, side: str, record_id: str, fields: Iterable[str]) -> None:
        """Forget refusals."""
        self._db.executemany(
            "delete from parked where side = ? and id = ? and field = ?", ((side, record_id, f) for f in fields)
        )

    def all_parked(self) -> list[tuple[str, str, str, str]]:
        """Return every parked refusal: side, record, field, reason."""
        return list(self._db.execute("select side, id, field, reason from parked order by side, id, field"))


def pseudonym(text: str) -> str:
    """Return a stand-in for personal data by which it can be recognised but not read."""
    return hashlib.sha256(text.encode()).hexdigest()


def mark_of(row: Mapping[str, Any]) -> str:
    """Return a short text that changes whenever the record does."""
    text = json.dumps(row, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=10).hexdigest()


def _neutral(value: Any) -> Neutral:
    return tuple(value) if isinstance(value, list) else value
