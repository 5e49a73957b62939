"""Reading a shape file and the metadata documents it names; every problem at once, nothing applied yet."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError

from ..errors import InputError, Problem
from ..yaml_lines import Lines, load_yaml_with_lines, problems_from_pydantic
from .grammar import Shape, ShapeForm

# The describe of an object with 800 fields is about 2 MB.
MAX_METADATA_BYTES = 50_000_000


def load_shape(path: Path) -> Shape:
    """Return the shape file at ``path``. Raises InputError with every problem of the file and of what it names."""
    shape, problems = read_shape(path)
    if problems:
        raise InputError(problems)
    return shape


def read_shape(path: Path) -> tuple[Shape, list[Problem]]:
    """Return what can be read of a shape file, and its problems: what is wrong in one section hides none of another.

    Raises InputError when nothing can be read at all.
    """
    data, lines = load_yaml_with_lines(path)
    if not isinstance(data, dict):
        raise InputError([Problem(f"{path}:1", "a shape file is keys and values.", "Begin with `crm:` or `ma:`.")])
    if {"fields", "results"} & data.keys() and not {"crm", "ma"} & data.keys():
        raise InputError([Problem(f"{path}:1", "this is metadata of a vendor, not a shape file.",
                                  f"Write a shape file with `crm: {{metadata: [{path.name}]}}` (or `ma:`).")])
    form, problems = _form(data, lines, path)
    documents: dict[str, Any] = {}
    for side in ("crm", "ma"):
        for number, name in enumerate((form.crm if side == "crm" else form.ma).metadata):
            try:
                documents[name] = _document(path.parent / name)
            except ValueError as error:
                problems.append(Problem(f"{path}:{lines.at((side, 'metadata', number))}", f"{name}: {error}.",
                                        "The path is relative to the shape file."))
    return Shape(path, form, lines, documents, builtin_shape() if form.based_on == "built-in" else None), problems


def _form(data: dict[Any, Any], lines: Lines, path: Path) -> tuple[ShapeForm, list[Problem]]:
    """Return the form without the sections that are wrong, and what is wrong in them."""
    problems: list[Problem] = []
    while True:
        try:
            return ShapeForm.model_validate(data), problems
        except ValidationError as error:
            problems.extend(problems_from_pydantic(error, lines, path, ShapeForm))
            data = _without(data, {tuple(item["loc"][:2]) for item in error.errors(include_url=False, include_context=False)})


def _without(data: dict[Any, Any], wrong: set[tuple[Any, ...]]) -> dict[Any, Any]:
    left = {}
    for key, section in data.items():
        if (key,) in wrong or (not isinstance(section, dict) and any(w[0] == key for w in wrong)):
            continue
        left[key] = {k: v for k, v in section.items() if (key, k) not in wrong} if isinstance(section, dict) else section
    return left


@cache
def builtin_shape() -> Shape:
    """Return the shape that the default mapping needs."""
    folder = resources.files("syncproof_scenarios") / "salesforce_hubspot"
    return load_shape(Path(str(folder / "shape.yaml")))


def _document(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_METADATA_BYTES + 1)
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror or type(error).__name__}") from error
    if len(raw) > MAX_METADATA_BYTES:
        raise ValueError(f"is larger than {MAX_METADATA_BYTES:,} bytes")
    try:
        return orjson.loads(raw.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise ValueError(f"is not JSON: {error}") from error
