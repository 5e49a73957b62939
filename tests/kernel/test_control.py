"""The control plane: for the run's own token, from this machine, and for nobody else."""

from __future__ import annotations

import httpx
import pytest
from tests.kernel.conftest import START_MS, TOKEN
from tests.kernel.toy import Toy


def call(toy: Toy, path: str, *, method: str = "GET", **headers: str) -> httpx.Response:
    sent = {"x-syncproof-token": TOKEN, **{k.replace("_", "-"): v for k, v in headers.items()}}
    with httpx.Client(base_url=toy.base_url, trust_env=False) as client:
        return client.request(method, f"/_syncproof{path}", headers={k: v for k, v in sent.items() if v})


def test_it_tells_what_is_there(toy: Toy) -> None:
    toy.store.create("thing", "1", {"name": "Ana"})

    assert call(toy, "/health").json() == {
        "dialect": "toy", "role": "crm", "now_ms": START_MS, "journal": 1, "kinds": {"thing": 1, "user": 0},
    }  # fmt: skip
    assert call(toy, "/records/thing").json() == [{"id": "1", "revision": 1, "values": {"name": "Ana"}}]
    assert call(toy, "/records/thing?limit=0").json() == []
    assert call(toy, "/records/nothing").status_code == 404


def test_it_lists_exchanges_and_is_none_itself(toy: Toy, client: httpx.Client) -> None:
    client.get("/nothing")
    listed = call(toy, "/exchanges?start=-5").json()

    assert [(e["method"], e["path"], e["status"], e["operation"]) for e in listed] == [("GET", "/nothing", 404, None)]
    assert call(toy, "/exchanges?limit=-1").json() == []


def test_it_moves_the_clock_ahead_only(toy: Toy) -> None:
    assert call(toy, "/clock/move?seconds=60", method="POST").json() == {"now_ms": START_MS + 60_000}
    for wrong in ("-1", "nan", "inf", "soon"):
        assert call(toy, f"/clock/move?seconds={wrong}", method="POST").status_code == 422
    assert toy.clock.now_ms() == START_MS + 60_000


@pytest.mark.parametrize("token", ["", "wrong", "ÿ\xa0"])
def test_without_the_runs_token_nothing_is_told(toy: Toy, token: str) -> None:
    with httpx.Client(base_url=toy.base_url, trust_env=False) as client:
        answer = client.get("/_syncproof/health", headers=[(b"x-syncproof-token", token.encode("latin-1"))])

    assert answer.status_code == 401
    assert "dialect" not in answer.text


@pytest.mark.parametrize("host", ["evil.test", "evil.test:80", "127.0.0.1.evil.test", "localhost@evil.test", "evil.test//127.0.0.1"])
def test_a_foreign_host_is_refused_even_with_the_token(toy: Toy, host: str) -> None:
    assert call(toy, "/health", host=host).status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.test", "null", "http://127.0.0.1.evil.test", "http://evil.test//127.0.0.1"])
def test_a_page_of_another_site_is_refused_even_with_the_token(toy: Toy, origin: str) -> None:
    assert call(toy, "/clock/move?seconds=1", method="POST", origin=origin).status_code == 403
    assert toy.clock.now_ms() == START_MS


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:9", "http://[::1]"])
def test_a_page_of_this_machine_is_let_in(toy: Toy, origin: str) -> None:
    assert call(toy, "/health", origin=origin).status_code == 200


@pytest.mark.parametrize("host", ["localhost", "localhost:81", "127.0.0.1", "[::1]:9", "[::1]"])
def test_every_name_of_this_machine_is_known(toy: Toy, host: str) -> None:
    assert call(toy, "/health", host=host).status_code == 200


def test_the_path_of_the_control_plane_is_its_own(toy: Toy) -> None:
    assert call(toy, "/nothing").status_code == 404
    assert list(toy.journal.exchanges()) == []


def test_a_vendor_without_sessions_says_so(toy: Toy) -> None:
    answer = call(toy, "/sessions/expire", method="POST")
    assert (answer.status_code, answer.json()) == (422, {"error": "toy has no sessions that end"})
