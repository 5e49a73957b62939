"""One mutant in one fork: its code is put in place, tests are asked one by one, and how that ended is told."""

from __future__ import annotations

import enum
import importlib
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from types import FunctionType
from typing import Any

from .mutants import Mutant

# A test that takes so much more processor time than without the mutant never ends: the machine's other work does not count.
LOOPS_S, LOOPS_TIMES = 5.0, 20.0
# Beyond this the fork stands still for a reason that nobody knows, and nothing is said of the mutant.
STANDS_STILL_S = 600.0


class Outcome(enum.Enum):
    """What became of a mutant. Only the first two are kills."""

    KILLED = "killed"  # a test failed
    ENDLESS = "endless"  # a test never ended, by its processor time
    SURVIVED = "survived"  # every test that reaches it passed
    NOT_JUDGED = "not judged"  # those that were asked passed, and the budget was too small for the others


KILLS = (Outcome.KILLED, Outcome.ENDLESS)


def try_out(mutant: Mutant, tests: list[tuple[str, float]], passes: Callable[[str], bool], budget_s: float) -> tuple[Outcome, str]:
    """Ask tests, given with their seconds, until one fails; return the outcome and the test that told.

    A test that does not fit into what is left of the budget is passed over; the first one is always asked.
    """
    told, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(told)
        # Whatever happens in here must not come back into the parent's code; a mutant that ends the process is noticed.
        with suppress(BaseException):
            _ask(mutant, tests, passes, budget_s, tell)
        os._exit(1)
    os.close(tell)
    with os.fdopen(told) as pipe:
        ended = _wait(pid)
        *_, last = ["", *pipe.read().splitlines()]
    return ended, last


def _ask(mutant: Mutant, tests: list[tuple[str, float]], passes: Callable[[str], bool], budget_s: float, tell: int) -> None:
    _swap(mutant)
    passed_over = False
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    for place, (test, seconds) in enumerate(tests):
        if place and time.process_time() + seconds > budget_s:
            passed_over = True
            continue
        os.write(tell, f"{test}\n".encode())
        signal.setitimer(signal.ITIMER_PROF, LOOPS_S + LOOPS_TIMES * seconds)
        if not passes(test):
            os._exit(1)
        signal.setitimer(signal.ITIMER_PROF, 0)
    os._exit(2 if passed_over else 0)


def _wait(pid: int) -> Outcome:
    until = time.monotonic() + STANDS_STILL_S
    while time.monotonic() < until:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done and os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF:
            return Outcome.ENDLESS
        if done:
            ends = {0: Outcome.SURVIVED, 2: Outcome.NOT_JUDGED}
            return ends.get(os.waitstatus_to_exitcode(status), Outcome.KILLED)
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return Outcome.NOT_JUDGED


def _swap(mutant: Mutant) -> None:
    module, _, name = mutant.function.partition(":")
    owner: Any = importlib.import_module(module)
    *classes, last = name.split(".")
    for part in classes:
        owner = getattr(owner, part)
    found = vars(owner)[last] if classes else getattr(owner, last)
    if isinstance(found, cached_property):
        found = found.func
    elif isinstance(found, property):
        found = found.fget
    elif isinstance(found, staticmethod | classmethod):
        found = found.__func__
    found = getattr(found, "__wrapped__", found)
    assert isinstance(found, FunctionType), name
    found.__code__ = mutant.code
