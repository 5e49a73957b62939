"""The commands under `syncproof sandbox`, each spoken to a running one."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable

import pytest
from syncproof.errors import InputError
from syncproof.live.client import TOKEN, URL, Client, assignments, selector, step_from_text
from syncproof.mapping.grammar import Side
from tests.live.conftest import Live

Said = Callable[..., tuple[int, str, str]]


# -- steps --------------------------------------------------------------------------------------------


def test_edit_writes_at_the_desk_and_tells_old_and_new(live: Live, said: Said) -> None:
    old = live.value(Side.CRM, "Phone", "p0003")
    code, out, _ = said("edit", "crm", "Phone=+48221234567", "Title=$blank", "--who", "p0003")

    assert code == 0
    assert re.fullmatch(rf"edit: CRM contact \w+ of p0003 .+: Phone: {re.escape(str(old))} -> \+48221234567", out.splitlines()[0])
    assert (live.value(Side.CRM, "Phone", "p0003"), live.value(Side.CRM, "Title", "p0003")) == ("+48221234567", None)
    assert str(live.session.stage.journal.entries[-1].actor) in ("crm_user", "vendor_automation")  # type: ignore[union-attr]


def test_edit_takes_what_is_no_text_with_a_colon(live: Live, said: Said) -> None:
    code, out, _ = said("edit", "crm", "NumberOfEmployees:=12", "--who", "lead")

    assert (code, out.endswith("-> 12\n")) == (0, True)


def test_a_consent_is_no_edit(live: Live, said: Said) -> None:
    code, _, err = said("edit", "crm", "DoNotCall:=true")

    assert (code, "use the steps `opt_out` and `opt_in`" in err) == (64, True)
    assert live.session.stage.journal.entries[-1].name == "baseline"  # type: ignore[union-attr]


def test_step_does_whatever_a_scenario_can(live: Live, said: Said) -> None:
    code, out, _ = said("step", "opt_out: {side: ma, who: {index: 2}}")

    assert (code, out.startswith("opt_out: MA"), "email/*" in out) == (0, True, True)


def test_step_reads_standard_input(live: Live, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("- edit:\n    side: crm\n    set: {Phone: '+48221234567'}\n"))

    assert said("step", "-")[0] == 0
    assert live.value(Side.CRM, "Phone") == "+48221234567"


def test_new_people_come_in(live: Live, said: Said) -> None:
    assert said("step", "create: {side: crm, count: 2}")[0] == 0
    assert live.session.status()["people"] == 10


def test_a_claim_that_does_not_hold_is_exit_code_1(live: Live, said: Said) -> None:
    claim = "assert: {side: crm, who: {index: 1}, field: Phone, equals: '+48221234567'}"
    first = said("step", claim)
    said("edit", "crm", "Phone=+48221234567")
    second = said("step", claim)

    assert (first[0], first[1].startswith("DOES NOT HOLD"), second[0], second[1].startswith("holds")) == (1, True, 0, True)


def test_inject_and_heal_reach_the_connectors_requests(live: Live, said: Said) -> None:
    assert said("inject", "server_error", "--system", "ma", "--times", "1")[1] == "switched on: server_error on the MA (*)\n"
    assert [live.asks_ma().status_code for _ in range(2)] == [503, 200]
    assert "struck 1 of 2 matching requests" in said("status")[1]
    assert said("inject", "rate_limit", "--system", "ma", "--set", "retry_after_s:=7")[0] == 0
    assert live.asks_ma().status_code == 429
    assert said("heal")[0] == 0
    assert live.asks_ma().status_code == 200


# -- looking ------------------------------------------------------------------------------------------


def test_diff_understands_formats_and_value_tables(live: Live, said: Said) -> None:
    said("edit", "crm", "Phone=+48221234567", "--who", "p0001")
    said("step", "edit: {side: ma, who: {key: p0001}, set: {phone: '+48 (22) 123-45-67'}}")
    assert said("diff")[1].startswith("0 differences; ")
    said("edit", "ma", "phone=+48229999999", "--who", "p0001")

    out = said("diff")[1].splitlines()

    assert (len(out), out[1].partition(";")[0]) == (2, "1 difference")
    assert re.fullmatch(r"p0001 .+: \w+ Phone = phone: CRM \+48221234567, MA \+48229999999", out[0])


def test_diff_tells_of_consents_and_of_who_is_on_one_side_only(live: Live, said: Said) -> None:
    said("step", "opt_out: {side: ma, who: {index: 3}}")
    said("step", "delete: {side: ma, who: {index: 1}}")

    code, out, _ = said("diff", "--json")
    found = json.loads(out)

    assert code == 0
    assert [(c["person"], c["ma"]) for c in found["consents"] if c["key"] == "email/*"] == [("p0003", "withdrawn")]
    assert [(x["person"], x["system"]) for x in found["only_on"]] == [("p0001", "crm")]
    assert found["compared"] > 5


def test_diff_counts_what_it_cannot_compare(live: Live, said: Said) -> None:
    live.sandbox.call(lambda: live.sandbox.ma.desk_create("contacts", {"email": "stranger@example.com"}))

    assert "1 records of nobody known in the MA" in said("diff")[1]


# -- checkpoints --------------------------------------------------------------------------------------


def test_checkpoint_and_rewind_by_name_by_number_and_to_the_seeds(live: Live, said: Said) -> None:
    said("edit", "crm", "Phone=+48221111111")
    assert said("checkpoint")[1].startswith("checkpoint `1`;")
    said("edit", "crm", "Phone=+48222222222")
    assert said("checkpoint", "late")[0] == 0
    said("rewind", "1")
    assert live.value(Side.CRM, "Phone") == "+48221111111"
    said("rewind", "late")
    assert live.value(Side.CRM, "Phone") == "+48222222222"
    code, out, _ = said("rewind")
    assert (code, out.startswith("back at `seeded`, 20")) == (0, True)
    assert str(live.value(Side.CRM, "Phone")) not in ("+48221111111", "+48222222222")
    assert live.session.stage.acts == []


def test_after_a_rewind_fresh_values_and_faults_are_drawn_again(live: Live, said: Said) -> None:
    def story() -> list[object]:
        said("inject", "server_error", "--system", "ma", "--probability", "0.5")
        said("edit", "crm", "Phone=$fresh", "--who", "all")
        return [live.asks_ma().status_code for _ in range(12)], live.value(Side.CRM, "Phone")  # type: ignore[return-value]

    first = story()
    said("rewind")
    assert story() == first


def test_the_clock_may_go_on(live: Live, said: Said) -> None:
    clock = live.sandbox.world.clock
    before = clock.now_ms()
    said("step", "move_clock: {seconds: 86400}")
    said("rewind", "--time-goes-on")
    assert clock.now_ms() - before >= 86_400_000
    said("rewind")
    assert clock.now_ms() - before < 86_400_000


@pytest.mark.parametrize("name", ["", " ", "x" * 81, "seeded", "a\nb"])
def test_names_of_checkpoints_have_bounds(live: Live, said: Said, name: str) -> None:
    assert said("checkpoint", name)[0] == 64
    assert live.session.status()["checkpoints"] == ["seeded"]


def test_a_checkpoint_that_does_not_exist_is_told_with_those_that_do(live: Live, said: Said) -> None:
    said("checkpoint", "before_merge")
    code, out, err = said("rewind", "before_merg")

    assert (code, out) == (64, "")
    assert "did you mean `before_merge`?" in err
    assert "known: seeded, before_merge" in err


def test_there_is_a_bound_on_checkpoints(live: Live, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("syncproof.live.session.MOST_CHECKPOINTS", 2)
    assert [said("checkpoint")[0] for _ in range(3)] == [0, 0, 64]
    assert said("checkpoint", "2")[0] == 0


# -- which sandbox ------------------------------------------------------------------------------------


def test_without_a_sandbox_the_remedy_is_told(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(URL)
    monkeypatch.delenv(TOKEN)

    code, _, err = said("diff")

    assert (code, f"{URL} and {TOKEN} are not set" in err, "paste the exports" in err) == (64, True, True)


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [(URL, "http://127.0.0.1:9", "no sandbox answers there"), (TOKEN, "wrong", "send the run's token"), (URL, "http://example.com", "not on this machine")],
)
def test_a_wrong_sandbox_is_told(said: Said, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, told: str) -> None:
    monkeypatch.setenv(variable, value)
    for words in (("diff",), ("watch",)):
        code, out, err = said(*words)
        assert (code, out, told in err) == (64, "", True), err


def test_options_win_over_the_environment(live: Live, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(URL, "http://127.0.0.1:9")
    monkeypatch.setenv(TOKEN, "wrong")

    assert said("status", "--url", live.url, "--token", live.token)[0] == 0


def test_what_the_shell_uses_as_proxy_is_not_asked(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert Client().status()["people"] == 8


# -- words --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "meant"),
    [(None, None), ("all", "all"), ("p0003", {"key": "p0003"}), ("3", {"index": 3}), ("opted_out", {"stratum": "opted_out"}),
     ("{kind: lead, count: 2}", {"kind": "lead", "count": 2})],
)  # fmt: skip
def test_people_are_picked_by_a_word(word: str | None, meant: object) -> None:
    assert selector(word) == meant


def test_assignments_tell_texts_from_values() -> None:
    assert assignments(["a=1", "b:=1", "c=x=y", "d=", "e:=[1, x]"], "edit") == {"a": "1", "b": 1, "c": "x=y", "d": "", "e": [1, "x"]}


def test_every_wrong_assignment_is_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        assignments(["Phone", "=1", "a=1", "a=2"], "edit")

    assert len(caught.value.problems) == 3


@pytest.mark.parametrize("text", ["", "a: [", "!!python/object:x {}", "&a [*a]"])
def test_a_text_that_is_no_step_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        step_from_text(text)
