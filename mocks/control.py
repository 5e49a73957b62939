"""The control plane of a mock: look into it and steer it, apart from every vendor path.

Served under `/_syncproof`, to whom `guard` lets pass.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from .dialect import Dialect
from .guard import Guard
from .journal import Exchange


def control_app(dialect: Dialect, token: str) -> FastAPI:
    """Return the control plane of ``dialect``; every call needs the header ``x-syncproof-token``."""
    app = FastAPI(title=f"syncproof {dialect.name}", openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(Guard, token=token)

    @app.get("/_syncproof/health")
    async def health() -> dict[str, Any]:
        return {"dialect": dialect.name, "role": dialect.role, "now_ms": dialect.clock.now_ms(),
                "journal": len(dialect.journal), "kinds": {k: dialect.store.size(k) for k in dialect.store.kinds}}

    @app.get("/_syncproof/exchanges")
    async def exchanges(start: int = 0, limit: int = 100) -> list[dict[str, Any]]:
        found = [e for e in dialect.journal.entries[max(start, 0):] if isinstance(e, Exchange)]
        return [
            {"seq": e.seq, "system": e.system, "method": e.method, "path": e.path, "status": e.status,
             "operation": e.operation, "fault": e.fault, "hint": e.hint}
            for e in found[: min(max(limit, 0), 1000)]
        ]

    @app.get("/_syncproof/records/{kind}")
    async def records(kind: str, limit: int = 100) -> Any:
        if kind not in dialect.store.kinds:
            return JSONResponse({"error": f"no kind `{kind}`", "known": list(dialect.store.kinds)}, 404)
        rows = list(dialect.store.rows(kind))[: min(max(limit, 0), 10_000)]
        return [{"id": r.id, "revision": r.revision, "values": r.values} for r in rows]

    _steer(app, dialect)
    return app


def _steer(app: FastAPI, dialect: Dialect) -> None:
    """Add what changes the mock."""

    @app.post("/_syncproof/clock/move")
    async def move(seconds: float) -> Any:
        try:
            dialect.clock.move(seconds)
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 422)
        return {"now_ms": dialect.clock.now_ms()}

    @app.post("/_syncproof/sessions/expire")
    async def expire_sessions() -> Any:
        try:
            dialect.expire_sessions()
        except NotImplementedError as error:
            return JSONResponse({"error": str(error)}, 422)
        return {"expired": True}
