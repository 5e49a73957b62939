"""Waiting as told, giving up what is refused for good, owning up, and keeping secrets out of addresses: what is right and what is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from syncproof.drivers import Ended
from syncproof.mapping.grammar import Side
from syncproof.model import Verdict
from syncproof.sandbox import Sandbox
from syncproof_mocks.journal import Actor
from tests.checks.deeds import contact, found, world
from tests.checks.test_consents_by_every_door import ask
from tests.ideal import Ideal
from tests.staging import play, rules

CALM = {"consent": {"never_asked": 4}, "newsletter": {"never_asked": 4}}
Deed = Callable[[Sandbox, int], None]


class Doing(Ideal):
    """Ideal, and in each sync does one thing more; ``codes`` are the exit codes of its syncs, the last one for all further."""

    def __init__(self, deed: Deed, *codes: int, sins: frozenset[str] = frozenset()) -> None:
        super().__init__(sins)
        self.deed, self.codes = deed, codes or (0,)

    def __call__(self, sandbox: Sandbox, number: int) -> Ended:
        ended = super().__call__(sandbox, number)
        sandbox.call(lambda: self.deed(sandbox, number))
        return Ended(self.codes[min(number, len(self.codes)) - 1], ended.ended, ended.seconds, ended.output)


def exchange(sandbox: Sandbox, side: Side = Side.MA, *, status: int = 200, path: str = "/crm/v3/objects/contacts/search", query: str = "",
             wait: str | None = None, body: bytes = b"{}", operation: str = "objects.search", fault: str = "") -> None:
    dialect = sandbox.on(side)
    entry = dialect.journal.open_exchange(dialect.name, Actor.CONNECTOR, "POST", path, query, {}, body)
    dialect.journal.close_exchange()
    entry.status, entry.operation, entry.fault = status, operation, fault
    entry.response_headers = (("content-type", "x"), *((("Retry-After", wait),) if wait is not None else ()))


# -- LIMIT-001 --------------------------------------------------------------------------------------------------


def limited(after_s: float, *, wait: str | None = "5", status: int = 429, path: str = "/crm/v3/objects/contacts/search") -> Deed:
    def deed(sandbox: Sandbox, number: int) -> None:
        if number == 1:
            exchange(sandbox, status=status, wait=wait)
            sandbox.world.clock.move(after_s)
            exchange(sandbox, path=path)

    return deed


@pytest.mark.parametrize("status", [429, 477, 503])
def test_who_asks_again_too_soon_is_named_with_both_requests(status: int) -> None:
    (finding,) = found(play(world("sync"), Doing(limited(0.5, status=status))), "LIMIT-001")

    assert (finding.system, finding.expected, finding.found[:3]) == ("ma", "5 s", "0.5")
    assert finding.requests[1] == finding.requests[0] + 1
    assert "5 seconds" in finding.message


@pytest.mark.parametrize("deed", [
    limited(5.0), limited(4.1), limited(0.0, wait=None), limited(0.0, status=200), limited(0.0, path="/elsewhere"),
    limited(0.0, wait="Wed, 21 Oct 2026 07:28:00 GMT"), limited(0.0, wait="0"),
], ids=["waited", "clock stood", "no time named", "no limit", "asked something else", "a date", "none"])  # fmt: skip
def test_who_waits_or_was_not_told_to_is_not(deed: Deed) -> None:
    assert "LIMIT-001" not in rules(play(world("sync"), Doing(deed)))


def test_each_refusal_counts_from_its_own_answer() -> None:
    def deed(sandbox: Sandbox, number: int) -> None:
        for _ in range(3 if number == 1 else 0):
            exchange(sandbox, status=429, wait="3")
            sandbox.world.clock.move(3.0)

    assert "LIMIT-001" not in rules(play(world("sync"), Doing(deed)))


# -- RETRY-001 --------------------------------------------------------------------------------------------------


def patch(sandbox: Sandbox, properties: dict[str, Any], index: int = 1) -> int:
    ma: Any = sandbox.ma
    return ask(ma, "PATCH", f"/crm/v3/objects/contacts/{contact(sandbox, Side.MA, index).id}", {"properties": properties}).status


def wrong(times: int = 1, *, until: int = 99, then_right: bool = False) -> Deed:
    def deed(sandbox: Sandbox, number: int) -> None:
        for _ in range(times if number <= until else 0):
            assert patch(sandbox, {"no_such_property": "x"}) == 400
        if then_right:
            assert patch(sandbox, {"hs_object_source_label": ""}) in (200, 400)
            assert patch(sandbox, {"message": f"m{number}"}) == 200

    return deed


def test_what_is_refused_in_every_sync_is_told_once_after_three_of_them() -> None:
    (finding,) = found(play(world(*["sync"] * 6, **CALM), Doing(wrong(), 1)), "RETRY-001")

    assert (finding.sync, finding.found, finding.system, finding.bug_class) == (4, 4, "ma", "B061")
    assert len(finding.requests) == 4


def test_three_attempts_are_none_too_many() -> None:
    assert "RETRY-001" not in rules(play(world(*["sync"] * 6, **CALM), Doing(wrong(until=3), 1)))


def test_after_an_edit_it_may_be_tried_again() -> None:
    edit = {"edit": {"side": "crm", "who": {"index": 2}, "set": {"Title": "$fresh"}}}
    steps = ["sync", "sync", "sync", edit, "sync", "sync", "sync"]

    assert "RETRY-001" not in rules(play(world(*steps, **CALM), Doing(wrong(until=6), 1)))


def test_a_refusal_on_the_way_to_a_write_that_is_taken_is_none() -> None:
    assert "RETRY-001" not in rules(play(world(*["sync"] * 6, **CALM), Doing(wrong(then_right=True))))


@pytest.mark.parametrize(("times", "is_told"), [(5, False), (6, True)])
def test_one_sync_may_send_the_same_five_times(times: int, is_told: bool) -> None:
    told = found(play(world("sync", **CALM), Doing(wrong(times, until=1), 1)), "RETRY-001")

    assert [f.found for f in told] == ([6] if is_told else [])


def test_creating_what_exists_is_a_way_to_find_it() -> None:
    def deed(sandbox: Sandbox, number: int) -> None:
        ma: Any = sandbox.ma
        email = contact(sandbox, Side.MA, 1).values["email"]
        assert ask(ma, "POST", "/crm/v3/objects/contacts", {"properties": {"email": email}}).status == 409

    assert "RETRY-001" not in rules(play(world(*["sync"] * 6, **CALM), Doing(deed, 1)))


# -- STATUS: what failed and was never made good ----------------------------------------------------------------


def failing(status: int, *, again: bool = False, fault: str = "") -> Deed:
    def deed(sandbox: Sandbox, number: int) -> None:
        if number == 1:
            exchange(sandbox, status=status, fault=fault)
            if again:
                exchange(sandbox)

    return deed


LOSING = frozenset({"lose_people"})
NEWCOMERS = {"placement": "crm", **CALM}


@pytest.mark.parametrize("status", [429, 500, 503, 401])
def test_success_after_a_request_that_was_given_up_is_a_lie_when_people_are_missing(status: int) -> None:
    (lie,) = found(play(world("sync", **NEWCOMERS), Doing(failing(status), sins=LOSING)), "STATUS-001")

    assert (lie.sync, lie.classification) == (1, "false_success")
    assert "was never asked again" in lie.message


@pytest.mark.parametrize("deed", [failing(429, again=True), failing(404)], ids=["asked again", "not found"])
def test_what_was_asked_again_or_was_only_looked_for_is_no_lie(deed: Deed) -> None:
    assert "STATUS-001" not in rules(play(world("sync", **NEWCOMERS), Doing(deed, sins=LOSING)))


def test_success_after_a_request_that_was_given_up_is_none_when_nothing_is_missing() -> None:
    assert "STATUS-001" not in rules(play(world("sync", **NEWCOMERS), Doing(failing(429))))


class ShutOut(Ideal):
    """Gives up at the first system, in sync 2, because it is not let in there."""

    def __init__(self, code: int, fault: str) -> None:
        super().__init__()
        self.code, self.fault = code, fault

    def __call__(self, sandbox: Sandbox, number: int) -> Ended:
        if number != 2:
            return super().__call__(sandbox, number)
        sandbox.call(lambda: exchange(sandbox, status=401, fault=self.fault))
        return Ended(self.code, "exited", 0.01, b"no way in")


def test_who_is_not_let_in_may_give_up_and_say_so() -> None:
    result = play(world("sync", "sync", "sync", **CALM), ShutOut(1, "login_revoked"))

    assert not {"STATUS-002", "STATUS-003"} & rules(result)


@pytest.mark.parametrize(("code", "fault"), [(0, "login_revoked"), (1, "")])
def test_who_says_nothing_or_was_not_kept_out_may_not(code: int, fault: str) -> None:
    assert "STATUS-002" in rules(play(world("sync", "sync", "sync", **CALM), ShutOut(code, fault)))


# -- refusals that stay refused ---------------------------------------------------------------------------------


TYPO = "typing.error@mail.invalid"
MISTYPED = {"edit": {"side": "crm", "who": {"index": 1}, "set": {"Email": TYPO}}}


def refused_once(sandbox: Sandbox, number: int) -> None:
    if number == 1:
        ma: Any = sandbox.ma
        assert ask(ma, "POST", "/crm/v3/objects/contacts", {"properties": {"email": TYPO}}).status == 400


class Losing(Doing):
    """Never creates the person whose address the MA refuses."""

    def _create(self, obj: Any, target: Side, row: Any) -> None:
        if row.values.get("Email") != TYPO:
            super()._create(obj, target, row)


def test_somebody_who_was_refused_may_be_parked_as_long_as_it_is_told() -> None:
    assert "SCOPE-001" not in rules(play(world(MISTYPED, "sync", "sync", "sync", **NEWCOMERS), Losing(refused_once, 1)))


def test_whoever_stops_telling_has_lost_somebody() -> None:
    missing = found(play(world(MISTYPED, "sync", "sync", "sync", **NEWCOMERS), Losing(refused_once, 1, 0)), "SCOPE-001")

    assert {f.sync for f in missing} >= {2}
    assert 1 not in {f.sync for f in missing}


def test_after_an_edit_it_has_to_be_tried_again() -> None:
    edit = {"edit": {"side": "crm", "who": {"index": 1}, "set": {"Title": "$fresh"}}}
    missing = found(play(world(MISTYPED, "sync", "sync", edit, "sync", **NEWCOMERS), Losing(refused_once, 1)), "SCOPE-001")

    assert {f.sync for f in missing} >= {3}
    assert not {1, 2} & {f.sync for f in missing}


# -- SECRET-001 -------------------------------------------------------------------------------------------------


def calling(query: Callable[[Sandbox], str], operation: str = "objects.search", path: str = "/x") -> Deed:
    return lambda sandbox, number: exchange(sandbox, query=query(sandbox), operation=operation, path=path) if number == 1 else None


def person(sandbox: Sandbox) -> str:
    return str(contact(sandbox, Side.MA).values["email"])


@pytest.mark.parametrize(("query", "what"), [
    (lambda s: "hapikey=" + s.ma.credentials()["token"], "credential_in_address"),
    (lambda s: "k=" + s.crm.credentials()["token"].replace("!", "%21"), "credential_in_address"),
    (lambda s: "utm_content=" + person(s).replace("@", "%40"), "person_in_address"),
    (lambda s: "properties=email&trace=" + person(s).upper(), "person_in_address"),
])  # fmt: skip
def test_secrets_and_people_in_addresses_are_found_however_they_are_written(query: Any, what: str) -> None:
    (finding,) = found(play(world("sync"), Doing(calling(query))), "SECRET-001")

    assert finding.classification == what
    assert finding.severity.value == ("critical" if what == "credential_in_address" else "major")


@pytest.mark.parametrize("query", [
    lambda s: f"q=SELECT+Id+FROM+Contact+WHERE+Email+%3D+'{person(s)}'", lambda s: f"email={person(s)}", lambda _: "limit=10",
    lambda _: "note=somebody@strangers.example.com",
])  # fmt: skip
def test_what_the_vendor_looks_people_up_by_is_the_vendors_choice(query: Any) -> None:
    assert "SECRET-001" not in rules(play(world("sync"), Doing(calling(query))))


def test_the_vendors_own_addresses_of_tokens_are_its_choice_too() -> None:
    def deed(sandbox: Sandbox, number: int) -> None:
        exchange(sandbox, path=f"/oauth/v1/access-tokens/{sandbox.ma.credentials()['token']}", operation="oauth.access_token")

    assert "SECRET-001" not in rules(play(world("sync"), Doing(deed)))


# -- faults that nobody can notice, and faults that never struck ------------------------------------------------

EDIT = {"edit": {"side": "crm", "who": {"index": 1}, "set": {"Phone": "$fresh"}}}


class Late(Doing):
    """Sees nothing new in sync 2."""

    def _sync(self, sandbox: Sandbox) -> None:
        self.number = getattr(self, "number", 0) + 1
        if self.number != 2:
            super()._sync(sandbox)
        else:
            for side in Side:
                exchange(sandbox, side)


def lagging(sandbox: Sandbox, number: int) -> None:
    if number == 2:
        exchange(sandbox, fault="index_lag")


def test_what_a_silent_fault_hid_may_come_with_the_next_sync() -> None:
    inject = {"inject": {"fault": "index_lag", "system": "ma", "optional": True}}

    assert "FIELD-001" in rules(play(world("sync", EDIT, "sync", "sync", **CALM), Late(lambda *_: None)))
    assert not rules(play(world("sync", inject, EDIT, "sync", "sync", **CALM), Late(lagging)))


def test_a_fault_that_never_struck_leaves_the_verdict_open() -> None:
    result = play(world({"inject": {"fault": "server_error", "system": "ma", "operation": "objects.*"}}, "sync", **CALM), Ideal())

    assert result.verdict is Verdict.UNKNOWN
    assert result.reason == "fault `server_error` on hubspot (objects.*) never struck (0 requests matched): what it would have shown is not proved"
    assert result.reason in result.not_checked


def test_unless_it_is_optional() -> None:
    result = play(world({"inject": {"fault": "server_error", "system": "crm", "optional": True}}, "sync", **CALM), Ideal())

    assert result.verdict is Verdict.PASS
    assert any("`server_error` on salesforce" in text for text in result.not_checked)
