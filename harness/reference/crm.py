"""Salesforce through simple-salesforce: reads in pages of 2000, writes in collections of 200, retries what may heal."""

from __future__ import annotations

import html
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceError

from .bugs import Bugs
from .conversion import epoch_ms
from .failures import AuthorisationError, ConnectorError, RefusedError, TransientError
from .renewing import RefreshGrant, Renewal
from .retrying import Patience, retry_after
from .weather_mistakes import HURRIED_S

Row = dict[str, Any]
T = TypeVar("T")

COLLECTION = 200
_TIMEOUT_S = 30.0
_SYSTEM = ("Id", "IsDeleted", "CreatedDate", "LastModifiedDate", "SystemModstamp")
_BY_KIND = {
    "Account": ("MasterRecordId",),
    "Contact": ("MasterRecordId",),
    "Lead": ("MasterRecordId", "IsConverted", "ConvertedContactId"),
}
_HEALS = {"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "REQUEST_LIMIT_EXCEEDED", "QUERY_TIMEOUT"}
# A URL may have 16 kB; a quoted value takes at most three times its length.
_IN_LIST_CHARACTERS = 3_000


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one record of a write: its id, or why it was refused."""

    id: str = ""
    error: ConnectorError | None = None


class _Wire(requests.adapters.HTTPAdapter):
    """Sends what simple-salesforce addresses to https:// in plain http when the instance URL is plain."""

    def __init__(self, plain: bool, renewal: Renewal, patience_s: float) -> None:
        super().__init__()
        self._plain, self._renewal, self._patience_s = plain, renewal, patience_s

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        kwargs["timeout"] = kwargs.get("timeout") or (5, self._patience_s)
        if self._plain:
            # The connection goes to http://, because the client can only say https://.
            request.url = "http" + request.url.removeprefix("https")
        return self._renewal.send(request, lambda signed: super(_Wire, self).send(signed, *args, **kwargs))


class SalesforceSide:
    """The CRM. Every method raises AuthorisationError, TransientError (patience is over) or RefusedError."""

    def __init__(
        self, url: str, token: str, patience: Patience, bugs: Bugs | None = None, grant: RefreshGrant | None = None
    ) -> None:
        self._patience = patience
        self._bugs = bugs or Bugs()
        self._headers: Mapping[str, str] = {}
        self._stamp_ms = 0
        self._started_ms: int | None = None
        session = requests.Session()
        plain = urlsplit(url).scheme == "http"
        # On plain http there is no proxy to ask; looking for one costs more than the request.
        session.trust_env = not plain
        patience_s = HURRIED_S if self._bugs.on("answers_not_waited_for") else _TIMEOUT_S
        session.mount("https://", _Wire(plain, Renewal(url, grant, self._bugs), patience_s))
        session.hooks["response"].append(self._note)
        self._sf = Salesforce(instance_url=url, session_id=token, session=session, object_pairs_hook=dict)

    def _note(self, response: Any, *_: Any, **__: Any) -> None:
        self._headers = response.headers
        self._started_ms = self._started_ms or server_time_ms(response.headers)

    @property
    def clock_ms(self) -> int | None:
        """Return the time of the last answer by Salesforce's own clock, or None."""
        return server_time_ms(self._headers)

    def start_reading(self) -> None:
        """Begin to note the time, for `reading_since_ms`."""
        self._started_ms = None
        self._stamp_ms = 0

    @property
    def reading_since_ms(self) -> int | None:
        """Return when reading started by Salesforce's own clock; None without a `Date` header."""
        return self._started_ms

    @property
    def stamp_ms(self) -> int:
        """Return the latest `SystemModstamp` read since `start_reading` (0: none)."""
        return self._stamp_ms

    # -- reading ------------------------------------------------------------------------------------

    def rows(self, kind: str, fields: Iterable[str], since_ms: int | None) -> list[Row]:
        """Return the records changed since ``since_ms``, deleted ones too; without it all living ones."""
        where = "" if since_ms is None else f" WHERE SystemModstamp >= {_moment(since_ms)}"
        return self._query(_select(kind, fields) + where + " ORDER BY Id", deleted=since_ms is not None)

    def binned(self, kind: str, fields: Iterable[str]) -> list[Row]:
        """Return the records in the recycle bin, the losers of merges among them."""
        return self._query(f"{_select(kind, fields)} WHERE IsDeleted = true ORDER BY Id", deleted=True)

    def ids(self, kind: str) -> set[str]:
        """Return the ids of all living records."""
        return {row["Id"] for row in self._query(f"SELECT Id FROM {kind}")}  # noqa: S608 (a kind of the mapping)

    def exists(self, kind: str, record_id: str) -> bool:
        """Tell whether a living record has this id: asked for by itself, not by a query."""
        try:
            self._ask(lambda: self._sf.restful(f"sobjects/{kind}/{record_id}", {"fields": "Id"}))
        except RefusedError as error:
            if error.status != 404:
                raise
            return False
        return True

    def by_values(self, kind: str, fields: Iterable[str], field: str, values: Iterable[str]) -> list[Row]:
        """Return the living records whose ``field`` is one of ``values`` (text, compared as Salesforce does)."""
        found: list[Row] = []
        for part in _in_lists(values, self._literal(), most=self._most_in_a_list()):
            found += self._query(f"{_select(kind, fields)} WHERE {field} IN ({part}) ORDER BY Id", by_hand=self._bugs.on("plus_read_as_blank"))
        return found

    def _literal(self) -> Callable[[str], str]:
        """Return what makes a text of people's a SOQL literal."""
        if self._bugs.on("quotes_not_escaped"):
            return lambda value: f"'{value}'"
        if self._bugs.on("apostrophe_as_entity"):
            return lambda value: quoted(html.escape(value, quote=True))
        return quoted

    def by_ids(self, kind: str, fields: Iterable[str], ids: Iterable[str]) -> dict[str, Row]:
        """Return the records with these ids, deleted ones too, by id; one that is gone for good is absent."""
        found: list[Row] = []
        for part in _in_lists(ids, most=self._most_in_a_list()):
            found += self._query(f"{_select(kind, fields)} WHERE Id IN ({part})", deleted=True)
        return {row["Id"]: row for row in found}

    def _most_in_a_list(self) -> int:
        return sys.maxsize if self._bugs.on("ids_in_one_query") else _IN_LIST_CHARACTERS

    def edits(self, kind: str, ids: Iterable[str], fields: Iterable[str]) -> dict[tuple[str, str], int]:
        """Return when each tracked field was last edited: (record id, field) -> epoch milliseconds."""
        parent = f"{kind}Id"
        names = ", ".join(f"'{name}'" for name in sorted(set(fields)))
        found: dict[tuple[str, str], int] = {}
        for part in _in_lists(ids):
            query = (
                f"SELECT {parent}, Field, CreatedDate FROM {kind}History "  # noqa: S608 (ids and the mapping's names)
                f"WHERE {parent} IN ({part}) AND Field IN ({names})"
            )
            for row in self._query(query):
                key = row[parent], row["Field"]
                found[key] = max(found.get(key, 0), epoch_ms(row["CreatedDate"]) or 0)
        return found

    def fields(self, kind: str) -> set[str]:
        """Return the fields of an object that this user may see."""
        about = self._ask(lambda: self._sf.restful(f"sobjects/{kind}/describe"))
        return {str(field["name"]) for field in about["fields"]}

    def users(self) -> list[Row]:
        """Return the users: Id, Email, IsActive."""
        return self._query("SELECT Id, Email, IsActive FROM User")

    def own_user_id(self) -> str:
        """Return the id of the user the token belongs to."""
        return str((self._ask(lambda: self._sf.oauth2("userinfo")) or {}).get("user_id", ""))

    def _query(self, soql: str, *, deleted: bool = False, by_hand: bool = False) -> list[Row]:
        if by_hand:
            # As the vendor's examples show it, and without a thought for a plus in the text itself (a bug).
            page = self._ask(lambda: self._sf.restful(f"query/?q={soql.replace(' ', '+')}"))
        else:
            page = self._ask(lambda: self._sf.query(soql, include_deleted=deleted))
        rows: list[Row] = list(page["records"])
        while not page["done"]:
            following = page["nextRecordsUrl"]
            page = self._ask(lambda: self._sf.query_more(following, identifier_is_url=True))  # noqa: B023 (called now)
            rows += page["records"]
        for row in rows:
            row.pop("attributes", None)
            self._stamp_ms = max(self._stamp_ms, epoch_ms(row.get("SystemModstamp")) or 0)
        return rows

    # -- writing ------------------------------------------------------------------------------------

    def create(self, kind: str, records: Sequence[Row]) -> Iterator[list[Result]]:
        """Create records; yield the results of each collection in the order of ``records``.

        An answer that was lost is a TransientError with ``ambiguous``: look before trying again.
        """
        for start in range(0, len(records), COLLECTION):
            part = [{"attributes": {"type": kind}, **record} for record in records[start:start + COLLECTION]]
            yield self._collection("POST", part, repeatable=self._bugs.on("answers_not_waited_for"))

    def update(self, kind: str, records: Sequence[tuple[str, Row]]) -> Iterator[list[Result]]:
        """Change fields of records; yield the results of each collection in the order of ``records``."""
        for start in range(0, len(records), COLLECTION):
            chunk = records[start:start + COLLECTION]
            yield self._collection("PATCH", [{"attributes": {"type": kind}, "id": i, **fields} for i, fields in chunk])

    def delete(self, ids: Sequence[str]) -> None:
        """Move records to the recycle bin; one that is there already is passed over."""
        for start in range(0, len(ids), COLLECTION):
            chunk = ",".join(ids[start:start + COLLECTION])
            self._ask(lambda: self._sf.restful("composite/sobjects", {"ids": chunk, "allOrNone": "false"}, "DELETE"))  # noqa: B023

    def _collection(self, method: str, records: list[Row], *, repeatable: bool = True) -> list[Result]:
        results: dict[int, Result] = {}
        left = list(range(len(records)))

        def attempt() -> None:
            body = json.dumps({"allOrNone": False, "records": [records[i] for i in left]})
            answers = self._translated(lambda: self._sf.restful("composite/sobjects", method=method, data=body))
            for at, answer in zip(list(left), answers or [], strict=True):
                results[at] = _result(answer, self._bugs)
            left[:] = [i for i in left if isinstance(results[i].error, TransientError)]
            if left:
                # Only the locked rows go again; the others are done.
                raise TransientError("UNABLE_TO_LOCK_ROW")

        try:
            self._patience.call(attempt, repeatable=repeatable)
        except (TransientError, RefusedError) as error:
            return [results.get(i, Result(error=error)) for i in range(len(records))]
        return [results[i] for i in range(len(records))]

    # -- asking -------------------------------------------------------------------------------------

    def _ask(self, call: Callable[[], Any]) -> Any:
        return self._patience.call(lambda: self._translated(call))

    def _translated(self, call: Callable[[], T]) -> T:
        try:
            return call()
        except SalesforceError as error:
            raise self._translate(error) from None
        except requests.ConnectTimeout as error:
            raise TransientError(f"Salesforce: {type(error).__name__}") from None
        except (requests.RequestException, json.JSONDecodeError) as error:
            # The request may have arrived: the connection broke, or the answer was cut off.
            raise TransientError(f"Salesforce: {type(error).__name__}", ambiguous=True) from None

    def _translate(self, error: SalesforceError) -> ConnectorError:
        status = int(getattr(error, "status", 0) or 0)
        code, fields = _complaint(getattr(error, "content", None))
        if status == 401 or code in ("API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED"):
            return AuthorisationError(f"Salesforce does not accept the token: {code or status}")
        if status == 429 or status >= 500 or code in _HEALS:
            return TransientError(f"Salesforce answered {status} {code}".strip(), ambiguous=status in (500, 502, 504),
                                  retry_after_s=retry_after(self._headers.get("Retry-After")),
                                  for_today="TotalRequests Limit" in str(getattr(error, "content", "")))
        return RefusedError(code or f"HTTP {status}", fields, status=status)


def server_time_ms(headers: Mapping[str, str]) -> int | None:
    """Return the `Date` header in epoch milliseconds, or None."""
    try:
        return round(parsedate_to_datetime(headers["Date"]).timestamp() * 1000)
    except (KeyError, ValueError, TypeError):
        return None


def quoted(value: str) -> str:
    """Return a SOQL string literal."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    return f"'{escaped}'"


def _moment(ms: int) -> str:
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _select(kind: str, fields: Iterable[str]) -> str:
    names = dict.fromkeys([*_SYSTEM, *_BY_KIND.get(kind, ()), *fields])
    return f"SELECT {', '.join(names)} FROM {kind}"  # noqa: S608 (names of the mapping)


def _in_lists(
    values: Iterable[str], literal: Callable[[str], str] = quoted, *, most: int = _IN_LIST_CHARACTERS
) -> Iterator[str]:
    part: list[str] = []
    length = 0
    for value in sorted(set(values)):
        text = literal(value)
        if part and length + len(text) > most:
            yield ",".join(part)
            part, length = [], 0
        part.append(text)
        length += len(text) + 1
    if part:
        yield ",".join(part)


def _complaint(content: Any) -> tuple[str, tuple[str, ...]]:
    """Return code and fields of an error body; its text may quote personal data and is left out."""
    if isinstance(content, bytes | str):
        try:
            content = json.loads(content)
        except ValueError:
            return "", ()
    first = content[0] if isinstance(content, list) and content else content
    if not isinstance(first, dict):
        return "", ()
    return str(first.get("errorCode") or first.get("statusCode") or ""), tuple(first.get("fields") or ())


def _result(answer: Mapping[str, Any], bugs: Bugs) -> Result:
    if answer.get("success"):
        return Result(str(answer.get("id", "")))
    errors = answer.get("errors") or [{}]
    code = str(errors[0].get("statusCode") or "UNKNOWN")
    fields = tuple(dict.fromkeys(name for e in errors for name in e.get("fields") or ()))
    if code in _HEALS and not (code == "UNABLE_TO_LOCK_ROW" and bugs.on("lock_not_retried")):
        return Result(error=TransientError(code))
    return Result(error=RefusedError(code, fields))
