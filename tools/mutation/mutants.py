"""Small plausible mistakes made in a function's source: what a tired programmer could have written instead."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import CodeType

from .telling import only_told

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One changed function: which file, which function (qualified name), which line, what was changed, and its number.

    ``lines`` is the first and the last line of the statement that it is in; of a block, those of its head.
    """

    path: Path
    function: str
    line: int
    change: str
    number: int
    lines: tuple[int, int]
    source: str = field(repr=False)  # as it was when the mutants were chosen: somebody may be working on the file

    @cached_property
    def code(self) -> CodeType:
        """The function's new code, made when it is asked for: only a sample of all mutants is ever run."""
        name = self.function.partition(":")[2]
        mutated = ast.parse(self.source)
        _apply(dict(_functions(mutated))[name], only_told(mutated), self.number)
        ast.fix_missing_locations(mutated)
        # With the annotations of the future, as every module of ours has them: they are never evaluated.
        found = _code_of(compile(mutated, str(self.path), "exec"), name)
        assert found is not None, name
        return found


def mutants_of(path: Path, module: str) -> Iterator[Mutant]:
    """Yield every mutant of the functions of one source file; ``module`` is the name it is imported under."""
    source = path.read_text()
    tree = ast.parse(source)
    whole, told = compile(tree, str(path), "exec"), only_told(tree)
    for name, function in _functions(tree):
        if id(function) not in told and _code_of(whole, name) is not None:
            for number, (line, change, lines) in enumerate(_changes(function, told)):
                yield Mutant(path, f"{module}:{name}", line, change, number, lines, source)


def _functions(tree: ast.Module) -> list[tuple[str, ast.FunctionDef]]:
    """Return (qualified name, node) of functions of the module and of its classes; inner functions belong to them."""
    found = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found.append((node.name, node))
        elif isinstance(node, ast.ClassDef):
            found += [(f"{node.name}.{n.name}", n) for n in node.body if isinstance(n, ast.FunctionDef)]
    return found


def _code_of(whole: CodeType, name: str) -> CodeType | None:
    code = whole
    for part in name.split("."):
        inner = [c for c in code.co_consts if isinstance(c, CodeType) and c.co_name == part]
        if len(inner) != 1:
            return None  # overloads and the like: not looked at
        code = inner[0]
    return code


def _changes(function: ast.FunctionDef, told: set[int]) -> list[tuple[int, str, tuple[int, int]]]:
    found: list[tuple[int, str, tuple[int, int]]] = []
    lines = function.lineno, function.end_lineno or function.lineno
    for node in _places(function, told):
        if isinstance(node, ast.stmt):
            body: list[ast.stmt] = getattr(node, "body", [])
            lines = node.lineno, max(node.lineno, body[0].lineno - 1) if body else node.end_lineno or node.lineno
        found += [(getattr(node, "lineno", lines[0]), change, lines) for change, _ in _ways(node)]
    return found


def _apply(function: ast.FunctionDef, told: set[int], number: int) -> None:
    for node in _places(function, told):
        ways = _ways(node)
        if number < len(ways):
            ways[number][1]()
            return
        number -= len(ways)
    raise IndexError(number)


def _places(function: ast.FunctionDef, told: set[int]) -> list[ast.AST]:
    """Return the nodes that may be changed, in a fixed order; what is only said to people is left out."""
    found: list[ast.AST] = []

    def walk(node: ast.AST) -> None:
        found.append(node)
        for child in ast.iter_child_nodes(node):
            # What annotates a local name is never evaluated.
            if not isinstance(child, ast.JoinedStr | ast.Assert | ast.arguments) and id(child) not in told | {id(getattr(node, "annotation", None))}:
                walk(child)

    for statement in function.body:
        is_docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if not is_docstring and not isinstance(statement, ast.Assert) and id(statement) not in told:
            walk(statement)
    return found


def _ways(node: ast.AST) -> list[tuple[str, Callable[[], None]]]:  # noqa: C901 (a table in the form of code)
    """Return (what is changed, how) for each mistake that this node allows."""
    ways: list[tuple[str, Callable[[], None]]] = []
    if isinstance(node, ast.Compare):
        for place, op in enumerate(node.ops):
            new = _COMPARISONS.get(type(op))
            if new is not None:
                ways.append((f"{_name(op)} -> {_name(new())}", _setter(node.ops, place, new())))
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        ways.append((f"{_name(node.op)} -> {_name(other)}", _assign(node, "op", other)))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        ways.append(("not dropped", _drop_not(node)))
    elif isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC and not _is_text(node):
        new_op = _ARITHMETIC[type(node.op)]()
        ways.append((f"{_name(node.op)} -> {_name(new_op)}", _assign(node, "op", new_op)))
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        ways.append((f"{node.value} -> {not node.value}", _assign(node, "value", not node.value)))
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        ways.append((f"{node.value} -> {node.value + 1}", _assign(node, "value", node.value + 1)))
    elif isinstance(node, ast.If | ast.IfExp):
        ways += [(f"if -> if {value}", _assign(node, "test", ast.Constant(value))) for value in (True, False)]
    elif isinstance(node, ast.comprehension) and node.ifs:
        ways.append(("filter dropped", _assign(node, "ifs", [])))
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        ways.append(("call dropped", _assign(node, "value", ast.Constant(None))))
    return ways


def _is_text(node: ast.BinOp) -> bool:
    return any(isinstance(n, ast.JoinedStr) or (isinstance(n, ast.Constant) and isinstance(n.value, str)) for n in ast.walk(node))


def _name(op: ast.AST) -> str:
    return type(op).__name__.lower()


def _setter(where: list[ast.cmpop], place: int, new: ast.cmpop) -> Callable[[], None]:
    def do() -> None:
        where[place] = new

    return do


def _assign(node: ast.AST, field: str, new: object) -> Callable[[], None]:
    def do() -> None:
        setattr(node, field, new)

    return do


def _drop_not(node: ast.UnaryOp) -> Callable[[], None]:
    def do() -> None:
        # `not not x` keeps the type of the expression, and turns its meaning around.
        node.operand = ast.UnaryOp(ast.Not(), node.operand)

    return do
