"""A shape put onto a dialect: what does not fit is told with the line it stands on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from pydantic import ValidationError
from syncproof_mocks.dialect import Dialect
from syncproof_mocks.store import UnknownKindError

from ..complaints import did_you_mean
from ..errors import InputError, Problem
from ..yaml_lines import Lines, problems_from_pydantic
from .grammar import Shape

Loc = tuple[str | int, ...]


def check_shape(shape: Shape, systems: Mapping[str, Dialect]) -> None:
    """Put the shape onto dialects (by side) of a world made for this. Raises InputError with all that does not fit."""
    problems: list[Problem] = []
    for side, dialect in systems.items():
        try:
            apply_side(shape, side, dialect)
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)


def apply_side(shape: Shape, side: str, dialect: Dialect) -> None:
    """Put what ``shape`` says of ``side`` onto ``dialect``, what it is based on first.

    Order: metadata, fields, subscriptions, declarations, switches; each may refer to what came before. Raises
    InputError with a Problem per entry that the dialect does not take.
    """
    if shape.base is not None:
        apply_side(shape.base, side, dialect)
    problems = list(_Application(shape, side, dialect).problems())
    if problems:
        raise InputError(problems)


class _Application:
    def __init__(self, shape: Shape, side: str, dialect: Dialect) -> None:
        self.shape = shape
        self.name = side
        self.side = shape.side(side)
        self.dialect = dialect

    def problems(self) -> Iterator[Problem]:
        """Apply entry by entry; yield what was refused."""
        for number, name in enumerate(self.side.metadata):
            if name not in self.shape.documents:  # it could not be read, which has been told
                continue
            document = self.shape.documents[name]
            yield from self._try(("metadata", number), partial(self.dialect.take_metadata, document), f"{name}: ")
        for kind, fields in self.side.fields.items():
            for number, form in enumerate(fields):
                yield from self._try(("fields", kind, number), partial(self.dialect.add_field, kind, form.info()))
        for number, name in enumerate(self.side.subscriptions):
            yield from self._try(("subscriptions", number), partial(self.dialect.add_subscription, name))
        for what, entries in self.side.declared.items():
            yield from self._declarations(what, entries)
        for name, value in self.side.switches.items():
            yield from self._try(("switches", name), partial(self.dialect.switch, name, value))

    def _declarations(self, what: str, entries: Any) -> Iterator[Problem]:
        form = self.dialect.declarations.get(what)
        if form is None:
            known = ("metadata", "fields", "subscriptions", "switches", *self.dialect.declarations)
            message = f"{self.dialect.name} knows no `{what}`. {did_you_mean(what, known)}".rstrip()
            yield Problem(self._at((what,)), message, f"Known: {', '.join(known)}.")
            return
        if entries is None:
            yield Problem(self._at((what,)), f"`{what}` is empty.", "Write its entries below it, or remove it.")
            return
        # One entry may stand without a list (`limits: {edition: ...}`).
        listed = entries if isinstance(entries, list) else [entries]
        for number, raw in enumerate(listed):
            loc: Loc = (what, number) if isinstance(entries, list) else (what,)
            try:
                entry = form.model_validate(raw)
            except ValidationError as error:
                below = _Below(self.shape.lines, (self.name, *loc))
                yield from problems_from_pydantic(error, below, self.shape.path, form)
                continue
            yield from self._try(loc, partial(self.dialect.declare, what, entry))

    def _try(self, loc: Loc, put: Callable[[], Any], before: str = "") -> Iterator[Problem]:
        try:
            put()
        except UnknownKindError as error:
            kind = str(error.args[0])
            near = did_you_mean(kind, self.dialect.store.kinds) or "Correct the name of the kind."
            yield Problem(self._at(loc), f"{before}{self.dialect.name} has no kind `{kind}`.", near)
        except (ValueError, NotImplementedError) as error:
            yield Problem(self._at(loc), f"{before}{str(error).rstrip('.')}.")

    def _at(self, loc: Loc) -> str:
        return f"{self.shape.path}:{self.shape.lines.at((self.name, *loc))}"


class _Below(Lines):
    """The lines of a part of a file, asked for by places inside that part."""

    def __init__(self, lines: Lines, start: Loc) -> None:
        super().__init__(lines.found)
        self._start = start

    def at(self, path: Any) -> int:
        """Return the line of the value at ``path`` within the part."""
        return super().at((*self._start, *path))
