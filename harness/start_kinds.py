"""What may stand under `start:` and `webhooks:` of a connector file: how the program is made to sync, and is told of changes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from .json_paths import path_problem

START_KINDS = ("command", "service", "http", "python")
START_KINDS_LATER = ("container",)
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


class Start(Strict):
    """How the connector is made to sync: exactly one of `command`, `service`, `http`, `python`."""

    command: tuple[Word, ...] = Field(
        (), description="one sync is one run of this: program and arguments; a program with a slash is looked for beside the file, else in PATH"
    )
    service: tuple[Word, ...] = Field((), description="it runs all the time: program and arguments; may stand beside `http`")
    http: Trigger | None = Field(None, description="one sync is one request; without `service` beside it, it must be running already")
    python: str | None = Field(
        None, pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$",
        description="`module:function`, async or not, called in this process with the variables of `env` as its one argument",
    )  # fmt: skip
    ready: Ready = Field(Ready.model_validate({}), description="of a service")
    settle: Settle = Field(Settle.model_validate({}), description="of a service")
    timeout_s: Annotated[float, Field(gt=0, le=86_400)] = Field(120.0, description="after that long it is ended: a finding (a service: UNKNOWN)")
    cwd: str = Field(".", description="folder it runs in, relative to the connector file")

    @model_validator(mode="before")
    @classmethod
    def _kind(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        later = [kind for kind in START_KINDS_LATER if kind in raw]
        if later:
            raise ValueError(f"`{later[0]}:` comes later; known start kinds now: {', '.join(START_KINDS)}")
        given = [kind for kind in START_KINDS if raw.get(kind)]
        if len(given) != 1 and given != ["service", "http"]:
            said = " and ".join(f"`{kind}`" for kind in given) or "none"
            raise ValueError(f"exactly one of {', '.join(f'`{k}`' for k in START_KINDS)} must be given, here it is {said}")
        return raw

    @field_validator("command", "service", mode="before")
    @classmethod
    def _words(cls, raw: Any) -> Any:
        if isinstance(raw, str):
            raise ValueError(f"a command is a list of words, no shell is involved; write [{', '.join(raw.split())}]")
        return raw

    @property
    def kind(self) -> str:
        """Return the word of its driver."""
        return "http" if self.http else "python" if self.python else "service" if self.service else "command"

    @property
    def words(self) -> tuple[str, ...]:
        """Return program and arguments; nothing when no program is started."""
        return self.command or self.service

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
