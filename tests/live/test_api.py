"""The control API of a live sandbox: who may steer it, and what it makes of misuse."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from syncproof.mapping.grammar import Side
from tests.live.conftest import Live, wait_for

CALLS = [("GET", "/"), ("POST", "/steps"), ("POST", "/checkpoints"), ("POST", "/rewind"), ("GET", "/differences"), ("GET", "/watch")]
EDIT = b'{"edit": {"side": "crm", "set": {"Phone": "+48221234567"}}}'


def problems(answer: object) -> list[dict[str, str]]:
    found: list[dict[str, str]] = answer.json()["problems"]  # type: ignore[attr-defined]
    return found


# -- who may ------------------------------------------------------------------------------------------


def test_every_call_asks_for_the_token(live: Live) -> None:
    for method, path in CALLS:
        for token in ("", "wrong", live.token[:-1]):
            answer = live.ask(method, path, body=EDIT, x_syncproof_token=token)
            assert (answer.status_code, list(answer.json())) == (401, ["error"])
    assert live.value(Side.CRM, "Phone") != "+48221234567"


@pytest.mark.parametrize(("header", "value"), [("host", "evil.test"), ("origin", "https://evil.test"), ("origin", "null"), ("host", "127.0.0.1.evil.test")])
def test_no_call_is_for_pages_of_other_sites(live: Live, header: str, value: str) -> None:
    for method, path in CALLS:
        assert live.ask(method, path, body=EDIT, **{header: value}).status_code == 403, path
    assert live.value(Side.CRM, "Phone") != "+48221234567"


def test_two_hosts_at_once_are_refused(live: Live) -> None:
    to = urlsplit(live.url)
    with socket.create_connection((to.hostname, to.port)) as line:
        line.sendall(f"GET / HTTP/1.1\r\nhost: {to.netloc}\r\nhost: evil.test\r\nx-syncproof-token: {live.token}\r\nconnection: close\r\n\r\n".encode())
        answer = line.makefile("rb").read()

    assert answer.split(b" ", 2)[1] in (b"400", b"403")


def test_a_page_of_this_machine_may(live: Live) -> None:
    assert live.ask("GET", "/", origin="http://localhost:3000").status_code == 200


# -- misuse -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        (b"{", 422, "not JSON"),
        (b"\xff\xfe", 422, "not JSON"),
        (b"[" * 900 + b"]" * 900, 422, "nested"),
        (b'{"meanwhile": ' * 200 + b"1" + b"}" * 200, 422, "nested"),
        (b"[1, 2]", 422, "a step is one word"),
        (b'{"edit": {}, "sync": {}}', 422, "one step per line"),
        (b"{}", 422, "one step per line"),
        (b'{"synk": {}}', 422, "Did you mean `sync`?"),
        (b'{"edit": {"side": "crmm", "set": {"Phone": "1"}}}', 422, "`edit.side`"),
        (b'{"edit": {"side": "crm", "set": {"Phone": "1"}, "whom": 1}}', 422, "unknown key `whom`"),
        (b'{"inject": {"fault": "sever_error"}}', 422, "server_error"),
        (b'{"inject": {"fault": "slow", "settings": {"second": 1}}}', 422, "`slow` has no setting `second`"),
        (b'{"inject": {"fault": "server_error", "operation": "nothing.*"}}', 409, "could never strike"),
        (b'{"edit": {"side": "crm", "set": {"Fone": "1"}}}', 409, "no field `Fone`"),
        (b'{"edit": {"side": "crm", "who": {"index": 99}, "set": {"Phone": "1"}}}', 409, "nobody matches"),
        (b'"sync"', 409, "--connector FILE"),
        (b'{"ramp": {"to": [20]}}', 409, "--connector FILE"),
        (b'"lose_state"', 409, "--connector FILE"),
        (b'{"meanwhile": {"system": "crm", "do": ["kill"]}}', 409, "--connector FILE"),
        (b'{"edit_matrix": {"object": "contact"}}', 409, "planned before anybody is seeded"),
        (b'"kill"', 409, "no sync is running"),
    ],
)  # fmt: skip
def test_a_step_that_is_none_or_cannot_be_done_is_refused_and_leaves_nothing(live: Live, body: bytes, status: int, told: str) -> None:
    before = live.session.status()

    answer = live.ask("POST", "/steps", body=body)

    assert (answer.status_code, told in str(problems(answer))) == (status, True), answer.text
    assert {**live.session.status(), "now": 0} == {**before, "now": 0}
    assert live.ask("POST", "/steps", body=EDIT).status_code == 200


def test_a_body_that_is_too_large_is_refused_while_it_comes(live: Live) -> None:
    answer = live.ask("POST", "/steps", body=b'{"a": "' + b"x" * 2_000_000 + b'"}')

    assert (answer.status_code, "1,000,000" in answer.text) == (413, True)
    assert live.ask("GET", "/").status_code == 200


def test_a_step_that_fails_in_the_middle_leaves_nothing_half_done(live: Live) -> None:
    """Two people are edited; the second one has no such record any more."""
    live.ask("POST", "/steps", body=b'{"delete": {"side": "crm", "who": {"index": 2}}}')
    journal, phone = len(live.session.stage.journal), live.value(Side.CRM, "Phone")

    answer = live.ask("POST", "/steps", body=b'{"edit": {"side": "crm", "who": {"count": 2}, "set": {"Phone": "$fresh"}}}')

    assert answer.status_code == 409, answer.text
    assert (len(live.session.stage.journal), live.value(Side.CRM, "Phone")) == (journal, phone)
    assert len(live.session.stage.acts) == 1


@pytest.mark.parametrize(("body", "told"), [(b'{"nam": "a"}', "unknown key `nam`"), (b'{"name": 5}', "`name` must be a text"), (b"[]", "a table")])
@pytest.mark.parametrize("path", ["/checkpoints", "/rewind"])
def test_checkpoints_take_known_keys_only(live: Live, path: str, body: bytes, told: str) -> None:
    answer = live.ask("POST", path, body=body)

    assert (answer.status_code, told in answer.text) == (422, True), answer.text


@pytest.mark.parametrize(("method", "path"), [("GET", "/nothing"), ("DELETE", "/steps"), ("GET", "/docs"), ("GET", "/openapi.json")])
def test_an_unknown_call_names_those_that_there_are(live: Live, method: str, path: str) -> None:
    answer = live.ask(method, path)

    assert answer.status_code in (404, 405)
    assert "POST /steps" in problems(answer)[0]["remedy"]


def test_clients_at_the_same_time_do_not_meet(live: Live) -> None:
    """Each edits and keeps a checkpoint; every edit is whole, and no checkpoint is lost."""

    def work(number: int) -> list[int]:
        edit = b'{"edit": {"side": "crm", "who": "all", "set": {"Phone": "$fresh"}}}'
        return [live.ask("POST", "/steps", body=edit).status_code, live.ask("POST", "/checkpoints", body=b'{"name": "c%d"}' % number).status_code]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(work, range(5)))

    assert found == [[200, 200]] * 5
    assert {f"c{n}" for n in range(5)} < set(live.session.status()["checkpoints"])
    acts = live.session.stage.acts
    one_step = len(acts) // 5
    assert all(len({act.person for act in acts[n * one_step : (n + 1) * one_step]}) == one_step for n in range(5))


def test_while_a_step_lasts_others_are_told_to_wait_and_one_may_look(live: Live) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(live.ask, "POST", "/steps", body=b'{"wait": 0.6}')
        wait_for(lambda: bool(live.session.status()["busy"]))
        refused = [live.ask("POST", path, body=body) for path, body in (("/steps", EDIT), ("/checkpoints", b"{}"), ("/rewind", b"{}"))]
        looked = [live.ask("GET", "/"), live.ask("GET", "/differences"), live.asks_ma()]

        assert waiting.result().status_code == 200
    assert [(a.status_code, "`wait` has been under way" in a.text) for a in refused] == [(423, True)] * 3
    assert [a.status_code for a in looked] == [200] * 3
    assert live.ask("POST", "/steps", body=EDIT).status_code == 200


def test_a_bug_of_ours_is_told_and_the_sandbox_lives_on(live: Live, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from syncproof.steps.edit import Edit

    def broken(self: Edit, stage: object) -> None:
        stage.sandbox.crm.switch("session_timeout_s", 5)  # type: ignore[attr-defined]
        raise ZeroDivisionError

    kept = live.sandbox.crm.settings["session_timeout_s"]
    with monkeypatch.context() as patched:
        patched.setattr(Edit, "run", broken)
        answer = live.ask("POST", "/steps", body=EDIT)

    assert (answer.status_code, "ZeroDivisionError" in answer.text) == (500, True)
    assert live.sandbox.crm.settings["session_timeout_s"] == kept
    assert live.ask("POST", "/steps", body=EDIT).status_code == 200
