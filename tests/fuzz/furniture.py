"""What an org of the fuzz holds besides records: made over the wire, once per org, when a request first asks for it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
from syncproof_mocks.dialect import Dialect
from syncproof_mocks.server import MockApp

from . import recipes_hubspot, recipes_salesforce
from .recipes import FORM, Making, Right
from .sending import Sent, exchange

MAKINGS: dict[str, dict[str, Making]] = {"hubspot": recipes_hubspot.MAKINGS, "salesforce": recipes_salesforce.MAKINGS}
PARAMS: dict[str, dict[str, str]] = {"hubspot": recipes_hubspot.PARAMS, "salesforce": recipes_salesforce.PARAMS}
RIGHT: dict[str, dict[str, Right]] = {"hubspot": recipes_hubspot.RIGHT, "salesforce": recipes_salesforce.RIGHT}
_NAME = re.compile(r"\{(int:)?(\w+)\}")


class Furniture:
    """Fills in what texts name, for one org; ``draw`` (a source of chance) chooses records and numbers."""

    def __init__(self, app: MockApp) -> None:
        self.app = app
        self.dialect: Dialect = app.dialect
        self.known = {k: str(v) for k, v in self.dialect.credentials().items()}
        self.makings = MAKINGS[self.dialect.name]
        # What has been made; an empty text could not be.
        self.made: dict[str, str] = {}

    def filled(self, value: Any, draw: Any) -> Any:
        """Return ``value`` with every text in it filled in."""
        if isinstance(value, dict):
            return {k: self.filled(v, draw) for k, v in value.items()}
        if isinstance(value, list):
            return [self.filled(v, draw) for v in value]
        return self.text(value, draw) if isinstance(value, str) else value

    def text(self, value: str, draw: Any) -> Any:
        """Return a text filled in (a number where it asks for one). Names that nobody knows stay as they are."""
        if "TOKEN" in value:
            value = value.replace("TOKEN", self.known["token"])
        if "{" not in value:
            return value
        number = value.startswith("{int:")
        found = _NAME.sub(lambda match: self._named(match, draw), value)
        return int(found) if number and found.isdecimal() and len(found) < 19 else found

    def _named(self, match: re.Match[str], draw: Any) -> str:
        name = match.group(2)
        if name == "n":
            return str(draw.randrange(10**9))
        if name in self.known:
            return self.known[name]
        if name in self.dialect.store.kinds and self.dialect.store.size(name):
            rows = list(self.dialect.store.rows(name)) or list(self.dialect.store.rows(name, deleted=True))
            return str(draw.choice(rows).id)
        if name in self.makings:
            return self.get(name, draw)
        if name == "subscription":
            return str(draw.choice([t.id for t in self.dialect.subscription_types]))  # type: ignore[attr-defined]
        return str(draw.choice(recipes_salesforce.QUERIES)) if name == "query" else match.group()

    def get(self, name: str, draw: Any) -> str:
        """Return the name of something that is made now if it has not been made."""
        if name not in self.made:
            self.made[name] = "0"  # what needs itself, or cannot be made in this state
            self.made[name] = self.make(name, draw)
        return self.made[name]

    def make(self, name: str, draw: Any) -> str:
        """Make something anew and return what it is called in the answer, "0" when it is refused."""
        making = self.makings[name]
        body = self.filled(making.body, draw)
        sent = Sent(making.method, self.text(making.path, draw), self._headers(making.headers, making.kind if body is not None else "", draw),
                    b"" if body is None else encoded(body, making.kind))  # fmt: skip
        status, headers, answer = exchange(self.app, sent)
        if status >= 400:
            return "0"
        if making.told.startswith("$"):
            return str(_walk(orjson.loads(answer), making.told[1:]))
        found = re.search(making.told, f"{headers.get('location', '')} {answer.decode('utf-8', 'replace')}")
        return next((g for g in found.groups() if g is not None), "0") if found else "0"

    def _headers(self, more: tuple[tuple[str, str], ...], kind: str, draw: Any) -> tuple[tuple[str, str], ...]:
        found = [("host", "127.0.0.1:1"), ("authorization", f"Bearer {self.known['token']}")]
        if kind:
            found.append(("content-type", kind))
        return (*found, *((name, str(self.text(value, draw))) for name, value in more))


def encoded(body: Any, kind: str) -> bytes:
    """Return a body in the form that its content type says."""
    if isinstance(body, Mapping) and kind == FORM:
        return urlencode(body).encode()
    # Not orjson, which knows no numbers beyond 64 bits.
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def _walk(found: Any, path: str) -> Any:
    for step in path.split("."):
        found = found[int(step)] if isinstance(found, list) else found[step]
    return found
