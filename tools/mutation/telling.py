"""What of a module is only said to people: a change there is a typing error, and no wrong verdict."""

from __future__ import annotations

import ast
from collections.abc import Iterator

# Words and places of a report are no judgement.
_KEYWORDS = frozenset({
    "message", "story", "reason", "expected", "found", "person", "label", "requests", "blame", "sides", "caused_by", "title",
    "record_id", "system", "kind", "field", "default", "sync",
})  # fmt: skip
_NOTES = ("left_open", "not_checked")


def only_told(tree: ast.Module) -> set[int]:
    """Return the ids of the nodes that only make text.

    These are the words of findings and notes, what is assigned for them alone, and private functions called for them alone.
    """
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    told: set[int] = set()
    while True:
        more = set(told)
        judged = _names(tree, told)
        more |= {id(f) for f in functions if f.name[0] == "_" != f.name[1] and not {f.name, f".{f.name}"} & judged}
        for function in functions:
            used = _names(function, told)
            for node in ast.walk(function):
                if isinstance(node, ast.Assign) and not _targets(node) & used and _targets(node):
                    more.add(id(node))
        more |= {id(n) for n in ast.walk(tree) if isinstance(n, ast.Call) for n in _words(n)}
        if more == told:
            return told
        told = more


def _names(tree: ast.AST, told: set[int]) -> set[str]:
    """Return the names (of attributes with their dot) that are used where something is judged; an f-string is text."""
    found: set[str] = set()

    def walk(node: ast.AST) -> None:
        if isinstance(node, ast.JoinedStr) or id(node) in told:
            return
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(f".{node.attr}")
        for child in ast.iter_child_nodes(node):
            walk(child)

    walk(tree)
    return found


def _targets(node: ast.Assign) -> set[str]:
    """Return the plain names that an assignment gives; none where it changes anything else."""
    nodes = [n for t in node.targets for n in (t.elts if isinstance(t, ast.Tuple) else [t])]
    return {n.id for n in nodes if isinstance(n, ast.Name)} if all(isinstance(n, ast.Name) for n in nodes) else set()


def _words(call: ast.Call) -> Iterator[ast.AST]:
    """Yield the arguments of a call that are words for people."""
    yield from (k for k in call.keywords if k.arg in _KEYWORDS)
    if not isinstance(call.func, ast.Attribute):
        return
    if call.func.attr == "finding":
        yield from call.args[1:]
        yield from (k for k in call.keywords if k.arg is None)
    elif call.func.attr == "append" and isinstance(call.func.value, ast.Attribute) and call.func.value.attr in _NOTES:
        yield from call.args
