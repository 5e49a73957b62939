"""A sync is one HTTP request: ask for it, then ask until it is done. The service is ours to start, or runs already."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from ..errors import SetupError
from ..json_paths import NotThereError, value_at
from ..start_kinds import Answer, Start, Trigger
from . import Ended, HowEnded, Task
from ._containing import Containers
from ._running import GRACE_S
from ._serving import Serving

_ANSWER = re.compile(r"\{answer\.([^}]*)\}")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_REQUEST_S = 30.0


class Http:
    """Asks for each sync over HTTP."""

    def __init__(self) -> None:
        self._containers = Containers()

    def prepare(self, start: Start) -> Mapping[str, str]:
        """Look for the engine and the image of a container that is to be asked; a program was found when the file was read."""
        return self._containers.prepare(start) if start.container is not None else {}

    def engage(self, task: Task) -> Triggered:
        """Return the connector for one scenario."""
        if task.start.container is not None:
            return Triggered(task, self._containers.serving(task))
        return Triggered(task, Serving(task, GRACE_S) if task.argv else None)

    def close(self) -> None:
        """Let go of the engine."""
        self._containers.close()


class Triggered:
    """A connector in one scenario that syncs when it is asked to."""

    def __init__(self, task: Task, serving: Serving | None) -> None:
        assert task.start.http is not None
        self._task, self._serving, self._trigger = task, serving, task.start.http
        self._stopped = threading.Event()

    def sync(self, number: int, instances: int = 1) -> Ended:
        """Ask for a sync and wait until it is done and the webhooks that came of it are answered."""
        if instances > 1:
            raise SetupError("a sync that is asked for over HTTP runs once; `instances` above 1 is for `start: command`")
        began = time.monotonic()
        fault = self._serving.wake(number) if self._serving is not None else ""
        if fault:
            return self._ended("not started", began, fault)
        try:
            claim, said = self._ask(began + self._task.start.timeout_s)
        except TimeoutError as error:
            return self._ended("timeout", began, str(error))
        except (httpx.HTTPError, NotThereError, ValueError) as error:
            return self._ended("not started", began, f"{type(error).__name__}: {error}")
        rest = self._task.settle(self._is_over, polls=False)
        if not rest.came and not self._is_over():
            return self._ended("restless", began, rest.reason)
        return self._ended("exited", began, said, 0 if claim else 1)

    def kill(self) -> None:
        """Kill the service, if it is ours; the next sync starts it anew."""
        if self._serving is not None:
            self._serving.kill()

    def stop(self) -> None:
        """End it for good."""
        self._stopped.set()
        if self._serving is not None:
            self._serving.stop()

    # -- asking -------------------------------------------------------------------------------------

    def _ask(self, until: float) -> tuple[bool, str]:
        """Return whether it claims success, and its last answer. Raises TimeoutError, and what makes an answer useless."""
        trigger = self._trigger
        with httpx.Client(trust_env=False, timeout=_REQUEST_S, follow_redirects=False) as client:
            headers = {"Content-Type": "application/json", **{k: self._task.fill(v) for k, v in trigger.headers.items()}}
            body = self._task.fill(trigger.body)
            answer = client.request(trigger.method, self._url(trigger.url, None), headers=headers, content=body.encode())
            if answer.status_code >= 400 or trigger.poll is None or trigger.done is None:
                return _claims(answer, trigger), answer.text
            url = self._url(trigger.poll, _json(answer))
            while True:
                answer = client.get(url, headers=headers)
                if answer.status_code >= 400 or _says(answer, trigger.done):
                    return _claims(answer, trigger), answer.text
                if time.monotonic() > until:
                    raise TimeoutError(f"GET {url} did not say so within {self._task.start.timeout_s:g} s; its last answer: {answer.text[:500]}")
                if self._stopped.wait(trigger.every_s) or self._is_over():
                    raise ValueError(f"the service ended before GET {url} said that the sync is done")

    def _url(self, text: str, answer: Any) -> str:
        filled = _ANSWER.sub(lambda match: str(value_at(answer, match[1])), self._task.fill(text))
        if urlsplit(filled).hostname not in _LOOPBACK:
            raise SetupError(f"start: http: {filled} is not a loopback address; nothing is sent anywhere else")
        return filled

    def _is_over(self) -> bool:
        return self._stopped.is_set() or (self._serving is not None and self._serving.is_over)

    def _ended(self, how: HowEnded, began: float, said: str, exit_code: int | None = None) -> Ended:
        if self._serving is not None:
            return self._serving.put_to_sleep(how, began, said, exit_code)
        return Ended(exit_code, how, time.monotonic() - began, said.encode(), len(said), reason="" if how == "exited" else said)


def _claims(answer: httpx.Response, trigger: Trigger) -> bool:
    if answer.status_code >= 400:
        return False
    return trigger.success is None or _says(answer, trigger.success)


def _says(answer: httpx.Response, wanted: Answer) -> bool:
    return value_at(_json(answer), wanted.path) in wanted.is_


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError as error:
        raise ValueError(f"{answer.request.method} {answer.request.url} answered {answer.status_code} and no JSON: {answer.text[:200]}") from error
