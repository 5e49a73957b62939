"""A callable in our own process: `module:function`, async or not, called with the variables of `env` as its one argument.

For clients built on httpx: respx leads the vendors' host names and the mocks' addresses to the mocks' ASGI apps, without
a socket; any other host is refused and told. A callable shares our process, so only one runs at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import inspect
import io
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx

from ..errors import SetupError
from ..network.directory import Directory
from ..network.egress import Recorder
from ..start_kinds import Start
from . import Ended, Task, worst
from ._running import TAIL_LIMIT

# Patched transports, `sys.path` and the standard streams belong to the whole process.
_ONE_AT_A_TIME = threading.Lock()


class Python:
    """Calls a function for each sync."""

    def prepare(self, start: Start) -> Mapping[str, str]:  # noqa: ARG002 (the contract)
        """What it needs is looked for when it is called for."""
        return {}

    def engage(self, task: Task) -> Callables:
        """Return the connector for one scenario. Raises SetupError when respx is not installed."""
        try:
            importlib.import_module("respx")
        except ImportError as error:
            raise SetupError("`start: python` needs respx: pip install 'syncproof[drivers]'") from error
        return Callables(task)

    def close(self) -> None:
        """Nothing is kept between scenarios."""


class Callables:
    """A callable in one scenario."""

    def __init__(self, task: Task) -> None:
        self._task = task

    def sync(self, number: int, instances: int = 1) -> Ended:
        """Call the function once and return how that ended: 0 or what it returns when that is a number, 1 when it raises."""
        if instances > 1:
            raise SetupError("a callable runs once; `instances` above 1 is for `start: command`")
        self._task.state_dir.mkdir(parents=True, exist_ok=True)
        printed = io.StringIO()
        began = time.monotonic()
        result: list[int] = []
        with _ONE_AT_A_TIME, _importable(str(self._task.cwd)), _doors(self._task), _captured(printed):
            thread = threading.Thread(target=self._call, args=(result, printed), name="syncproof-callable", daemon=True)
            thread.start()
            thread.join(self._task.start.timeout_s)
        seconds = time.monotonic() - began
        output = printed.getvalue().encode("utf-8", "replace")
        self._task.log(number).write_bytes(output)
        tail = output[-TAIL_LIMIT:]
        if not result:
            # A thread cannot be ended: it goes on, without a way to the mocks.
            return Ended(None, "timeout", seconds, tail, len(output))
        return worst([Ended(result[0], "exited", seconds, tail, len(output))])

    def kill(self) -> None:
        """A callable cannot be killed without killing ourselves. Raises SetupError."""
        raise SetupError("a callable in our own process cannot be killed; use `start: command` or `service` for that")

    def stop(self) -> None:
        """Nothing runs between syncs."""

    def _call(self, result: list[int], printed: io.StringIO) -> None:
        try:
            returned = self._found()(dict(self._task.env))
            if inspect.isawaitable(returned):
                returned = asyncio.run(_awaited(returned))
            result.append(returned if isinstance(returned, int) and not isinstance(returned, bool) else 0)
        except SystemExit as error:
            result.append(error.code if isinstance(error.code, int) else int(error.code is not None))
        except BaseException:  # noqa: BLE001 (whatever it raises is its failure, not ours)
            printed.write(traceback.format_exc())
            result.append(1)

    def _found(self) -> Callable[[dict[str, str]], Any]:
        module, _, name = str(self._task.start.python).partition(":")
        found: Callable[[dict[str, str]], Any] = getattr(importlib.import_module(module), name)
        return found


async def _awaited(awaitable: Any) -> Any:
    return await awaitable


@contextlib.contextmanager
def _importable(folder: str) -> Iterator[None]:
    """Let modules of the connector's folder be found, and be read anew by the next run."""
    known = set(sys.modules)
    sys.path.insert(0, folder)
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(folder)
        for name in set(sys.modules) - known:
            file = getattr(sys.modules[name], "__file__", None)
            if file and os.path.commonpath([folder, os.path.abspath(file)]) == folder:  # noqa: PTH100 (links stay links)
                del sys.modules[name]


@contextlib.contextmanager
def _captured(printed: io.StringIO) -> Iterator[None]:
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        yield


@contextlib.contextmanager
def _doors(task: Task) -> Iterator[None]:
    """Lead every httpx client of this process to the mocks while the function runs."""
    import respx

    ways = _Ways(task)

    class Doors(respx.MockRouter):
        """Knows sync and async clients apart, which a route's side effect does not."""

        def handler(self, request: httpx.Request) -> httpx.Response:
            return ways.answer(request)

        async def async_handler(self, request: httpx.Request) -> httpx.Response:
            return await asyncio.to_thread(ways.answer, request)

    with Doors(assert_all_called=False):
        yield


class _Ways:
    """From a request to the mock that answers it, on the servers' own thread."""

    def __init__(self, task: Task) -> None:
        self._perform = task.perform
        self._by_address = {httpx.URL(url).netloc: app for url, app in task.apps.items()}
        apps = list(task.apps.values())
        self._directory = Directory(apps)
        self._recorder = Recorder(lambda: apps[0].dialect.journal)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Return the mock's answer. Raises httpx.ConnectError for any other host."""
        app = self._by_address.get(request.url.netloc) or self._directory.app_of(request.url.netloc.decode())
        response: httpx.Response = self._perform(self._send(app, request))
        return response

    async def _send(self, app: Any, request: httpx.Request) -> httpx.Response:
        if app is None:
            self._recorder.tried("host", request.url.host)
            raise httpx.ConnectError(f"Syncproof: no mock answers for {request.url.host}; nothing was sent", request=request)
        response = await httpx.ASGITransport(app=app).handle_async_request(request)
        content = await response.aread()
        return httpx.Response(response.status_code, headers=response.headers.raw, content=content, request=request)
