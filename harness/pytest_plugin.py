"""The pytest plugin: each `*.scenario.yaml` is a test; fixtures `sandbox`, `crm`, `ma` are live mocks for tests in Python.

pytest imports this in every repository it is installed for, so nothing heavy is imported until there is a scenario file
or a test that asks for a fixture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .model import Finding, ScenarioResult
    from .run_request import RunRequest
    from .sandbox import Sandbox
    from .scenario.grammar import Scenario

SUFFIX = ".scenario.yaml"
MOST_FINDINGS = 20
_OPTIONS = {
    "connector": ("FILE", "the program under test; default: connector.yaml in the root folder, else the reference connector"),
    "mapping": ("FILE", "mapping, .yaml or .xlsx; default: the connector file's, else the one that ships"),
    "shape": ("FILE", "fields, rules and limits of both orgs; default: the connector file's, else the one that ships"),
    "seed": ("N", "the same seed gives the same world and faults; default: 1"),
    "report": ("DIR", "folder for reports, one folder inside per scenario; default: none is written"),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--syncproof-...` options, and ini settings of the same names (`syncproof_connector`, ...)."""
    group = parser.getgroup("syncproof", "proof of data synchronisation")
    for name, (metavar, text) in _OPTIONS.items():
        group.addoption(f"--syncproof-{name}", metavar=metavar, help=text)
        parser.addini(f"syncproof_{name}", text)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect scenario files; leave everything else alone."""
    if file_path.name.endswith(SUFFIX):
        return ScenarioFile.from_parent(parent, path=file_path)
    return None


def pytest_report_collectionfinish(config: pytest.Config, items: list[pytest.Item]) -> list[str]:
    """Say which connector the scenarios are about; nothing when there are none."""
    if not any(isinstance(item, ScenarioItem) for item in items):
        return []
    path = _path(config, "connector")
    return [f"syncproof: {path or 'no connector file, so the reference connector that ships is tested'}"]


class ScenarioFile(pytest.File):
    """One scenario file."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the scenario as one test. A wrong file is a collection error that names every line."""
        from .errors import InputError
        from .scenario.loader import load_scenario

        try:
            scenario = load_scenario(self.path)
        except InputError as error:
            raise self.CollectError(str(error)) from None
        yield ScenarioItem.from_parent(self, name=scenario.id, scenario=scenario)


class ScenarioItem(pytest.Item):
    """One scenario: passes only with the verdict PASS."""

    def __init__(self, *, scenario: Scenario, **rest: Any) -> None:
        super().__init__(**rest)
        self.scenario = scenario
        self.extra_keyword_matches.update(scenario.tags)  # for `-k`

    def runtest(self) -> None:
        """Run the scenario against the connector. Raises ScenarioFailed unless the verdict is PASS."""
        from .model import Verdict
        from .runner import run

        for result in run(self._request()).scenarios:
            if result.verdict is not Verdict.PASS:
                raise ScenarioFailed(result)

    def _request(self) -> RunRequest:
        from .ordering import make_request

        report = _path(self.config, "report")
        return make_request(
            [str(self.path)],
            connector=_path(self.config, "connector"),
            mapping=_path(self.config, "mapping"),
            shape=_path(self.config, "shape"),
            report=report / self.scenario.id.replace("/", "__") if report else None,
            seed=_seed(self.config),
        )

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the findings in words, or what is wrong with the input; a bug of ours keeps its traceback."""
        from .errors import InputError

        if isinstance(excinfo.value, (ScenarioFailed, InputError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return how pytest names the test."""
        return self.path, 0, f"scenario: {self.scenario.id}"


class ScenarioFailed(Exception):  # noqa: N818 (a verdict, not an error)
    """The verdict was FAIL or UNKNOWN; the text tells why."""

    def __init__(self, result: ScenarioResult) -> None:
        super().__init__(failure_text(result))
        self.result = result


def failure_text(result: ScenarioResult) -> str:
    """Return verdict, reason and findings in words, and the command that reproduces them."""
    lines = [f"{result.verdict}: {result.id}: {result.reason or result.title}"]
    if result.verdict == "UNKNOWN":
        lines.append("Nothing was proved, so this is not a pass.")
    for finding in result.findings[:MOST_FINDINGS]:
        lines.extend(_in_words(finding))
    if len(result.findings) > MOST_FINDINGS:
        lines.append(f"... and {len(result.findings) - MOST_FINDINGS} more findings")
    return "\n".join([*lines, f"reproduce: {result.reproduce}"])


def _in_words(finding: Finding) -> Iterator[str]:
    place = " ".join(str(part) for part in (finding.system, finding.person, finding.field) if part)
    yield f"- {finding.rule} {finding.severity}: {finding.message}"
    if place:
        yield f"    where: {place}"
    if finding.expected is not None or finding.found is not None:
        yield f"    expected: {finding.expected!r}, found: {finding.found!r}"
    for line in finding.story:
        yield f"    {line}"


# -- fixtures -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class System:
    """One live mock: ``url`` to point a client at, ``credentials`` to get in with, ``dialect`` to look behind it."""

    url: str
    credentials: Mapping[str, str]
    dialect: Any


@pytest.fixture(scope="session")
def _syncproof_servers(pytestconfig: pytest.Config) -> Iterator[Sandbox]:
    from .mapping.load import default_mapping_path, load_mapping
    from .sandbox import Sandbox
    from .shape import load_shape

    mapping = load_mapping(_path(pytestconfig, "mapping") or default_mapping_path())
    shape = _path(pytestconfig, "shape")
    with Sandbox(mapping, _seed(pytestconfig), shape=load_shape(shape) if shape else None) as servers:
        yield servers


@pytest.fixture
def sandbox(_syncproof_servers: Sandbox, pytestconfig: pytest.Config) -> Sandbox:
    """Return both mocks, live, in a fresh and empty world for each test."""
    _syncproof_servers.renew(_seed(pytestconfig))
    return _syncproof_servers


@pytest.fixture
def crm(sandbox: Sandbox) -> System:
    """Return the CRM of the sandbox."""
    return _system(sandbox, "crm")


@pytest.fixture
def ma(sandbox: Sandbox) -> System:
    """Return the marketing automation of the sandbox."""
    return _system(sandbox, "ma")


def _system(sandbox: Sandbox, side: str) -> System:
    from .mapping.grammar import Side

    dialect = sandbox.on(Side(side))
    return System(sandbox.url(Side(side)), dialect.credentials(), dialect)


# -- options --------------------------------------------------------------------------------------------


def _option(config: pytest.Config, name: str) -> tuple[str, Path] | None:
    """Return the value of an option and the folder it is relative to; the command line wins over the ini file."""
    given = config.getoption(f"--syncproof-{name}")
    if given:
        return str(given), config.invocation_params.dir
    stated = config.getini(f"syncproof_{name}")
    return (str(stated), config.rootpath) if stated else None


def _path(config: pytest.Config, name: str) -> Path | None:
    found = _option(config, name)
    if found is not None:
        return found[1] / found[0]
    usual = config.rootpath / "connector.yaml"
    return usual if name == "connector" and usual.is_file() else None


def _seed(config: pytest.Config) -> int:
    found = _option(config, "seed")
    if found is None:
        return 1
    if not found[0].isdigit():
        raise pytest.UsageError(f"--syncproof-seed: `{found[0]}` is not a number from 0 up")
    return int(found[0])
