"""A rule without a test is a wish: what a machine can keep of CONTRIBUTING.md."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from tests.project.folders import OURS, ROOT, SHIPPED, name

MOST_LINES = 400
FORBIDDEN_WORDS = {"util", "utils", "helper", "helpers", "common", "base", "manager", "handler", "misc", "core", "new"}
# Whose names those words are: the vendors' own.
ALLOWED_NAMES: set[str] = set()

# What tells the time or makes chance, and who may ask for it.
TIME_AND_CHANCE = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns", "time.strftime",
    "time.gmtime", "time.localtime", "uuid.uuid1", "uuid.uuid4", "uuid4", "os.urandom", "random.Random",
    "random.SystemRandom", "random.random", "random.choice", "random.choices", "random.randint", "random.sample",
    "random.shuffle", "random.seed", "random.uniform", "random.randrange", "random.getrandbits", "secrets.token_hex",
    "secrets.token_urlsafe", "secrets.token_bytes", "secrets.choice",
}
MAY_ASK = {
    ("mocks/clock.py", "time.time_ns"): "the one owner of time",
    ("mocks/dice.py", "random.Random"): "the one owner of chance",
    ("harness/runner.py", "datetime.now"): "when the run took place, for the report; no mock shows it",
    ("harness/sandbox.py", "secrets.token_urlsafe"): "the control token must not be guessable from the seed",
    ("harness/probes/running.py", "secrets.token_urlsafe"): "the control token of the mock that probes ask",
    ("harness/probes/running.py", "secrets.token_hex"): "marks what probes make in a live account: two runs must not meet",
    ("harness/drivers/_running.py", "secrets.token_hex"): "marks the processes of one run, so that no other is ended",
    ("harness/reference/program.py", "datetime.now"): "the reference connector is a program of its own and lives in wall time",
    ("harness/reference/consent_mistakes.py", "datetime.now"): "the mistake is to take the machine's time for the consent's",
}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def defined(path: Path) -> Iterator[tuple[str, ast.AST]]:
    """Yield every class and function with its name, methods as `Class.method`; what is inside a function is left out."""
    for node in tree(path).body:
        if isinstance(node, ast.ClassDef):
            yield node.name, node
            yield from ((f"{node.name}.{m.name}", m) for m in node.body if isinstance(m, ast.FunctionDef | ast.AsyncFunctionDef))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node


def calls(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


@pytest.mark.parametrize("path", OURS, ids=name)
def test_a_file_can_be_seen_at_once(path: Path) -> None:
    lines = len(path.read_text().splitlines())

    assert lines <= MOST_LINES, f"{name(path)} has {lines} lines; past {MOST_LINES} a file becomes a folder of the same name"


def test_every_module_says_what_it_promises() -> None:
    silent = [name(p) for p in OURS if p.read_text().strip() and not ast.get_docstring(tree(p))]

    assert silent == []


def test_four_of_five_public_names_say_what_they_promise() -> None:
    public = [
        (path, word, node)
        for path in SHIPPED
        for word, node in defined(path)
        if not any(part.startswith("_") for part in word.split("."))
    ]
    silent = [f"{name(path)}: {word}" for path, word, node in public if not ast.get_docstring(node)]  # type: ignore[arg-type]

    assert len(public) > 500
    assert len(silent) <= 0.2 * len(public), "\n".join(silent)


def test_time_ids_and_chance_come_from_the_clock_and_the_dice() -> None:
    asked = {(name(p), call) for p in SHIPPED for call in calls(p) if call in TIME_AND_CHANCE}

    assert asked - MAY_ASK.keys() == set(), "give the world's clock or dice, or say in MAY_ASK why not"
    assert MAY_ASK.keys() - asked == set(), "an exception that nobody needs any more"


def test_no_name_is_a_drawer_for_everything() -> None:
    found = set()
    for path in OURS:
        found |= {f"{name(path)}" for part in path.stem.split("_") if part.lower() in FORBIDDEN_WORDS}
        classes = [n.name for n in ast.walk(tree(path)) if isinstance(n, ast.ClassDef)]
        found |= {f"{name(path)}: {c}" for c in classes if _words(c) & FORBIDDEN_WORDS}

    assert found - ALLOWED_NAMES == set()


def _words(class_name: str) -> set[str]:
    spaced = "".join(f" {c}" if c.isupper() else c for c in class_name.strip("_"))
    return {w.lower() for w in spaced.split()}


def test_no_file_hides_a_module_of_the_standard_library() -> None:
    import sys

    tops = {p for p in SHIPPED if p.parent in (ROOT / "harness", ROOT / "mocks")}
    assert [name(p) for p in tops if p.stem in sys.stdlib_module_names and not p.stem.startswith("__")] == []


# Raised as a part of the ordinary course, not to say that something is wrong.
SIGNALS = {"Refusal", "ScenarioFailed"}


def test_errors_end_in_error() -> None:
    wrong = [
        f"{name(p)}: {n.name}"
        for p in SHIPPED
        for n in tree(p).body
        if isinstance(n, ast.ClassDef) and any(ast.unparse(b).endswith(("Error", "Exception")) for b in n.bases)
        and not n.name.endswith("Error") and n.name not in SIGNALS
    ]  # fmt: skip

    assert wrong == []


def test_inside_a_package_imports_are_relative_and_across_absolute() -> None:
    wrong = []
    for path in SHIPPED:
        own = "syncproof" if "harness" in path.relative_to(ROOT).parts[0] else "syncproof_mocks"
        for node in ast.walk(tree(path)):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            wrong += [f"{name(path)}:{node.lineno}: {n}" for n in names if n.partition(".")[0] in (own, "harness", "mocks")]  # type: ignore[attr-defined]
    wrong = [w for w in wrong if w.partition(":")[0] not in MAY_NAME_ITSELF]

    assert wrong == []


# `import syncproof_mocks.crm` is how the folder itself is named, to be read as a registry.
MAY_NAME_ITSELF: set[str] = set()


def test_tests_lie_in_a_folder_of_what_they_test() -> None:
    stray = [name(p) for p in (ROOT / "tests").glob("test_*.py")]

    assert stray == [], "tests/<part>/test_<promise>.py"


def test_names_of_tests_are_sentences() -> None:
    terse = [
        f"{name(p)}: {word}"
        for p in OURS if p.name.startswith("test_")
        for word, _ in defined(p) if word.startswith("test") and len(word.split("_")) < 3
    ]  # fmt: skip

    assert terse == []


def test_nothing_is_left_to_do_later() -> None:
    words = ("TO" + "DO", "FIX" + "ME", "XX" + "X:")
    of_the_vendor = "TO" + "DO:To-do"  # a kind of task
    found = [f"{name(p)}:{n}" for p in OURS for n, line in enumerate(p.read_text().splitlines(), 1) if any(w in line.replace(of_the_vendor, "") for w in words)]

    assert found == []
