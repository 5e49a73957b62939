"""Requests that nobody should send, made from a number: the same number and org, the same request.

Half of them follow the recipe of their operation and have a few things changed (often nothing: most code lies behind the
checks); the other half are put together from the paths the mock declares, the words its own code looks for, and bodies
that are right for some operation nearby.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from syncproof_mocks.dialect import Dialect
from syncproof_mocks.journal import Exchange, Row
from syncproof_mocks.wire import Operation

from .bodies import BODIES
from .furniture import PARAMS, RIGHT, Furniture
from .recipes import FORM, Right
from .sending import Sent
from .words import CONTENT_TYPES, HEADERS, NASTY, NUMBERS, QUERIES, folder_words, quote, words_of

_IDS = re.compile(rb'"(?:id|listId|clientId|guid|statusId|jobId|vid|engagementId)":"?([\w-]+)')
_SOME = Right()
_BY_ID: dict[str, dict[str, list[Operation]]] = {}
# What stands between the words of XML, CSV and SOQL.
_TOKENS = re.compile(r"([<>,\s\"()'={}:]+)")
_MOST = 20_000
_METHODS = ("PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW")


def by_id(dialect: Dialect) -> dict[str, list[Operation]]:
    """Return the operations of a vendor with all their addresses (dated twins)."""
    found = _BY_ID.get(dialect.name)
    if found is None:
        found = _BY_ID.setdefault(dialect.name, {})
        for operation in dialect.router.operations:
            found.setdefault(operation.id, []).append(operation)
    return found


def some_operation(dialect: Dialect, draw: random.Random) -> Operation:
    """Return an operation; one with many addresses is as likely as one with a single one."""
    operations = by_id(dialect)
    return draw.choice(operations[draw.choice(tuple(operations))])


class Maker:
    """Makes requests for one org in the state it is in now."""

    def __init__(self, furniture: Furniture, operation: Operation, draw: random.Random) -> None:
        self.furniture = furniture
        self.dialect = furniture.dialect
        self.operation = operation
        self.draw = draw
        self.right = RIGHT[self.dialect.name].get(operation.id, _SOME)
        self.source = operation.handler.__code__.co_filename
        self.folder = str(Path(__file__).parents[2] / "mocks" / self.dialect.role / self.dialect.name)

    def text(self, value: str) -> str:
        """Return a text of a recipe filled in."""
        return str(self.furniture.text(value, self.draw))

    # -- words --------------------------------------------------------------------------------------

    def record_id(self) -> str:
        """Return the id of some record, often changed a little."""
        row = self.some_row()
        text = row.id if row is not None else "003000000000001AAA"
        twist = self.draw.randrange(8)
        return {0: text[:15], 1: text.swapcase(), 2: text + "0"}.get(twist, text)

    def word(self) -> str:
        """Return a text: an id, the name of a kind, a word of the code, or something nasty."""
        pick = self.draw.random()
        if pick < 0.2:
            return self.record_id()
        if pick < 0.35:
            return self.draw.choice(self.dialect.store.kinds)
        if pick < 0.6:
            return self.draw.choice(words_of(self.source))
        if pick < 0.75:
            return self.draw.choice(folder_words(self.folder))
        return self.draw.choice(NASTY)

    def value(self, depth: int = 0) -> Any:
        """Return any JSON value."""
        pick = self.draw.random()
        if pick < 0.45 or depth > 3:
            return self.word()
        if pick < 0.55:
            return self.draw.choice(NUMBERS)
        if pick < 0.65:
            return self.draw.choice((None, True, False))
        if pick < 0.8:
            return [self.value(depth + 1) for _ in range(self.draw.choice((0, 1, 1, 2, 3)))]
        return {self.word(): self.value(depth + 1) for _ in range(self.draw.choice((0, 1, 2, 3)))}

    def some_row(self, about: str = "") -> Row | None:
        """Return a record, living or not; with ``about`` (the name of a parameter) of a kind that sounds like it."""
        kinds = [k for k in self.dialect.store.kinds if self.dialect.store.size(k)]
        near = [k for k in kinds if about and k[:4].lower() in f"{about} {self.operation.path}".lower()]
        kinds = near or kinds
        return self.draw.choice(list(self.dialect.store.rows(self.draw.choice(kinds), deleted=True))) if kinds else None

    def told(self) -> list[str]:
        """Return ids that the latest answers named: of jobs, lists, forms that no record stands for."""
        bodies = (e.response_body[:2000] for e in self.dialect.journal.entries[-40:] if isinstance(e, Exchange) and e.status < 300)
        return [found.decode() for body in bodies for found in _IDS.findall(body)]

    # -- bodies -------------------------------------------------------------------------------------

    def template(self) -> Any:
        """Return a right body for the operation or one nearby, or None; `{id}` in it becomes the id of some record."""
        found = list(self.right.bodies)
        if not found or self.draw.random() < 0.2:
            found = [b for part, bodies in BODIES[self.dialect.name].items() if part in self.operation.path for b in bodies] or found
        return self.furniture.filled(self._with_ids(self.draw.choice(found)), self.draw) if found else None

    def _with_ids(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {k: self._with_ids(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self._with_ids(v) for v in value]
        while isinstance(value, str) and "{id}" in value:
            near = self.some_row("contact") if self.draw.random() < 0.6 else None
            value = value.replace("{id}", near.id if near else self.record_id(), 1)
        return value

    def changed(self, value: Any, depth: int = 0) -> Any:
        """Return ``value`` with one thing in it replaced, removed, doubled or renamed."""
        if isinstance(value, dict) and value and (depth == 0 or self.draw.random() < 0.8):
            key = self.draw.choice(list(value))
            made = dict(value)
            twist = self.draw.randrange(8)
            if twist == 0:
                del made[key]
            elif twist == 1:
                made[self.word()] = made.pop(key)
            elif twist == 2:
                made[self.word()] = self.value()
            else:
                made[key] = self.changed(made[key], depth + 1)
            return made
        if isinstance(value, list) and value and self.draw.random() < 0.8:
            at = self.draw.randrange(len(value))
            twist = self.draw.randrange(5)
            if twist == 0:
                return value[:at] + value[at + 1 :]
            if twist == 1:
                return value + [value[at]] * self.draw.choice((1, 1, 30, 250))
            return [*value[:at], self.changed(value[at], depth + 1), *value[at + 1 :]]
        return self.value()

    def body(self, twists: Sequence[int]) -> tuple[bytes, str]:
        """Return a right body with as many things changed as one of ``twists`` says, and its content type."""
        if self.right.form is not None:
            return self._form(self.right.form, twists), FORM
        template = self.template()
        if isinstance(template, str):
            kind = self.right.kind if self.right.bodies else "text/xml" if template.lstrip().startswith("<") else "text/csv"
            return self._changed_text(template, twists), kind
        if template is None:
            return self._json(self.value()), "application/json"
        for _ in range(self.draw.choice(twists)):
            template = self.changed(template)
        return self._json(template), "application/json"

    def wild(self) -> tuple[bytes, str]:
        """Return a body that is hardly ever right, and some content type."""
        pick = self.draw.random()
        if pick < 0.5:
            return self.body((0, 1, 1, 2, 4))
        if "token" in self.operation.path and pick < 0.8:
            return self._form(self.grant(), (0, 1)), FORM
        if pick < 0.75:
            return self._json(self.value()), "application/json"
        if pick < 0.8:
            return self._form({self.word(): self.word() for _ in range(self.draw.randrange(4))}, (0,)), FORM
        return self._broken(), self.draw.choice(CONTENT_TYPES)

    def grant(self) -> dict[str, str]:
        """Return a token request, right or nearly so."""
        form = {"grant_type": self.draw.choice(("password", "client_credentials", "refresh_token", "authorization_code",
                                                "urn:ietf:params:oauth:grant-type:jwt-bearer"))}  # fmt: skip
        for key in ("client_id", "client_secret", "username", "password", "refresh_token", "assertion", "code", "token", "redirect_uri"):
            if self.draw.random() < 0.9:
                form[key] = self.furniture.known.get(key, "a.b.c") if self.draw.random() < 0.9 else self.word()
        return form

    def _form(self, form: dict[str, str], twists: Sequence[int]) -> bytes:
        made = {k: self.text(v) for k, v in form.items()}
        for _ in range(self.draw.choice(twists)):
            made[self.draw.choice([*made, self.word()])] = self.word()
        return "&".join(f"{quote(k)}={quote(v)}" for k, v in made.items()).encode()

    def _json(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=self.draw.random() < 0.5).encode("utf-8", "surrogatepass")

    def _changed_text(self, text: str, twists: Sequence[int]) -> bytes:
        for _ in range(self.draw.choice(twists)):
            if self.draw.random() < 0.6:
                parts = _TOKENS.split(text)
                at = self.draw.randrange(0, len(parts), 2)
                parts[at] = self.draw.choice((self.word(), self.word(), self.draw.choice(parts[::2]), ""))
                text = "".join(parts)
                continue
            at, to = sorted((self.draw.randrange(len(text) + 1), self.draw.randrange(len(text) + 1)))
            to = min(to, at + 40)
            text = text[:at] + self.draw.choice((self.word(), "", text[at:to] * 2, "<", ">", "&", '"', "\n", ",")) + text[to:]
        return text[:_MOST].encode("utf-8", "replace")

    def _broken(self) -> bytes:
        draw = self.draw
        whole = self._json(self.template() or self.value())
        kinds: Sequence[Callable[[], bytes]] = (
            lambda: b"", lambda: whole[: draw.randrange(len(whole) + 1)], lambda: b"[" * 5000, lambda: b'{"a":' * 3000,
            lambda: bytes(draw.randrange(256) for _ in range(draw.randrange(60))), lambda: whole.decode("utf-8", "replace").encode("utf-16"),
            lambda: b"\xef\xbb\xbf" + whole, lambda: whole + whole, lambda: b"\x1f\x8b\x08" + whole,
            lambda: b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', lambda: b"<a>" * 500,
            lambda: b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--b--', lambda: b"--b\r\n\r\n", lambda: b"NaN", lambda: b'"\\ud800"',
            lambda: b'{"a":1,"a":2}', lambda: b'Id,LastName\n1,2,3\n"',
        )  # fmt: skip
        return draw.choice(kinds)()

    # -- the whole ----------------------------------------------------------------------------------

    def segment(self, name: str, row: Row | None, right: dict[str, str]) -> str:
        """Return what stands for a captured segment; ``right`` has texts for those that are to get past the first look."""
        draw = self.draw
        if name.lower() in right and draw.random() < 0.95:
            return quote(self.text(right[name.lower()]), safe="@")
        if "version" in name and draw.random() < 0.9:
            return draw.choice(("v59.0", "v60.0", "v45.0", "v31.0")) if name == "version" else "59.0"
        if row is not None and draw.random() < 0.6:
            near = {"object": row.kind, "objecttype": row.kind, "id": row.id, "objectid": row.id}
            if name.lower() in near:
                return quote(near[name.lower()])
            told = self.told() if draw.random() < 0.5 else []
            if told:
                return quote(draw.choice(told))
            if name.lower().endswith(("id", "guid", "job", "batch", "vid")):
                return quote((self.some_row(name) or row).id)
        text = self.record_id() if draw.random() < 0.5 else self.word()
        return quote(text, safe=draw.choice(("", "'@:,+")))[:6000]

    def _pairs(self, is_right: bool) -> list[str]:
        draw = self.draw
        pairs = [f"{k}={self._argument(self.text(v))}" for k, v in self.right.query if is_right and draw.random() < 0.97]
        if is_right and draw.random() < 0.7:
            return pairs
        pairs += [f"{quote(self.word()[:2000])}={quote(self.word()[:2000])}" for _ in range(draw.choice((0, 0, 1, 2, 4)))]
        for key, values in QUERIES[self.dialect.name].items():
            if draw.random() < 0.3:
                pairs.append(f"{key}={quote(draw.choice(values) if draw.random() < 0.7 else self.word())}")
        return pairs

    def _argument(self, text: str) -> str:
        # A query is a program; an id is not.
        return quote(self._changed_text(text, (0, 0, 1, 2)).decode() if " " in text else text)

    def request(self) -> Sent:
        """Return the next request. What it names and the org does not have yet is made over the wire meanwhile."""
        draw = self.draw
        is_right = draw.random() < 0.6
        row = self.some_row("contact" if draw.random() < 0.6 else "")
        params = {**PARAMS[self.dialect.name], **self.right.params} if is_right else {}
        if is_right and row is not None and draw.random() < 0.2:
            params |= {"object": row.kind, "objecttype": row.kind, "id": row.id, "objectid": row.id}
        parts = [self.segment(s[1:-1], row, params) if s.startswith("{") else s for s in self.operation.path.split("/") if s]
        path = "/" + "/".join(parts) + ("/" if draw.random() < 0.1 else "")
        pairs = self._pairs(is_right)
        method = self.operation.method if draw.random() < 0.98 else draw.choice(_METHODS)
        body, kind = b"", ""
        if method not in ("GET", "DELETE") or draw.random() < 0.1:
            body, kind = self.body((0, 0, 1, 1, 2)) if is_right else self.wild()
        return Sent(method, path + ("?" + "&".join(pairs) if pairs else ""), tuple(self._headers(kind, is_right)), body)

    def _headers(self, kind: str, is_right: bool) -> list[tuple[str, str]]:
        draw = self.draw
        headers = [("host", "127.0.0.1:1")]
        if draw.random() < 0.98:
            headers.append(("authorization", f"Bearer {self.furniture.known['token']}"))
        if kind:
            headers.append(("content-type", kind if draw.random() < (0.97 if is_right else 0.85) else draw.choice(CONTENT_TYPES)))
        headers += [(name, self.text(value)) for name, value in self.right.headers if is_right or draw.random() < 0.5]
        for name, values in HEADERS.items():
            if draw.random() < (0.02 if is_right else 0.08):
                headers.append((name, draw.choice(values) if draw.random() < 0.6 else self.word().replace("\n", "").encode("utf-8", "replace").decode("latin-1")))
        return headers
