"""Connectors that are ideal but for one deed, and small worlds for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncproof.drivers import Ended
from syncproof.mapping.grammar import Side
from syncproof.model import ScenarioResult
from syncproof.sandbox import Sandbox
from syncproof_mocks.consent import ConsentKey, ConsentProof
from syncproof_mocks.journal import Exchange
from tests.ideal import Ideal

EVERYTHING = ConsentKey("email", "*")
NEWSLETTER = ConsentKey("email", "newsletter")
Deed = Callable[[Any, Sandbox], None]


class After(Ideal):
    """Ideal, and after sync number ``at`` it does one more thing."""

    def __init__(self, deed: Deed, at: int = 1, **more: Any) -> None:
        super().__init__(**more)
        self.deed, self.at, self.number = deed, at, 0

    def _sync(self, sandbox: Sandbox) -> None:
        super()._sync(sandbox)
        self.number += 1
        if self.number == self.at:
            self.deed(self, sandbox)


class Once(Ideal):
    """Works in the first sync only, and claims success in each."""

    done = False

    def _sync(self, sandbox: Sandbox) -> None:
        if not self.done:
            super()._sync(sandbox)
        self.done = True


class Broken(After):
    """A fault strikes in sync ``at``: the connector does the deed, owns up with exit code 1, and goes on next time."""

    always = False

    def __call__(self, sandbox: Sandbox, number: int) -> Ended:
        before = len(sandbox.world.journal)
        ended = super().__call__(sandbox, number)
        if number != self.at and not self.always:
            return ended
        struck = next(e for e in sandbox.world.journal.entries[before:] if isinstance(e, Exchange))
        struck.fault, struck.status = "server_error", 503
        return Ended(1, "exited", 0.01, b"503")


def world(*steps: Any, **population: Any) -> dict[str, Any]:
    settings = {"total": 4, "placement": "both", "kinds": {"customer": 4}, **population}
    return {"population": settings, "steps": [{s: {}} if isinstance(s, str) else s for s in steps]}


def contact(sandbox: Sandbox, side: Side, index: int = 0) -> Any:
    return list(sandbox.on(side).store.rows("Contact" if side is Side.CRM else "contacts"))[index]


def write(side: Side, values: dict[str, Any], index: int = 0) -> Deed:
    def deed(me: Any, sandbox: Sandbox) -> None:
        row = contact(sandbox, side, index)
        me._write(side, lambda: sandbox.on(side).desk_edit(row.kind, row.id, values))

    return deed


def delete(side: Side, index: int = 0) -> Deed:
    def deed(me: Any, sandbox: Sandbox) -> None:
        row = contact(sandbox, side, index)
        me._write(side, lambda: sandbox.on(side).desk_delete(row.kind, row.id))

    return deed


def say(side: Side, key: ConsentKey, *, grant: bool, proof: ConsentProof | None = None, index: int = 0) -> Deed:
    def deed(me: Any, sandbox: Sandbox) -> None:
        me._say(side, contact(sandbox, side, index), key, grant, proof)

    return deed


def found(result: ScenarioResult, rule: str) -> list[Any]:
    return [f for f in result.findings if f.rule == rule]
