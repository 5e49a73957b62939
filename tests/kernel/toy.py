"""The smallest dialect there can be: one kind of record, so that tests of the kernel need no vendor."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import orjson
from syncproof_mocks.consent import ConsentKey, ConsentMark, ConsentProof
from syncproof_mocks.dialect import Dialect, Switch
from syncproof_mocks.journal import Row
from syncproof_mocks.schema import FieldInfo, FieldType
from syncproof_mocks.store import UnknownKindError
from syncproof_mocks.wire import Evidence, Request, Response, Router, operation, operations_of
from syncproof_mocks.world import World


@operation("GET", "/things/{id}", id="things.read", evidence=Evidence.DOCUMENT)
def read(toy: Toy, request: Request) -> Response:
    row = toy.store.get("thing", request.params["id"])
    if row is None:
        return toy.answer(404, {"toy": "no such thing"})
    toy.served(row)
    return toy.answer(200, row.values)


@operation("POST", "/things", id="things.create", evidence=Evidence.ASSUMED)
def create(toy: Toy, request: Request) -> Response:
    row = toy.store.create("thing", str(toy.dice.count("thing")), request.json())
    return toy.answer(201, {"id": row.id})


@operation("GET", "/broken", id="broken", evidence=Evidence.DOCUMENT)
def broken(toy: Toy, request: Request) -> Response:
    toy.store.create("thing", "half", {"name": "written before the crash"})
    raise RuntimeError("a bug of ours")


class Toy(Dialect):
    """Answers `/things`; asks for the header `x-toy: please`."""

    name = "toy"
    role = "crm"
    owner_kind = "user"
    system_fields = frozenset({"modified"})
    system_prefixes = ("sys_",)
    switches = (
        Switch("lag_ms", 0, (0, 100), Evidence.ASSUMED, "index lag"),
        Switch("free", "x", (), Evidence.DOCUMENT, "anything"),
    )

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.router = Router(operations_of([sys.modules[__name__]]))
        self.store.define("thing", indexes=("name",), unique=("email",))
        self.store.define("user")

    def answer(self, status: int, data: Any) -> Response:
        return Response(status, orjson.dumps(data), "application/json")

    def authorise(self, request: Request, operation_id: str) -> Response | None:
        return None if request.headers.get("x-toy") == "please" else self.answer(401, {"toy": "say please"})

    def unknown(self, request: Request, allowed: tuple[str, ...]) -> Response:
        return self.answer(405 if allowed else 404, {"toy": "unknown", "allowed": list(allowed)})

    def failed(self, request: Request) -> Response:
        return self.answer(500, {"toy": "failed"})

    def limited(self, request: Request, retry_after_s: int | None, limit: str = "") -> Response:
        response = self.answer(429, {"toy": "slow down"})
        if retry_after_s is not None:
            response.headers.append(("Retry-After", str(retry_after_s)))
        return response

    def credentials(self) -> Mapping[str, str]:
        return {"token": "please"}

    def schema(self, kind: str) -> Mapping[str, FieldInfo]:
        if kind not in self.store.kinds:
            raise UnknownKindError(kind)
        return {"name": FieldInfo("name", "Name", FieldType.TEXT, "string")}

    def add_field(self, kind: str, info: FieldInfo) -> None:
        raise NotImplementedError

    def seed(self, kind: str, values: Mapping[str, Any], *, created_ms: int, modified_ms: int) -> Row:
        return self.store.create(
            kind, str(self.dice.count(kind)), dict(values), created_ms=created_ms, modified_ms=modified_ms
        )

    def desk_create(self, kind: str, values: Mapping[str, Any]) -> Row:
        raise NotImplementedError

    def desk_edit(self, kind: str, record_id: str, values: Mapping[str, Any]) -> Row:
        raise NotImplementedError

    def desk_delete(self, kind: str, record_id: str) -> None:
        raise NotImplementedError

    def desk_erase(self, kind: str, record_id: str) -> None:
        raise NotImplementedError

    def desk_consent(
        self, kind: str, record_id: str, key: ConsentKey, *, grant: bool, proof: ConsentProof | None
    ) -> None:
        raise NotImplementedError

    def seed_owner(self, first_name: str, last_name: str, email: str, active: bool) -> str:
        return self.store.create("user", str(self.dice.count("user")), {"Email": email, "on": active}).id

    def consents(self, row: Row) -> tuple[ConsentMark, ...]:
        return ()

    def addresses(self, row: Row) -> tuple[str, ...]:
        return ()
