"""`--serve`: the same run again and again: every few seconds, when HubSpot tells of a change, when somebody asks over HTTP.

Runs never overlap: one thread does them all. A webhook only says which record to read again; its values are not used,
because events come late, twice, in any order, or not at all, and polling makes up for those that never came.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from hubspot.utils.signature import Signature

from .bugs import Bugs
from .eager import Eager
from .failures import ConfigurationError
from .hearing import Heard
from .program import main
from .settings import Listening, listening_from, settings_from

MAX_BODY = 5_000_000


class Server(ThreadingHTTPServer):
    """Keeps callers waiting rather than sending them away: HubSpot sends many requests at a time."""

    request_queue_size = 256
    daemon_threads = True


def serve(environ: Mapping[str, str] | None = None) -> int:
    """Serve until the process is ended; returns 2 when it cannot start."""
    environ = os.environ if environ is None else environ
    try:
        listening, settings = listening_from(environ), settings_from(environ)
        service = Service(listening, lambda heard: main(environ, (), heard), Eager(settings, Bugs(settings.bugs)))
        server = Server((listening.host, listening.port), service.handler())
    except (ConfigurationError, OSError) as error:
        print(f"configuration: {error}", file=sys.stderr)
        return 2
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"listening on port {listening.port}", flush=True)
    service.work()
    return 0


class Service:
    """What is to be done next, and what became of what was asked for."""

    def __init__(self, listening: Listening, run: Callable[[Heard], int], eager: Eager) -> None:
        self._listening, self._run, self._eager = listening, run, eager
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._heard = Heard()
        self._asked: list[int] = []
        self.runs: dict[int, int | None] = {}

    # -- the worker ---------------------------------------------------------------------------------

    def work(self) -> None:
        """Run whenever it is time, for ever."""
        poll_s = self._listening.poll_s
        while True:
            self._wake.wait(poll_s or None)
            self._wake.clear()
            with self._lock:
                heard, self._heard = self._heard, Heard()
                asked, self._asked = self._asked, []
            code = self._run(heard)
            with self._lock:
                self.runs.update(dict.fromkeys(asked, code))

    # -- what comes in ------------------------------------------------------------------------------

    def ask(self) -> int:
        """Ask for a run; returns its number."""
        with self._lock:
            number = len(self.runs) + 1
            self.runs[number] = None
            self._asked.append(number)
        self._wake.set()
        return number

    def hear(self, body: bytes, headers: Mapping[str, str]) -> int:
        """Take what HubSpot tells and return the HTTP status: 401 for a signature that is not HubSpot's."""
        secret = self._listening.client_secret
        try:
            is_theirs = Signature.is_valid(
                headers["X-HubSpot-Signature-v3"], secret, body.decode(), http_uri=self._listening.url, http_method="POST",
                signature_version="v3", timestamp=headers["X-HubSpot-Request-Timestamp"],
            )
            events = json.loads(body) if is_theirs else None
        except Exception:  # noqa: BLE001 (whatever is wrong with a stranger's request, it is not HubSpot's)
            events = None
        if not isinstance(events, list):
            return 401
        self._eager.take(events)
        with self._lock:
            self._heard.add(events)
        self._wake.set()
        return 204

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """Return the handler of requests to this service."""
        service = self
        path = urlsplit(self._listening.url).path

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), MAX_BODY))
                if self.path == "/runs":
                    self._answer(202, {"id": service.ask()})
                elif self.path == path:
                    self._answer(service.hear(body, self.headers), None)  # type: ignore[arg-type]
                else:
                    self._answer(404, None)

            def do_GET(self) -> None:
                number = self.path.removeprefix("/runs/")
                if not number.isdigit() or int(number) not in service.runs:
                    self._answer(404, None)
                    return
                code = service.runs[int(number)]
                self._answer(200, {"id": int(number), "state": "running" if code is None else "done", "exit_code": code})

            def _answer(self, status: int, content: Any) -> None:
                body = json.dumps(content).encode() if content is not None else b""
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                del format, args  # paths may hold what nobody should find in a log

        return Door
