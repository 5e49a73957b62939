"""The connector file: the contract with the program under test (design.md section 12)."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, ConfigDict, Field, PrivateAttr, ValidationError, field_validator

from .errors import InputError, Problem
from .nearest import suggest
from .placeholders import complaints, fill_in, of_listeners, of_other_networks, words_in
from .start_kinds import START_KINDS, Start, Strict, Told
from .yaml_lines import Lines, load_yaml_with_lines, problems_from_pydantic

__all__ = [
    "NETWORKS", "START_KINDS", "ConnectorFile", "Expanded", "Start", "Success", "builtin_reference",
    "expand", "load_connector", "program",
]

NETWORKS = ("direct", "isolated", "proxy")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ANSWER = re.compile(r"\{answer\.[^}]*\}")


def _variable(name: str) -> str:
    if _VARIABLE.fullmatch(name):
        return name
    better = re.sub(r"\W", "_", name, flags=re.ASCII)
    better = f"_{better}" if better[:1].isdigit() or not better else better
    raise ValueError(f"a variable's name is of letters, digits and `_` and begins with no digit; write `{better}`")


class Success(Strict):
    """What the connector says when it claims that all went well."""

    exit_codes: tuple[Annotated[int, Field(ge=0, le=255)], ...] = Field((0,), min_length=1)


class ConnectorFile(Strict):
    """The program under test: how it is started, what it is told, and what counts as its claim of success."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True, populate_by_name=True)

    name: Annotated[str, Field(min_length=1, max_length=80)] = Field(alias="connector")
    systems: dict[Literal["crm", "ma"], str] = Field(default_factory=dict, description="left out: those of the mapping")
    mapping: str | None = Field(None, description="mapping file, relative to this one; `--mapping` wins over it")
    shape: str | None = Field(None, description="shape file of both orgs, relative to this one; `--shape` wins over it")
    network: str = Field(
        "direct", description="`direct`: the mocks' plain base URLs; for connectors with hard-coded hosts `isolated` (Linux: a "
        "private network in which vendors' hosts are the mocks) or `proxy` (anywhere: `HTTPS_PROXY` and the run's CA)",
    )  # fmt: skip
    start: Start
    webhooks: dict[Literal["crm", "ma"], Told] = Field(default_factory=dict, description="what the vendor tells it, for those who do not subscribe themselves")
    env: dict[Annotated[str, AfterValidator(_variable)], str] = Field(default_factory=dict)
    success: Success = Success.model_validate({})

    _path: Path | None = PrivateAttr(None)

    @field_validator("network")
    @classmethod
    def _network(cls, value: str) -> str:
        if value not in NETWORKS:
            raise ValueError(f"`{value}` is not a network{suggest(value, NETWORKS)}")
        return value

    @property
    def path(self) -> Path | None:
        """Return the file it was read from; None for the built-in reference connector."""
        return self._path

    @property
    def folder(self) -> Path:
        """Return the folder that relative paths start from."""
        return self._path.parent.resolve() if self._path else Path.cwd()

    @property
    def cwd(self) -> Path:
        """Return the folder the program runs in."""
        return (self.folder / self.start.cwd).resolve()

    @property
    def mapping_path(self) -> Path | None:
        """Return the mapping file it names, or None."""
        return self.folder / self.mapping if self.mapping else None

    @property
    def shape_path(self) -> Path | None:
        """Return the shape file it names, or None."""
        return self.folder / self.shape if self.shape else None

    @property
    def timeout_s(self) -> float:
        """Return how long one sync may take."""
        return self.start.timeout_s

    @property
    def exit_codes(self) -> frozenset[int]:
        """Return the exit codes that claim success."""
        return frozenset(self.success.exit_codes)


class Expanded(NamedTuple):
    """What the connector is started with: its environment (only what is declared) and its words."""

    env: dict[str, str]
    argv: list[str]


def load_connector(path: Path) -> ConnectorFile:
    """Return the connector file, its program found. Raises InputError with all problems, each with its line."""
    data, lines = load_yaml_with_lines(path)
    if not isinstance(data, dict):
        raise InputError([Problem(f"{path}:1", "a connector file is keys and values.",
                                  "Begin with `connector: name`; `syncproof init` writes an example.")])
    problems: list[Problem] = []
    connector = None
    try:
        connector = ConnectorFile.model_validate(data)
    except ValidationError as error:
        problems.extend(problems_from_pydantic(error, lines, path, ConnectorFile))
    problems.extend(Problem(f"{path}:{lines.at(place)}", f"{complaint}.") for place, text in _texts(data)
                    for complaint in complaints(text))
    network = data.get("network", "direct")
    if network in NETWORKS:
        problems.extend(Problem(f"{path}:{lines.at(place)}", f"{complaint}.") for place, text in _texts(data)
                        for complaint in of_other_networks(text, network))
    kind = _manner(data["start"]) if isinstance(data.get("start"), dict) else ""
    problems.extend(Problem(f"{path}:{lines.at(place)}", f"{complaint}.") for place, text in _texts(data)
                    for complaint in of_listeners(text, kind))
    if connector is not None:
        connector._path = path  # noqa: SLF001 (its own kind)
        problems.extend(_paths(connector, lines, path))
    if problems or connector is None:
        raise InputError(sorted(problems, key=_line_of))
    return connector


def program(connector: ConnectorFile) -> Path:
    """Return the absolute path of the program. Raises InputError when it does not exist or cannot be executed."""
    word, key = connector.start.words[0], connector.start.words_key
    where = f"{connector.path}: start.{key}" if connector.path else f"start.{key}"
    found, complaint = _look_up(word, connector.folder)
    if found is None:
        raise InputError([Problem(where, *complaint)])
    return found


def expand(connector: ConnectorFile, values: Mapping[str, str]) -> Expanded:
    """Return environment and words with every placeholder filled in; the program (if any) is an absolute path.

    Raises InputError naming every placeholder that the systems of this run have no value for.
    """
    start = connector.start
    key = "start.container.command" if start.container is not None else f"start.{start.words_key}"
    texts = [*(("env", text) for text in connector.env.values()), *((key, w) for w in start.further_words), *_http_texts(start)]
    missing = {word: place for place, text in texts for word in words_in(text) if word not in values}
    if missing:
        where = str(connector.path or "connector")
        raise InputError(
            Problem(f"{where}: {place}", f"`{{{word}}}` has no value with these systems.",
                    f"There are: {', '.join(sorted(values))}.") for word, place in missing.items()
        )  # fmt: skip
    words = [fill_in(word, values) for word in start.further_words]
    argv = [str(program(connector)), *words] if start.words else words
    return Expanded({name: fill_in(text, values) for name, text in connector.env.items()}, argv)


def builtin_reference(bugs: Iterable[str] = (), start: str = "command") -> ConnectorFile:
    """Return the reference connector that ships, with the named bugs switched on; ``start``: `command` or `service`.

    As a service it polls both systems, and HubSpot tells it of contacts, as its owner has set up there.
    """
    words: dict[str, Any] = {
        "connector": "reference",
        "start": {"command": [sys.executable, "-m", "syncproof.reference"]},
        "env": {
            "SF_INSTANCE_URL": "{crm.url}", "SF_ACCESS_TOKEN": "{crm.token}",
            "SF_CLIENT_ID": "{crm.client_id}", "SF_CLIENT_SECRET": "{crm.client_secret}", "SF_REFRESH_TOKEN": "{crm.refresh_token}",
            "HUBSPOT_BASE_URL": "{ma.url}", "HUBSPOT_TOKEN": "{ma.token}",
            "MAPPING_FILE": "{mapping_file}", "STATE_DIR": "{state_dir}", "SYNC_BUGS": ",".join(bugs),
        },
    }  # fmt: skip
    if start == "service":
        words["start"] = {"service": [sys.executable, "-m", "syncproof.reference", "--serve"], "ready": {"line": "listening"}}
        words["webhooks"] = {"ma": {"path": "/hubspot", "events": ["contact.creation", "contact.deletion", "contact.propertyChange:*"]}}
        words["env"] |= {"LISTEN_URL": "{webhook_url}", "HUBSPOT_CLIENT_SECRET": "{ma.client_secret}", "POLL_SECONDS": "0.4"}
    return ConnectorFile.model_validate(words)


def _texts(data: dict[Any, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    env, start = data.get("env"), data.get("start")
    for name, text in env.items() if isinstance(env, dict) else ():
        if isinstance(text, str):
            yield ("env", name), text
    for place, text in _deep(("start",), start):
        # What an answer holds is not known before it is there.
        yield place, _ANSWER.sub("", text)


def _deep(place: tuple[str | int, ...], part: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(part, str):
        yield place, part
    elif isinstance(part, dict | list):
        for key, inner in part.items() if isinstance(part, dict) else enumerate(part):
            yield from _deep((*place, key), inner)


def _manner(start: dict[Any, Any]) -> str:
    """Return the way to start that a file means, as far as listening goes: a container of `mode: service` is a service."""
    kinds = [kind for kind in ("http", *START_KINDS) if kind in start]
    image = start.get("container")
    return "service" if kinds[:1] == ["container"] and isinstance(image, dict) and image.get("mode") == "service" else next(iter(kinds), "")


def _http_texts(start: Start) -> Iterator[tuple[str, str]]:
    trigger = start.http
    if trigger is not None:
        yield from (("start.http", _ANSWER.sub("", t)) for t in (trigger.url, trigger.body, trigger.poll or "", *trigger.headers.values()))
    if start.ready.port is not None:
        yield "start.ready", start.ready.port


def _paths(connector: ConnectorFile, lines: Lines, path: Path) -> Iterator[Problem]:
    start = connector.start
    _, complaint = _look_up(start.words[0], connector.folder) if start.words else (None, ("", ""))
    if complaint[0]:
        yield Problem(f"{path}:{lines.at(('start', start.words_key, 0))}", *complaint)
    if start.kind == "python" and connector.network != "direct":
        yield Problem(f"{path}:{lines.at(('network',))}", "a `python:` connector runs in our own process and needs no network of its own.",
                      "Leave `network` out: vendors' hosts and the mocks' addresses both lead to the mocks.")
    yield from _container_problems(connector, lines, path)
    yield from _outside_problems(connector, lines, path)
    if not connector.cwd.is_dir():
        yield Problem(f"{path}:{lines.at(('start', 'cwd'))}", f"there is no folder {connector.cwd}.", "It is where the command runs.")
    if connector.shape_path is not None and not connector.shape_path.is_file():
        yield Problem(f"{path}:{lines.at(('shape',))}", f"there is no shape file {connector.shape_path}.",
                      "The path is relative to the connector file.")
    if connector.mapping_path is not None and not connector.mapping_path.is_file():
        yield Problem(f"{path}:{lines.at(('mapping',))}", f"there is no mapping file {connector.mapping_path}.",
                      "The path is relative to the connector file.")


def _outside_problems(connector: ConnectorFile, lines: Lines, path: Path) -> Iterator[Problem]:
    """Yield what would be called at an address that does not lead into the private network of a connector."""
    trigger = connector.start.http
    if connector.network == "isolated" and trigger and not connector.start.service and connector.start.container is None:
        yield Problem(f"{path}:{lines.at(('network',))}", "a program that runs already is not in a private network of ours, nor can it be put into one.",
                      "Write `network: direct` and give it our addresses, or let us start it: `service:` beside `http:`.")
        return
    called = {("start", "http", "url"): trigger and trigger.url, ("start", "http", "poll"): trigger and trigger.poll,
              ("start", "ready", "port"): connector.start.ready.port}  # fmt: skip
    for place, text in called.items() if connector.network == "isolated" else ():
        if text and not {"webhook_url", "webhook_port"} & {*words_in(_ANSWER.sub("", text))}:
            yield Problem(f"{path}:{lines.at(place)}", f"`{text}` does not lead into the private network of `network: isolated`.",
                          "Let the connector listen on `{webhook_port}`, and write that here: it is the one port that is let in.")


def _container_problems(connector: ConnectorFile, lines: Lines, path: Path) -> Iterator[Problem]:
    image = connector.start.container
    if image is None:
        return
    if connector.network == "isolated":
        yield Problem(f"{path}:{lines.at(('network',))}", "no engine lets a container into a private network of ours.",
                      "Write `network: proxy`: vendors' hosts lead to the mocks there too, also for clients that take no proxy.")
    listens = bool(connector.webhooks) or connector.start.http is not None or connector.start.ready.port is not None
    if image.over_gateway and listens:
        yield Problem(f"{path}:{lines.at(('start', 'container'))}", "a container that is called must share the host's network, and this one reaches us over a gateway.",
                      "Run it where the engine shares the network of this machine (Linux, `reach: host`), or let it poll.")


def _look_up(word: str, folder: Path) -> tuple[Path | None, tuple[str, str]]:
    if words_in(word):
        return None, (f"the program `{word}` cannot be a placeholder.", "Write the program itself.")
    if "/" not in word:
        found = shutil.which(word)
        other = f"There is `{word}3`." if shutil.which(f"{word}3") else "Install it, or write its path."
        return (Path(found).absolute(), ("", "")) if found else (None, (f"no program `{word}` in PATH.", other))
    path = folder / word
    if not path.exists():
        return None, (f"there is no program {path}.", "A program with a slash is relative to the connector file.")
    if path.is_dir() or not os.access(path, os.X_OK):
        return None, (f"{path} cannot be executed.", "It is a folder." if path.is_dir() else f"Try `chmod +x {path}`.")
    return path.absolute(), ("", "")


def _line_of(problem: Problem) -> int:
    tail = problem.where.rpartition(":")[2]
    return int(tail) if tail.isdigit() else 0
