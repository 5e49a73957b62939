"""What people read when something is wrong, word by word: where, what, what was possible, what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from syncproof.cli import invoke
from syncproof.scenario.grammar import known_steps
from syncproof.scenario.loader import known_faults, known_rules

Told = Callable[..., list[str]]

STEPS = ", ".join(known_steps())
FAULTS = ", ".join(known_faults())
RULES = sorted(known_rules())


@pytest.fixture
def told(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Told:
    """Write a file, validate it, return what is said; the folder is left out of it."""
    monkeypatch.chdir(tmp_path)

    def tell(name: str, text: str) -> list[str]:
        Path(name).write_text(text)
        assert invoke(["validate", name]) == 64
        captured = capsys.readouterr()
        assert captured.out == ""
        lines = captured.err.replace(f"{tmp_path}/", "").splitlines()
        return [line for line in lines if not line.endswith("nothing was started")]

    return tell


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "populaton: {}\nsteps: [sync]",
            "a.yaml:1: unknown key `populaton`; allowed: scenario, title, why, classes, tags, population, steps, checks, "
            "options. Did you mean `population`?",
        ),
        ("steps: [snyc]", f"a.yaml:1: unknown key `snyc` in `steps[0]`; allowed: {STEPS}. Did you mean `sync`?"),
        (
            "steps:\n- sync: {expct: quiet}",
            "a.yaml:2: unknown key `expct` in `steps[0].sync`; allowed: expect, instances. Did you mean `expect`?",
        ),
        (
            "steps:\n- edit:\n  side: crm",
            "a.yaml:2: `steps[0]`: one step per line, what belongs to it indented below; given side by side: `edit`, `side`.",
        ),
        ("steps:\n- wait: soon", "a.yaml:2: `steps[0].wait.seconds` must be a number; `soon` was given."),
        ("steps:\n- wait: -1", "a.yaml:2: `steps[0].wait.seconds` should be greater than 0; `-1` was given."),
        (
            "steps:\n- edit:\n    side: cmr\n    set: {A: 1}",
            "a.yaml:3: `steps[0].edit.side` cannot be `cmr`; allowed: crm, ma. Did you mean `crm`?",
        ),
        ("steps:\n- edit: {side: crm}", "a.yaml:2: the key `set` is missing in `steps[0].edit`. Add `set: ...`."),
        (
            "steps:\n- edit:\n    side: crm\n    set:\n      Phone: $fesh",
            "a.yaml:5: `steps[0].edit.set.Phone`: `$fesh` is not a value (did you mean `$fresh`?); known: $fresh, $odd, "
            "$longest, $too_long, $zero, $blank, $other_case, $now, $now+2d, $now-24mo, $same_as: crm, $same_as: ma, $of: p0002; `$$` begins a text with a dollar.",
        ),
        (
            "steps:\n- edit:\n    side: crm\n    set:\n      Phone:",
            "a.yaml:5: `steps[0].edit.set.Phone`: nothing is given here; write `$blank` to empty the field.",
        ),
        (
            "steps:\n- delete:\n    side: crm\n    who: {count: many}",
            "a.yaml:4: `steps[0].delete.who.count`: it is a number from 1, or `all`; `many` was given.",
        ),
        (
            "steps:\n- opt_in: {side: ma}",
            "a.yaml:2: the key `evidence` is missing in `steps[0].opt_in`. Add `evidence: ...`.",
        ),
        (
            "steps:\n- inject:\n    fault: rate_limt",
            f"a.yaml:3: no fault is called `rate_limt` (did you mean `rate_limit`?); known: {FAULTS}. "
            "`syncproof list faults` shows them.",
        ),
        (
            "steps: [sync]\nclasses: [B777]",
            "a.yaml:2: no bug class is called `B777`. They go from B001 to B101.",
        ),
        (
            "steps:\n- sync: quiet",
            "a.yaml:2: `steps[0]`: `sync` has settings, and `quiet` alone is none; write `sync: {expect: quiet}`.",
        ),
        (
            "steps:\n- delete: crm",
            "a.yaml:2: `steps[0]`: `delete` has settings, and `crm` alone is none; write `delete: {side: ..., who: ..., object: ...}`.",
        ),
        *(
            (
                f"steps:\n- delete: {{side: ma, who: {given}}}",
                f"a.yaml:2: `steps[0].delete.who`: people are picked by `all` or by conditions; `{given}` was given; write `{better}`.",
            )
            for given, better in (
                ("p0001", "{key: p0001}"), ("3", "{index: 3}"), ("customer", "{stratum: customer}"),
                ("everybody", "{index: 1}` or `{stratum: customer}"),
            )
        ),
        (
            "steps: [sync]\npopulation: {kinds: {custmer: 1}}",
            "a.yaml:2: `population.kinds.custmer` cannot be `custmer`; allowed: customer, lead, partner, supplier, test. "
            "Did you mean `customer`?",
        ),
        ("steps: sync", "a.yaml:1: `steps` must be a list (`- ...` lines or `[a, b]`); `sync` was given."),
        (
            "steps: [sync]\npopulation: {total: 3, dirt: {inactive: 4}}",
            "a.yaml:2: `population`: `dirt` asks for 4 people with `inactive`, `total` is 3.",
        ),
        ("steps: [sync\n", "a.yaml:2: this is not valid YAML at column 1: "),
        (
            "title: x\n",
            "a.yaml:1: the key `steps` is missing. Add `steps: ...`.",
        ),
    ],
)
def test_a_wrong_line_of_a_scenario(told: Told, text: str, message: str) -> None:
    (line,) = told("a.yaml", text)

    assert line.startswith(message) if message.endswith(": ") else line == message


def test_a_rule_that_does_not_exist(told: Told) -> None:
    near = RULES[0][:-1] + "X"
    (line,) = told("a.yaml", f"steps: [sync]\nchecks:\n  skip:\n    {near}: for a good reason\n")

    assert line.startswith(f"a.yaml:4: no rule is called `{near}` (did you mean `{RULES[0][:-1]}")
    assert line.endswith("`syncproof list checks` shows them.")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "connector: a\nstart:\n  command: [no-such-x]",
            "c.yaml:3: no program `no-such-x` in PATH. Install it, or write its path.",
        ),
        (
            "connector: a\nstart:\n  command: sh run.sh",
            "c.yaml:3: `start.command`: a command is a list of words, no shell is involved; write [sh, run.sh].",
        ),
        (
            "connector: a\nstart: {container: x}\nnetwork: isolated",
            "c.yaml:3: no engine lets a container into a private network of ours. "
            "Write `network: proxy`: vendors' hosts lead to the mocks there too, also for clients that take no proxy.",
        ),
        (
            "connector: a\nnetwork: proxie\nstart: {command: [sh]}",
            "c.yaml:2: `network`: `proxie` is not a network (did you mean `proxy`?); known: direct, isolated, proxy.",
        ),
        (
            "connector: a\nstart: {command: [sh]}\nenv:\n  U: '{crm.urll}'",
            "c.yaml:4: there is no placeholder `{crm.urll}` (did you mean `crm.url`?); known: crm.url, crm.token, crm.host, "
            "crm.client_id, crm.client_secret, crm.username, crm.password, crm.refresh_token, ma.url, ma.token, ma.host, "
            "ma.client_id, ma.client_secret, ma.username, ma.password, ma.refresh_token, proxy.url, ca_file, mapping_file, "
            "state_dir, webhook_url, webhook_port, seed.",
        ),
        (
            "connector: a\nstart: {command: [sh]}\nenv:\n  U: '{webhook_url}'",
            "c.yaml:4: `{webhook_url}` has no value with `start: command`: it needs a connector that listens, `start: service` or `start: http`.",
        ),
        (
            "connector: a\nstart: {command: [sh]}\nsuccess: {exit_code: 0}",
            "c.yaml:3: unknown key `exit_code` in `success`; allowed: exit_codes. Did you mean `exit_codes`?",
        ),
        *(
            (
                f"connector: a\nstart: {{command: [sh]}}\nenv:\n  {name}: x",
                f"c.yaml:4: `env.{name}`: a variable's name is of letters, digits and `_` and begins with no digit; write `{better}`.",
            )
            for name, better in (("STATE-DIR", "STATE_DIR"), ("2ND", "_2ND"))
        ),
        ("connector: a\n", "c.yaml:1: the key `start` is missing. Add `start: ...`."),
    ],
)
def test_a_wrong_line_of_a_connector_file(told: Told, text: str, message: str) -> None:
    assert told("c.yaml", text) == [message]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["validate", "gone.yaml"], "gone.yaml: no such file."),
        (["run", "--ports", "1"], "No such option: --ports"),
        (["run", "--bug", "x", "--connector", "c.yaml"], "--bug: only the reference connector has bugs to switch on. Leave out "
         "`--connector`."),
        (["run", "--tag", "golive"], "--tag: no scenario has the tag `golive` (did you mean `go-live`?); known: "),
        (["run", "overwrite", "-k", "a b"], "-k: `a b`: `b` is not expected there. Write words with `and`, `or`, `not` and "
         "brackets."),
        (["run", "consnet"], "consnet: no such file, folder or built-in scenario. Did you mean `consent`? Built-in: "),
        (["sandbox", "--ports", "80"], "--ports: `80` is not two different ports. Write them as `8001,8002`."),
        (["coverage", "sf"], "coverage: no dialect is called `sf`; known: "),
    ],
)  # fmt: skip
def test_a_wrong_word_on_the_command_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert invoke(arguments) == 64

    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
