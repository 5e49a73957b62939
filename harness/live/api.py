"""The control API of a live sandbox: its own port on loopback, behind the same guard as the mocks' control planes.

A step goes in as it stands in YAML, as JSON: `POST /steps` with `{"edit": {"side": "crm", "set": {"Phone": "$fresh"}}}`.
What is wrong with a request is told as `{"problems": [{"where", "message", "remedy"}]}`; the sandbox lives on.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from syncproof_mocks.guard import Guard

from ..errors import InputError, Problem, SetupError
from .session import BusyError, Session

LOOK_S = 0.05


def control_api(session: Session, token: str) -> FastAPI:
    """Return the app; every call needs the header ``x-syncproof-token``."""
    app = FastAPI(title="syncproof sandbox", openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(Guard, token=token)

    @app.get("/")
    async def status() -> Response:
        return _json(session.status())

    @app.post("/steps")
    async def steps(request: Request) -> Response:
        return await _answered(_step(session, request))

    @app.post("/checkpoints")
    async def checkpoints(request: Request) -> Response:
        return await _answered(_checkpoint(session, request))

    @app.post("/rewind")
    async def rewind(request: Request) -> Response:
        return await _answered(_rewind(session, request))

    @app.get("/differences")
    async def differences() -> Response:
        return await _answered(_differences(session))

    @app.get("/watch")
    async def watch() -> Response:
        return StreamingResponse(_watched(session), media_type="application/x-ndjson")

    @app.exception_handler(404)
    @app.exception_handler(405)
    async def unknown(request: Request, error: Exception) -> Response:
        del error
        known = "GET /, POST /steps, POST /checkpoints, POST /rewind, GET /differences, GET /watch"
        return _problems([Problem(f"{request.method} {request.url.path}", "the sandbox knows no such call.", f"It knows {known}.")], 404)

    return app


async def _answered(work: Awaitable[dict[str, Any]]) -> Response:
    try:
        return _json(await work)
    except InputError as error:
        return _problems(error.problems, 422)
    except SetupError as error:
        return _problems([Problem("sandbox", str(error))], 409)
    except BusyError as error:
        return _problems([Problem("sandbox", str(error))], 423)
    except RecursionError:
        return _problems([Problem("sandbox", "values are nested too deeply.", "Flatten them.")], 422)
    except Exception as error:  # noqa: BLE001 (a bug of ours must not end a sandbox in which people work)
        traceback.print_exc()
        return _problems([Problem("sandbox", f"a bug of ours: {type(error).__name__}: {error}; nothing was done.", "Please report it.")], 500)


async def _step(session: Session, request: Request) -> dict[str, Any]:
    return await session.step(await _body(request))


async def _checkpoint(session: Session, request: Request) -> dict[str, Any]:
    given = _keys(await _body(request), {"name": str})
    return session.checkpoint(given.get("name"))


async def _rewind(session: Session, request: Request) -> dict[str, Any]:
    given = _keys(await _body(request), {"name": str, "time_goes_on": bool})
    return await session.rewind(given.get("name"), time_goes_on=given.get("time_goes_on") or False)


async def _differences(session: Session) -> dict[str, Any]:
    return session.differences()


async def _body(request: Request) -> Any:
    try:
        return orjson.loads(await request.body() or b"{}")
    except orjson.JSONDecodeError as error:
        raise InputError([Problem("sandbox", f"the body is not JSON: {error}.", 'Send a step such as {"sync": {}}.')]) from error


def _keys(given: Any, allowed: dict[str, type]) -> dict[str, Any]:
    """Return the keys that were given. Raises InputError for others, or values of another type."""
    if not isinstance(given, dict):
        raise InputError([Problem("sandbox", f"a table with {', '.join(allowed)} was wanted.", "Send {} for the usual.")])
    wrong = [Problem("sandbox", f"unknown key `{name}`; allowed: {', '.join(allowed)}.") for name in given if name not in allowed]
    wrong += [
        Problem("sandbox", f"`{name}` must be {'a text' if kind is str else 'true or false'}.")
        for name, kind in allowed.items() if given.get(name) is not None and not isinstance(given[name], kind)
    ]  # fmt: skip
    if wrong:
        raise InputError(wrong)
    return given


def _json(data: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(data, default=str, option=orjson.OPT_NON_STR_KEYS), status, media_type="application/json")


def _problems(found: Any, status: int) -> Response:
    return JSONResponse({"problems": [{"where": p.where, "message": p.message, "remedy": p.remedy} for p in found]}, status)


async def _watched(session: Session) -> AsyncIterator[bytes]:
    """Yield one line of JSON for each thing that happens from now on, until the sandbox ends or nobody listens any more."""
    with session.followed() as follower:
        while True:
            # The last look is after the end: nothing that happened is left untold.
            was_over = session.is_over
            for told in follower.look():
                yield orjson.dumps(told, default=str, option=orjson.OPT_NON_STR_KEYS) + b"\n"
            if was_over:
                return
            await asyncio.sleep(LOOK_S)
