"""Every place of every right body, query and path holds, in turn, each kind of thing that does not belong there."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from typing import Any
from xml.sax.saxutils import escape

from syncproof_mocks.dialect import Dialect
from syncproof_mocks.server import MockApp

from . import invariants
from .furniture import PARAMS, RIGHT, Furniture, encoded
from .recipes import FORM, Right
from .requests import by_id
from .rounds import Seen, check_all_or_nothing, check_answer
from .sending import Sent, exchange
from .words import quote

WRONG: tuple[Any, ...] = ([], {}, [[]], [{"a": []}], {"a": {}}, None, True, 0, -1, 1.5, 10**30, "", " ", "x", "\x00", "²", "9" * 30, "9" * 5000, "\ud800")
WRONG_TEXTS = ("", " ", "x", "\x00", "²", "-1", "9" * 30, "9" * 5000, "[]", "null", "%", "'", "1.5", "\r\n")
_PARAMETER = re.compile(r"{(\w+)}")
# A text between two tags, or a cell.
_CELL = re.compile(r"(?<=[>,\n])[^<>,\n]+(?=[<,\n])")
# A fresh org after so many requests.
ROUND = 200


def places(value: Any, put: Callable[[Any], Any]) -> Iterator[Callable[[Any], Any]]:
    """Yield for every place in ``value``, itself included, a function that returns the whole with something else there."""
    yield put
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inside:

        def put_inside(new: Any, key: Any = key) -> Any:
            made = value.copy()
            made[key] = new
            return put(made)

        yield from places(item, put_inside)


class Wrong:
    """The wrong requests of one operation, each made when it is its turn: what it names is filled in for the org of that moment."""

    def __init__(self, furniture: Furniture, operation_id: str) -> None:
        vendor = furniture.dialect.name
        self.furniture = furniture
        self.draw = random.Random(1)
        self.op = by_id(furniture.dialect)[operation_id][0]
        self.right = RIGHT[vendor].get(operation_id, Right())
        self.params = {**PARAMS[vendor], **self.right.params}
        self.first: Any = self.right.form if self.right.form is not None else self.right.bodies[0] if self.right.bodies else None
        self.kind = FORM if self.right.form is not None else self.right.kind

    def all(self) -> Iterator[Sent]:
        """Yield them: wrong bodies, wrong arguments, wrong segments of the path."""
        for body in self.right.bodies:
            if isinstance(body, str):
                yield from (self.sent(self._raw(made)) for made in self._wrong_texts(body))
            else:
                yield from (self.sent(json.dumps(self._filled(put(wrong))).encode()) for put in places(body, lambda new: new) for wrong in WRONG)
        right = self._right_body
        for key in self.right.form or ():
            yield from (self.sent(self._raw({**(self.right.form or {}), key: text})) for text in WRONG_TEXTS)
        for at, (name, _) in enumerate(self.right.query):
            yield from (self.sent(right(), query=(*self.right.query[:at], (name, text), *self.right.query[at + 1 :])) for text in WRONG_TEXTS)
        for name in _PARAMETER.findall(self.op.path):
            yield from (self.sent(right(), params={**self.params, name.lower(): text}) for text in WRONG_TEXTS if text)

    def _wrong_texts(self, body: str) -> Iterator[str]:
        for found in _CELL.finditer(body):
            for text in WRONG_TEXTS:
                yield body[: found.start()] + (escape(text) if body.startswith("<") else text) + body[found.end() :]

    def _filled(self, value: Any) -> Any:
        return self.furniture.filled(value, self.draw)

    def _raw(self, body: Any) -> bytes:
        return b"" if body is None else encoded(self._filled(body), self.kind)

    def _right_body(self) -> bytes:
        return self._raw(self.first)

    def sent(self, body: bytes, *, query: tuple[tuple[str, str], ...] | None = None, params: dict[str, str] | None = None) -> Sent:
        """Return the request with a body, and with another query or other segments than the right ones."""
        right = params or self.params
        parts = [quote(str(self._filled(right[s[1:-1].lower()])), "@") if s.startswith("{") else s for s in self.op.path.split("/") if s]
        pairs = "&".join(f"{k}={quote(str(self._filled(v)))}" for k, v in (self.right.query if query is None else query))
        headers = [("host", "127.0.0.1:1"), ("authorization", f"Bearer {self.furniture.known['token']}")]
        headers += [("content-type", self.kind)] if self.first is not None else []
        headers += [(k, str(self._filled(v))) for k, v in self.right.headers]
        return Sent(self.op.method, f"/{'/'.join(parts)}?{pairs}", tuple(headers), body)


def sweep(make: Callable[[], Dialect], seen: Seen, *, only: str = "", broken: Callable[[str], None] | None = None) -> None:
    """Send all of them, to a fresh org every `ROUND` requests; without ``broken`` the first failure is raised."""
    app = MockApp(make(), "control")
    furniture = Furniture(app)
    wrong = ((i, request) for i in by_id(app.dialect) if i.startswith(only) for request in Wrong(furniture, i).all())
    for operation_id, request in wrong:
        at = len(app.dialect.journal)
        status, _, body = exchange(app, request)
        seen.requests += 1
        seen.answers[status] += 1
        try:
            check_answer(app.dialect, request, at, status, body)
            check_all_or_nothing(app.dialect, operation_id, request, at, body, seen)
        except AssertionError as error:
            if broken is None:
                raise
            broken(str(error))
        if seen.requests % ROUND == 0:
            invariants.check(app.dialect)
            app.become(make())
            furniture.dialect = app.dialect
            furniture.known = {k: str(v) for k, v in app.dialect.credentials().items()}
            furniture.made.clear()
    invariants.check(app.dialect)
