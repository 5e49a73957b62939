"""The connector file: read, checked, filled in."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from syncproof.connector_file import builtin_reference, expand, load_connector
from syncproof.errors import InputError
from syncproof.placeholders import PLACEHOLDERS, fill_in

Write = Callable[[str], Path]

VALUES = {"crm.url": "http://127.0.0.1:1", "crm.token": "secret", "ma.url": "http://127.0.0.1:2", "ma.token": "x",
          "crm.client_id": "id", "crm.client_secret": "hidden", "crm.refresh_token": "again", "state_dir": "/state", "mapping_file": "/m.yaml", "seed": "7"}  # fmt: skip


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def do(text: str) -> Path:
        path = tmp_path / "connector.yaml"
        path.write_text(text)
        return path

    return do


def problems(path: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_connector(path)
    return [str(p).replace(str(path.parent), "HERE") for p in caught.value.problems]


def test_a_connector_file_is_read_as_the_contract_says(write: Write, tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text("")
    path = write(
        "connector: acme\nsystems: {crm: salesforce, ma: hubspot}\nmapping: map.yaml\nnetwork: direct\n"
        "start: {command: [sh, -c, 'echo {seed}'], timeout_s: 5}\nenv: {URL: '{crm.url}', PORT: 80}\n"
        "success: {exit_codes: [0, 3]}\n"
    )

    found = load_connector(path)

    assert (found.name, found.timeout_s, found.exit_codes) == ("acme", 5.0, {0, 3})
    assert found.mapping_path == tmp_path / "map.yaml"
    assert found.cwd == tmp_path.resolve()
    assert expand(found, VALUES) == ({"URL": "http://127.0.0.1:1", "PORT": "80"}, [shutil.which("sh"), "-c", "echo 7"])


def test_everything_that_may_be_left_out_has_a_value(write: Write) -> None:
    found = load_connector(write("connector: a\nstart: {command: [sh]}\n"))

    assert (found.network, found.timeout_s, found.exit_codes, found.mapping_path, found.env) == (
        "direct", 120.0, {0}, None, {},
    )  # fmt: skip


def test_a_program_with_a_slash_is_looked_for_beside_the_file(write: Write, tmp_path: Path) -> None:
    script = tmp_path / "run.sh"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)

    found = load_connector(write("connector: a\nstart: {command: [./run.sh]}\n"))

    assert expand(found, VALUES).argv == [str(script)]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("[no-such-program-x]", "no program `no-such-program-x` in PATH. Install it, or write its path."),
        ("[./gone.sh]", "there is no program HERE/gone.sh. A program with a slash is relative to the connector file."),
        ("[./notes.txt]", "HERE/notes.txt cannot be executed. Try `chmod +x HERE/notes.txt`."),
        ("[./folder]", "HERE/folder cannot be executed. It is a folder."),
        ("['{state_dir}']", "the program `{state_dir}` cannot be a placeholder. Write the program itself."),
    ],
)
def test_a_command_that_cannot_start_is_told_before_anything_starts(
    write: Write, tmp_path: Path, command: str, told: str
) -> None:
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "folder").mkdir()

    assert problems(write(f"connector: a\nstart:\n  command: {command}\n")) == [f"HERE/connector.yaml:3: {told}"]


def test_python_without_a_three_is_answered_with_what_is_there(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only = tmp_path / "bin"
    only.mkdir()
    (only / "python3").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(only))

    assert problems(write("connector: a\nstart: {command: [python]}\n"))[0].endswith("in PATH. There is `python3`.")


@pytest.mark.parametrize(
    ("rest", "line", "said"),
    [
        ("start: {container: a b}", 2, "`start.container.image`: `a b` is no name of an image; write it as `docker run` takes it, e.g."),
        ("start: {container: {image: a, command: run it}}", 2, "`start.container.command`: a command is a list of words, no shell is involved; write [run, it]."),
        ("start: {container: a}\nnetwork: isolated", 3, "no engine lets a container into a private network of ours. Write `network: proxy`"),
        ("start: {container: a}\nenv: {U: '{webhook_url}'}", 3, "`{webhook_url}` has no value with `start: container`: it needs a connector that listens, "
         "`start: service` or `start: http` or a container with `mode: service`."),
        ("start:\n  ready: {port: '{webhook_port}'}\n  container: {image: a, mode: service, reach: gateway}", 4, "a container that is called must share the host's network"),
        ("start:\n  http: {url: 'http://127.0.0.1:1'}\n  container: {image: a, reach: gateway}", 4, "a container that is called must share the host's network"),
    ],
)
def test_a_container_that_cannot_be_run_is_told_before_anything_starts(write: Write, rest: str, line: int, said: str) -> None:
    (text,) = problems(write(f"connector: a\n{rest}\n"))

    assert text.startswith(f"HERE/connector.yaml:{line}: {said}")


@pytest.mark.parametrize("container", ["acme/sync:1.2", "{image: 'registry.example:5000/acme/sync@sha256:0123', mode: service}"])
def test_a_container_is_named_or_described(write: Write, container: str) -> None:
    found = load_connector(write(f"connector: a\nstart: {{container: {container}}}\n"))

    assert found.start.container is not None
    assert found.start.container.image in container
    assert (found.start.kind, found.start.manner) == ("container", "service" if "service" in container else "command")
    assert (found.start.container.reach, found.start.container.command) == ("auto", ())


def test_the_words_of_a_container_may_hold_placeholders(write: Write) -> None:
    start = "{container: {image: a, command: [sync, '--to={ma.url}']}, http: {url: 'http://127.0.0.1:{webhook_port}/'}}"
    found = load_connector(write(f"connector: a\nstart: {start}\nenv: {{PORT: '{{webhook_port}}'}}\n"))

    assert found.start.kind == "http"
    assert expand(found, {**VALUES, "webhook_port": "5"}).argv == ["sync", f"--to={VALUES['ma.url']}"]


@pytest.mark.parametrize(
    ("start", "said"),
    [("{timeout_s: 5}", "none"), ("{command: [sh], service: [sh]}", "`command` and `service`"), ("{service: [sh], python: 'a:b'}", "`service` and `python`")],
)
def test_exactly_one_way_to_start_is_given(write: Write, start: str, said: str) -> None:
    (text,) = problems(write(f"connector: a\nstart: {start}\n"))

    assert text.endswith(f"exactly one of `command`, `service`, `http`, `container`, `python` must be given, here it is {said}.")


@pytest.mark.parametrize(
    ("start", "kind", "words"),
    [
        ("{service: [sh, -c, x], ready: {line: up}}", "service", ("sh", "-c", "x")),
        ("{service: [sh], http: {url: 'http://127.0.0.1:{webhook_port}/runs'}}", "http", ("sh",)),
        ("{http: {url: 'http://127.0.0.1:80/', poll: 'http://127.0.0.1/{answer.id}', done: {path: $.state, is: done}}}", "http", ()),
        ("{python: 'acme.sync:run'}", "python", ()),
    ],
)
def test_each_way_to_start_is_read(write: Write, start: str, kind: str, words: tuple[str, ...]) -> None:
    found = load_connector(write(f"connector: a\nstart: {start}\n"))

    assert (found.start.kind, found.start.words) == (kind, words)
    assert len(expand(found, {**VALUES, "webhook_port": "5"}).argv) == len(words)


@pytest.mark.parametrize(
    ("start", "line", "told"),
    [
        ("{service: [no-such-program-x]}", 2, "no program `no-such-program-x` in PATH. Install it, or write its path."),
        ("{service: [sh], http: {url: '{webhok_port}'}}", 2, "there is no placeholder `{webhok_port}` (did you mean `{webhook_port}`?)"),
        ("{http: {url: 'http://127.0.0.1', poll: x}}", 2, "`poll` and `done` belong together"),
        ("{http: {url: 'http://127.0.0.1', success: {path: '$.*', is: 1}}}", 2, "is no path of the kind `$.runs[0].state`"),
    ],
)
def test_what_is_wrong_with_a_service_or_a_request_is_told_before_anything_starts(write: Write, start: str, line: int, told: str) -> None:
    found = problems(write(f"connector: a\nstart: {start}\n"))

    assert len(found) == 1
    assert found[0].startswith(f"HERE/connector.yaml:{line}: ")
    assert told in found[0].replace("did you mean `webhook_port`", "did you mean `{webhook_port}`")


def test_into_a_private_network_leads_one_port_only(write: Write) -> None:
    inside = "{service: [sh], ready: {port: '{webhook_port}'}, http: {url: '{webhook_url}/runs'}}"
    outside = "{service: [sh], ready: {port: '8080'}, http: {url: 'http://127.0.0.1:8080/runs'}}"

    assert load_connector(write(f"connector: a\nnetwork: isolated\nstart: {inside}\nenv: {{URL: '{{webhook_url}}'}}\n")).network == "isolated"
    found = problems(write(f"connector: a\nnetwork: isolated\nstart: {outside}\n"))
    assert [text.partition(" does not lead into the private network")[0].rpartition(" ")[2] for text in found] == ["`http://127.0.0.1:8080/runs`", "`8080`"]
    assert all("{webhook_port}" in text for text in found)


def test_what_runs_already_cannot_be_in_a_private_network(write: Write) -> None:
    (found,) = problems(write("connector: a\nnetwork: isolated\nstart: {http: {url: 'http://127.0.0.1:8080/runs'}}\n"))

    assert found.startswith("HERE/connector.yaml:2: a program that runs already is not in a private network of ours")
    assert "network: direct" in found
    assert "`service:` beside `http:`" in found


def test_the_reference_connector_can_be_a_service(write: Write) -> None:
    found = builtin_reference(["lost_update"], "service")

    assert found.start.kind == "service"
    assert found.start.words[-1] == "--serve"
    assert found.webhooks["ma"].path == "/hubspot"


def test_an_unknown_network_is_told_with_those_that_exist(write: Write) -> None:
    (text,) = problems(write("connector: a\nnetwork: dirct\nstart: {command: [sh]}\n"))

    assert text.startswith("HERE/connector.yaml:2:")
    assert "(did you mean `direct`?); known: direct, isolated, proxy" in text


@pytest.mark.parametrize("network", ["direct", "isolated", "proxy"])
def test_a_word_that_another_network_gives_a_value_to_is_told(write: Write, network: str) -> None:
    text = f"connector: a\nnetwork: {network}\nstart: {{command: [sh]}}\nenv:\n  A: '{{ca_file}}'\n  B: '{{proxy.url}}'\n"
    wanted = {
        "direct": ["HERE/connector.yaml:5: `{ca_file}` has no value with `network: direct`; it needs `isolated` or `proxy`.",
                   "HERE/connector.yaml:6: `{proxy.url}` has no value with `network: direct`; it needs `proxy`."],
        "isolated": ["HERE/connector.yaml:6: `{proxy.url}` has no value with `network: isolated`; it needs `proxy`."],
    }  # fmt: skip

    if network == "proxy":
        assert load_connector(write(text)).network == "proxy"
    else:
        assert problems(write(text)) == wanted[network]


def test_all_problems_come_at_once_in_the_order_of_the_file(write: Write) -> None:
    told = problems(write(
        "connectr: a\nmapping: gone.xlsx\nstart:\n  command: sh -c x\n  timeout_s: -1\n"
        "env:\n  A: '{crm.tokn}'\n  B: '{ca_file} {ma.nothing}'\n  1C: x\n  D: true\n"
    ))  # fmt: skip

    places = [int(text.split(":")[1]) for text in told]
    assert places == sorted(places)
    assert {1, 4, 5, 7, 8, 9, 10} <= set(places)
    assert sum("there is no placeholder" in text for text in told) == 2
    assert any("did you mean `crm.token`" in text for text in told)
    assert any("`{ca_file}` has no value with `network: direct`" in text for text in told)
    assert any("no shell is involved; write [sh, -c, x]" in text for text in told)


def test_a_missing_mapping_file_and_folder_are_told(write: Write) -> None:
    told = problems(write("connector: a\nmapping: gone.xlsx\nstart:\n  command: [sh]\n  cwd: nowhere\n"))

    assert told == [
        "HERE/connector.yaml:2: there is no mapping file HERE/gone.xlsx. The path is relative to the connector file.",
        "HERE/connector.yaml:5: there is no folder HERE/nowhere. It is where the command runs.",
    ]


def test_a_placeholder_that_the_systems_do_not_offer_is_told_with_those_they_do(write: Write) -> None:
    found = load_connector(write("connector: a\nstart: {command: [sh]}\nenv: {U: '{ma.username}'}\n"))

    with pytest.raises(InputError) as caught:
        expand(found, VALUES)

    assert "`{ma.username}` has no value with these systems. There are: crm.client_id, crm.client_secret, crm.refresh_token, crm.token, crm.url" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("{crm.url}/x?{seed}", "http://127.0.0.1:1/x?7"),
        ('{"a": {"b": 1}}', '{"a": {"b": 1}}'),
        ("{}{{}}", "{}{{}}"),
        ('{"url": "{crm.url}"}', '{"url": "http://127.0.0.1:1"}'),
        ("{{seed}}", "{seed}"),
        ("{UPPER} ${HOME}", "{UPPER} ${HOME}"),
        ("100 %", "100 %"),
    ],
)
def test_only_lower_case_words_in_braces_are_placeholders(text: str, becomes: str) -> None:
    assert fill_in(text, VALUES) == becomes


def test_the_reference_connector_gets_only_placeholders_that_exist() -> None:
    found = builtin_reference(["lost_update", "x"])

    expanded = expand(found, VALUES)

    assert expanded.argv == [sys.executable, "-m", "syncproof.reference"]
    assert expanded.env["SYNC_BUGS"] == "lost_update,x"
    assert expanded.env["SF_ACCESS_TOKEN"] == "secret"
    assert set(VALUES) <= set(PLACEHOLDERS)
