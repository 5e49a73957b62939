"""When is a sync over that no process ends? Waits, by what the journal tells, until both systems are at rest (design.md section 7).

At rest means: each polled side was read in every synchronised kind after the last change, whoever made it; nothing was
written for a while since; no request is under way; and every webhook was delivered and answered. Nothing sleeps for a
fixed time: each answered request wakes the wait.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from urllib.parse import unquote_plus

from syncproof_mocks.journal import Change, Entry, Exchange

from .drivers import Rest
from .mapping.grammar import Mapping, Side
from .oracle.refusals import is_accepted_write, looks_only
from .sandbox import Sandbox
from .start_kinds import Start
from .unrest import Watch

# How long nothing may be asked before a service is stopped where it stands: in the middle of a round it would go on
# with what it has read before people acted. Who never pauses is stopped all the same, after this much longer.
_IDLE_S = 0.15
_MOST_IDLE_S = 2.0
# Answers that wait for something to happen are under way for ever.
_WAITING = ("streaming.",)
# How long to wait for news before looking at the time, and at whether the connector still lives.
_LOOK_S = 0.1


class Settling:
    """Waits for rest, sync after sync, in one sandbox."""

    def __init__(self, sandbox: Sandbox, mapping: Mapping, start: Start) -> None:
        self._sandbox, self._start = sandbox, start
        self._wanted = {
            (sandbox.on(side).name, obj.kind_on(side)): re.compile(
                "|".join(rf"(?<![\w-]){re.escape(w)}(?![\w-])" for w in sandbox.on(side).words_for(obj.kind_on(side))), re.IGNORECASE,
            )
            for side in Side if str(side) in start.settle.polls for obj in mapping.objects
        }  # fmt: skip

    def __call__(self, is_over: Callable[[], bool], *, polls: bool = True) -> Rest:
        """Wait until both systems are at rest; see `drivers.Settle`."""
        look = _Look(self._sandbox, self._wanted if polls else {}, self._start.settle.quiet_s if polls else 0.0)
        self._sandbox.call(look.begin)
        try:
            return self._wait(look, is_over)
        finally:
            self._sandbox.call(look.end)

    def _wait(self, look: _Look, is_over: Callable[[], bool]) -> Rest:
        until = time.monotonic() + self._start.timeout_s
        while not is_over():
            self._sandbox.call(look.look)
            if look.watch.found:
                return Rest(False, f"it never comes to rest: {look.watch.found[0]}")
            if look.is_at_rest:
                if not self._next_webhook():
                    return Rest(True)
                look.something_happened()
            elif self._deliver():
                look.something_happened()
            elif time.monotonic() > until:
                return Rest(False, f"it did not come to rest within {self._start.timeout_s:g} s: {look.why}")
            else:
                look.await_news(_LOOK_S)
        return Rest(False, "it has ended")

    def _deliver(self) -> bool:
        """Deliver the webhooks that are due; tell whether any was."""
        delivered = False
        for side in Side:
            outbox = self._sandbox.on(side).outbox
            delivered |= outbox is not None and bool(self._sandbox.perform(outbox.deliver()))
        return delivered

    def _next_webhook(self) -> bool:
        """When only later attempts are left to wait for, let their time come; tell whether anything was delivered."""
        if self._deliver():
            return True
        boxes = [box for side in Side if (box := self._sandbox.on(side).outbox) is not None]
        due = min((at for box in boxes if (at := box.next_due_ms()) is not None), default=None)
        if due is None:
            return False
        clock = self._sandbox.world.clock
        self._sandbox.call(lambda: clock.move(max(0, due - clock.now_ms()) / 1000))
        return self._deliver()


class _Look:
    """What has happened in the journal during one wait. All but `await_news` runs on the servers' thread."""

    def __init__(self, sandbox: Sandbox, wanted: dict[tuple[str, str], re.Pattern[str]], quiet_s: float) -> None:
        self._journal = sandbox.world.journal
        self._wanted, self._quiet_s = wanted, quiet_s
        self._at = len(self._journal)
        self._under_way: list[Exchange] = []
        self._read: set[tuple[str, str]] = set()
        self._changed_seq = -1
        self._news = threading.Event()
        self._rest_since = self._asked = time.monotonic()
        self.watch = Watch()

    def begin(self) -> None:
        """Be told of each answered request."""
        self._journal.watchers.append(self._news.set)

    def end(self) -> None:
        """Be told no more."""
        self._journal.watchers.remove(self._news.set)

    def await_news(self, seconds: float) -> None:
        """Wait until a request was answered, at most ``seconds``."""
        self._news.wait(seconds)
        self._news.clear()

    def something_happened(self) -> None:
        """Begin the quiet time anew: a webhook was delivered, and what follows from it is not written yet."""
        self._rest_since = time.monotonic()

    def look(self) -> None:
        """Take everything into account that the journal has got since the last look."""
        entries = self._journal.entries
        new: list[Entry] = [*(e for e in self._under_way if e.status), *entries[self._at:]]
        self._at = len(entries)
        self._under_way = [e for e in self._under_way if not e.status]
        answered: list[Entry] = []
        for entry in new:
            if isinstance(entry, Exchange) and not entry.status:
                if not (entry.operation or "").startswith(_WAITING):
                    self._under_way.append(entry)
            else:
                answered.append(entry)
        self.watch.see(answered)
        for entry in answered:
            self._take(entry)

    def _take(self, entry: Entry) -> None:
        now = time.monotonic()
        if isinstance(entry, Change) or (isinstance(entry, Exchange) and is_accepted_write(entry)):
            self._changed_seq = max(self._changed_seq, entry.seq)
            self._read.clear()
            self._rest_since = self._asked = now
        elif isinstance(entry, Exchange):
            self._asked = now
            before = len(self._read)
            if entry.seq > self._changed_seq and entry.status < 400 and looks_only(entry):
                self._read |= self._looked_at(entry)
            if len(self._read) > before:
                self._rest_since = now

    def _looked_at(self, exchange: Exchange) -> set[tuple[str, str]]:
        """Return the kinds that a request asked for: it shows records of them, or names them."""
        shown = {(exchange.system, kind) for kind, _, _ in exchange.served}
        text = unquote_plus(f"{exchange.path} {exchange.query} {exchange.request_body[:20_000].decode('utf-8', 'replace')}")
        named = {key for key, words in self._wanted.items() if key[0] == exchange.system and words.search(text)}
        return {key for key in shown | named if key in self._wanted}

    @property
    def is_at_rest(self) -> bool:
        """Tell whether there is nothing to wait for but later webhooks."""
        now = time.monotonic()
        quiet = now - self._rest_since
        if self._under_way or not self._read >= self._wanted.keys() or quiet < self._quiet_s:
            return False
        return not self._wanted or now - self._asked >= _IDLE_S or quiet >= self._quiet_s + _MOST_IDLE_S

    @property
    def why(self) -> str:
        """Return what is missing for rest, for people."""
        missing = sorted(self._wanted.keys() - self._read)
        if missing and self._changed_seq < 0:
            names = ", ".join(f"{system} {kind}" for system, kind in missing)
            return f"it has not read {names} (a side that it does not poll is left out of `settle: {{polls: [...]}}`)"
        if self._under_way:
            return f"{self._under_way[0].method} {self._under_way[0].path} is still under way"
        return "it goes on writing"
