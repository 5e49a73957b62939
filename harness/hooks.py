"""Things that happen while a connector is at work: people edit, somebody pulls the plug, at a chosen answer.

A hook counts the answers it is waiting for and, at the chosen one, does its work *before* that answer leaves: the
connector acts on what it was told, and the world is already another one. The journal tells both.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from syncproof_mocks.dialect import Dialect
from syncproof_mocks.journal import Change
from syncproof_mocks.server import Proceed
from syncproof_mocks.wire import Operation, Request, Response

Moment = Literal["page_served", "write_done", "answered"]


@dataclass
class Hook:
    """Does ``work`` once, at the ``nth`` answer of the awaited sort; an interceptor of a `MockApp`.

    ``moment``: `page_served` is an answer that shows at least one record, `write_done` one whose request changed the
    store, `answered` any. ``operation`` is a pattern over operation ids. ``is_optional``: it may never come
    to that. ``failure`` keeps what ``work`` raised.
    """

    moment: Moment
    operation: str
    nth: int
    work: Callable[[], None]
    is_optional: bool = False
    seen: int = 0
    is_done: bool = False
    failure: BaseException | None = None

    async def __call__(
        self, dialect: Dialect, request: Request, operation: Operation | None, proceed: Proceed
    ) -> Response:
        """Let the vendor answer; do the work before the awaited answer leaves."""
        before = len(dialect.journal)
        response = await proceed()
        if not self.is_done and self._is_awaited(dialect, request, operation, before):
            self.seen += 1
            if self.seen == self.nth:
                self.is_done = True
                await asyncio.to_thread(self._do)
        return response

    def _is_awaited(self, dialect: Dialect, request: Request, operation: Operation | None, before: int) -> bool:
        if operation is None or not operation.is_meant_by(dialect.patterns(self.operation)):
            return False
        if self.moment == "page_served":
            return bool(request.exchange.served)
        if self.moment == "write_done":
            seq = request.exchange.seq
            return any(isinstance(e, Change) and e.exchange == seq for e in dialect.journal.entries[before:])
        return True

    def _do(self) -> None:
        # In a thread of its own: steps ask the servers' thread to act between two requests, and it must be free for that.
        try:
            self.work()
        except BaseException as error:  # noqa: BLE001 (told to whoever set the hook, not to the connector)
            self.failure = error
