"""What may stand under `start:` and `webhooks:` of a connector file: how the program is made to sync, and is told of changes."""

from __future__ import annotations

import re
import sys
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from .json_paths import path_problem

START_KINDS = ("command", "service", "http", "container", "python")
# What may stand together: something of ours that listens, and how it is asked.
_PAIRS = (["service", "http"], ["http", "container"])
Word = Annotated[str, Field(min_length=1)]


class Strict(BaseModel):
    """A part of the connector file: unknown keys are errors, numbers may stand for texts."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Ready(Strict):
    """How one sees that a service is up. Neither: it is taken for ready at once."""

    port: str | None = Field(None, description="it is up when this port of 127.0.0.1 takes connections, e.g. `{webhook_port}`")
    line: str | None = Field(None, min_length=1, description="it is up when it has printed this text")
    timeout_s: Annotated[float, Field(gt=0, le=3_600)] = Field(30.0, description="after that long it is taken for broken: a finding")


class Settle(Strict):
    """When a sync of something that runs all the time is over."""

    polls: tuple[Literal["crm", "ma"], ...] = Field(
        ("crm", "ma"), description="the sides that it reads by itself; each synchronised kind must have been read after the last change",
    )  # fmt: skip
    quiet_s: Annotated[float, Field(gt=0, le=600)] = Field(0.5, description="and then nothing was written for so long")


class Answer(Strict):
    """What an answer says: the value at a path is one of some."""

    path: str = Field(description="where in the JSON answer, e.g. `$.state` or `$.runs[0].state`")
    is_: tuple[Any, ...] = Field(alias="is", min_length=1, description="values that count, e.g. `[done, failed]`")

    @field_validator("path")
    @classmethod
    def _path(cls, path: str) -> str:
        problem = path_problem(path)
        if problem:
            raise ValueError(problem)
        return path

    @field_validator("is_", mode="before")
    @classmethod
    def _one(cls, given: Any) -> Any:
        return given if isinstance(given, list | tuple) else [given]


class Trigger(Strict):
    """How a sync is asked for over HTTP, and how one hears that it is done."""

    url: str = Field(min_length=1, description="loopback only")
    method: Literal["GET", "POST", "PUT"] = "POST"
    headers: dict[str, str] = Field(default_factory=dict)
    body: str = Field("", description="sent as it stands; JSON unless `headers` say otherwise")
    poll: str | None = Field(None, description="URL that is asked until `done`; `{answer.id}` is `$.id` of the trigger's answer")
    every_s: Annotated[float, Field(gt=0, le=60)] = Field(0.1, description="how often it is asked")
    done: Answer | None = Field(None, description="it is done when the answer says so; left out: when the answer is there")
    success: Answer | None = Field(None, description="it claims success when the last answer says so; left out: any status below 400")

    @model_validator(mode="after")
    def _polled(self) -> Trigger:
        if (self.poll is None) != (self.done is None):
            raise ValueError("`poll` and `done` belong together: what is asked, and what the answer must say")
        return self


class Image(Strict):
    """A container image and how it is run."""

    image: str = Field(description="its name, as `docker run` takes it; pulled when the engine does not have it")
    command: tuple[Word, ...] = Field((), description="instead of the image's own command (its entry point stays)")
    mode: Literal["once", "service"] = Field(
        "once", description="`once`: one sync is one container; `service`: it runs all the time (always so beside `http`)",
    )  # fmt: skip
    reach: Literal["auto", "host", "gateway"] = Field(
        "auto", description="how it reaches the mocks: over the host's own network (`auto` on Linux) or over the engine's gateway to "
        "the host (`auto` elsewhere, where the engine runs in a machine of its own)",
    )  # fmt: skip

    @field_validator("command", mode="before")
    @classmethod
    def _words(cls, raw: Any) -> Any:
        return _listed(raw)

    @field_validator("image")
    @classmethod
    def _name(cls, name: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9][\w.:/@-]*", name):
            raise ValueError(f"`{name}` is no name of an image; write it as `docker run` takes it, e.g. `registry.example/acme/sync:1.2`")
        return name

    @property
    def over_gateway(self) -> bool:
        """Tell whether the engine has a network of its own, in which the host has a name."""
        return self.reach == "gateway" or (self.reach == "auto" and not sys.platform.startswith("linux"))


class Start(Strict):
    """How the connector is made to sync: exactly one of `command`, `service`, `http`, `container`, `python`."""

    command: tuple[Word, ...] = Field(
        (), description="one sync is one run of this: program and arguments; a program with a slash is looked for beside the file, else in PATH"
    )
    service: tuple[Word, ...] = Field((), description="it runs all the time: program and arguments; may stand beside `http`")
    http: Trigger | None = Field(None, description="one sync is one request; without `service` beside it, it must be running already")
    container: Image | None = Field(
        None, description="one sync is one container of this image (a text is the image's name); may stand beside `http`",
    )  # fmt: skip
    python: str | None = Field(
        None, pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$",
        description="`module:function`, async or not, called in this process with the variables of `env` as its one argument",
    )  # fmt: skip
    ready: Ready = Field(Ready.model_validate({}), description="of a service")
    settle: Settle = Field(Settle.model_validate({}), description="of a service")
    timeout_s: Annotated[float, Field(gt=0, le=86_400)] = Field(120.0, description="after that long it is ended: a finding (a service: UNKNOWN)")
    memory_mb: Annotated[int, Field(ge=0, le=1_048_576)] = Field(
        2_048, description="of `command` and `service` (Linux), and of `container`: what needs more, with all its children, is ended, and that is told; 0: no bound"
    )
    cwd: str = Field(".", description="folder it runs in, relative to the connector file")

    @model_validator(mode="before")
    @classmethod
    def _kind(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        given = [kind for kind in START_KINDS if raw.get(kind)]
        if len(given) != 1 and given not in _PAIRS:
            said = " and ".join(f"`{kind}`" for kind in given) or "none"
            raise ValueError(f"exactly one of {', '.join(f'`{k}`' for k in START_KINDS)} must be given, here it is {said}")
        return raw

    @field_validator("command", "service", mode="before")
    @classmethod
    def _words(cls, raw: Any) -> Any:
        return _listed(raw)

    @field_validator("container", mode="before")
    @classmethod
    def _named(cls, raw: Any) -> Any:
        return {"image": raw} if isinstance(raw, str) else raw

    @property
    def kind(self) -> str:
        """Return the word of its driver."""
        return next(kind for kind in ("http", "container", "python", "service", "command") if getattr(self, kind))

    @property
    def manner(self) -> str:
        """Return how it works, whatever it is started by: a container is a `service` or, as a `command`, one for each sync."""
        if self.container is not None and self.http is None:
            return "service" if self.container.mode == "service" else "command"
        return self.kind

    @property
    def words(self) -> tuple[str, ...]:
        """Return program and arguments; nothing when no program is started."""
        return self.command or self.service

    @property
    def further_words(self) -> tuple[str, ...]:
        """Return the words that may hold placeholders: the arguments of the program, or all words for a container."""
        return self.container.command if self.container is not None else self.words[1:]

    @property
    def words_key(self) -> str:
        """Return the key under which `words` stand."""
        return "command" if self.command else "service"


class Told(Strict):
    """What an app's owner has set up at the vendor: where it wants to be told, and of what."""

    path: str = Field("/", pattern=r"^/\S*$", description="`{webhook_url}` ends with it")
    events: tuple[Word, ...] = Field(
        min_length=1, description="the vendor's words, e.g. `contact.creation`; `contact.propertyChange:*` is one for each mapped property",
    )  # fmt: skip


def _listed(raw: Any) -> Any:
    if isinstance(raw, str):
        raise ValueError(f"a command is a list of words, no shell is involved; write [{', '.join(raw.split())}]")
    return raw
