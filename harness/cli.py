"""The command `syncproof`. Heavy parts are imported by the command that needs them: `--help` answers at once."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import sys
import traceback
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .sandbox_commands import sandbox_app

if TYPE_CHECKING:
    from .errors import InputError

EXIT_INPUT = 64
EXIT_BUG = 70
EXIT_INTERRUPTED = 130
DEFAULT_SEED = 1

HELP = """Prove that a CRM <-> marketing-automation connector does to people's data, and to their consents, what its
owner says it does.

\b
Exit codes:
  0    every verdict is PASS
  1    some verdict is FAIL
  2    some verdict is UNKNOWN and none is FAIL
  64   the input is wrong: every problem is told, nothing was started or written
  70   a bug of Syncproof
  130  interrupted with Ctrl-C
"""

app = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False)
mapping_app = typer.Typer(help="Look at a mapping before anything runs.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(mapping_app, name="mapping")
app.add_typer(sandbox_app, name="sandbox")

ConnectorOption = Annotated[
    Path | None, typer.Option("--connector", metavar="FILE", help="The program under test; default: the reference connector.")
]
MappingOption = Annotated[
    Path | None, typer.Option("--mapping", metavar="FILE", help="Mapping, .yaml or .xlsx; default: the connector file's.")
]
ShapeOption = Annotated[
    Path | None, typer.Option("--shape", metavar="FILE", help="Fields, rules and limits of both orgs; default: the connector file's.")
]
PackOption = Annotated[
    str | None, typer.Option("--pack", metavar="NAME", help="A portion of the built-in scenarios: go-live (the default), full, nightly, resilience, chaos.")
]
SeedOption = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="The same seed: the same world and faults.")]
JsonOption = Annotated[bool, typer.Option("--json", help="For machines.")]


class Family(StrEnum):
    """What `list` knows."""

    SCENARIOS = "scenarios"
    PACKS = "packs"
    CLASSES = "classes"
    CHECKS = "checks"
    FAULTS = "faults"
    STEPS = "steps"
    DIALECTS = "dialects"
    PRESETS = "presets"


@app.command()
def run(
    scenarios: Annotated[
        list[str] | None, typer.Argument(metavar="[SCENARIO|FOLDER]...", help="Files, folders or built-in names; default: a pack.")
    ] = None,
    pack: PackOption = None,
    connector: ConnectorOption = None,
    mapping: MappingOption = None,
    shape: ShapeOption = None,
    report: Annotated[Path | None, typer.Option("--report", metavar="DIR", help="Where the report goes; default: nowhere.")] = None,
    seed: SeedOption = DEFAULT_SEED,
    jobs: Annotated[int, typer.Option("-j", "--jobs", metavar="N", min=1, max=64, help="Scenarios at the same time.")] = 1,
    expression: Annotated[str | None, typer.Option("-k", metavar="EXPR", help="Only those: `consent and not import`.")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", metavar="T", help="Only those with this tag; repeatable.")] = None,
    bug: Annotated[
        list[str] | None, typer.Option("--bug", metavar="NAME", help="Switch on a bug of the reference connector.")
    ] = None,
) -> None:
    """Run scenarios against the connector and print the verdict."""
    from .ordering import make_request, print_result

    watching = sys.stderr.isatty()
    request = make_request(
        scenarios or [], pack=pack, connector=connector, mapping=mapping, shape=shape, report=report, seed=seed, jobs=jobs,
        expression=expression, tags=tag or [], bugs=bug or [], progress=_tell if watching else None,
    )  # fmt: skip
    from .runner import run as run_scenarios

    raise typer.Exit(print_result(run_scenarios(request), request))


@app.command()
def show(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="A built-in name, or one that chaos draws: `chaos/7`.")],
    connector: ConnectorOption = None,
    mapping: MappingOption = None,
    shape: ShapeOption = None,
    seed: SeedOption = DEFAULT_SEED,
) -> None:
    """Print the YAML of a scenario, so that it can be kept and changed."""
    from .ordering import scenario_text

    typer.echo(scenario_text(scenario, seed, mapping, shape, connector), nl=False)


@app.command(name="list")
def list_members(family: Annotated[Family, typer.Argument()], json: JsonOption = False) -> None:
    """List what there is: scenarios, packs, bug classes, checks, faults, steps, dialects or presets."""
    from . import families

    found = families.FAMILIES[family.value]()
    typer.echo(_json(found) if json else families.as_text(found))


@app.command()
def validate(files: Annotated[list[Path], typer.Argument(metavar="FILE...")]) -> None:
    """Check scenario, mapping and connector files: all problems at once, with line or cell."""
    from .validation import validate_files

    for valid in validate_files(files):
        typer.echo(f"{valid.path}: {valid.kind} {valid.says}")


@mapping_app.command(name="check")
def mapping_check(file: Annotated[Path, typer.Argument(metavar="FILE")], shape: ShapeOption = None) -> None:
    """Compare a mapping with the field metadata of both systems."""
    from .mapping.load import load_mapping
    from .ordering import find_shape, mapping_problems

    mapping = load_mapping(file)
    found = mapping_problems(mapping, find_shape(shape, None, mapping))
    for line in found:
        typer.echo(line)
    if not found:
        typer.echo(f"{file}: both systems have every field, and nothing is left to complain about")
    raise typer.Exit(1 if found else 0)


@app.command()
def qualify(
    variants: Annotated[list[str] | None, typer.Argument(metavar="[VARIANT]...", help="Default: every buggy variant.")] = None,
    json: JsonOption = False,
    pack: Annotated[str, typer.Option("--pack", metavar="NAME", help="Which scenarios may catch them; `syncproof list packs`.")] = "full",
    share: Annotated[
        str, typer.Option("--share", metavar="K/N", help="All of tier 1 and, of the other variants, every N-th from the K-th.")
    ] = "",
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="Every variant in every scenario of the pack, not only where it should show: hours.")
    ] = False,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", metavar="FILE", help="Your own mapping between the same systems; what it cannot show counts apart.")
    ] = None,
    seed: SeedOption = DEFAULT_SEED,
    jobs: Annotated[int, typer.Option("-j", "--jobs", metavar="N", min=1, max=64, help="Runs at the same time.")] = 1,
) -> None:
    """Run the suite against the reference connector and its buggy variants."""
    from rich.console import Console

    from .qualify.printing import run_and_print

    say = _tell if sys.stderr.isatty() else None
    raise typer.Exit(
        run_and_print(
            variants or [], pack=pack, share=share, everywhere=everywhere, seed=seed, jobs=jobs, json=json, mapping=mapping,
            say=say, console=Console(),
        )
    )


@app.command()
def coverage(
    what: Annotated[str | None, typer.Argument(metavar="[DIALECT|rules]", help="Default: every dialect.")] = None, json: JsonOption = False
) -> None:
    """Print what each mock supports and what that rests on; `rules`: which scenarios look at which rule of the checks."""
    if what == "rules":
        from .qualify import coverage as rules

        typer.echo(_json(rules.as_json()) if json else "\n".join(rules.lines()))
        return
    from . import ledger

    found = [ledger.ledger(what)] if what else ledger.ledgers()
    # One dialect is one object, as design.md section 11 has it; without a name there are several.
    typer.echo(_json(found[0] if what else found) if json else "\n\n".join(map(ledger.as_text, found)))


@app.command()
def probe(
    dialect: Annotated[str, typer.Argument(metavar="DIALECT")],
    live: Annotated[
        bool, typer.Option("--live", help="Ask a live sandbox account too: SYNCPROOF_LIVE_URL, SYNCPROOF_LIVE_TOKEN.")
    ] = False,
    json: JsonOption = False,
    seed: SeedOption = DEFAULT_SEED,
) -> None:
    """Ask a mock what the research asked real clients and accounts, and print where they differ."""
    from .probes.printing import probe_and_print

    watching = sys.stderr.isatty()
    raise typer.Exit(probe_and_print(dialect, live=live, seed=seed, as_json=json, say=_tell if watching else None, tell=typer.echo))


@app.command()
def init(folder: Annotated[Path, typer.Argument(metavar="[FOLDER]")] = Path()) -> None:
    """Write connector.yaml, a mapping, a first scenario and a CI snippet; existing files are left alone."""
    from .init_files import write_init_files

    for path in write_init_files(folder):
        typer.echo(f"wrote {path}")
    there = "" if folder == Path() else f"cd {shlex.quote(str(folder))} && "
    typer.echo(f"next: {there}syncproof run --connector connector.yaml tests/sync --report reports/latest")


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from .scenario.json_schema import scenario_schema

    typer.echo(_json(scenario_schema()))


@sandbox_app.callback(invoke_without_command=True)
def sandbox(
    context: typer.Context,
    mapping: MappingOption = None,
    shape: ShapeOption = None,
    connector: Annotated[
        Path | None, typer.Option("--connector", metavar="FILE", help="What the step `sync` starts; default: none, connectors come by themselves.")
    ] = None,
    seed: SeedOption = DEFAULT_SEED,
    people: Annotated[int, typer.Option("--people", metavar="N", min=0, max=100_000, help="How many linked people.")] = 20,
    ports: Annotated[str | None, typer.Option("--ports", metavar="CRM,MA", help="Default: free ones.")] = None,
    network: Annotated[
        str | None,
        typer.Option("--network", metavar="MODE", help="direct, proxy or isolated (vendors' own host names); default: the connector file's, else direct."),
    ] = None,
) -> None:
    """Start both mocks with seeded people, print how to reach them, and wait for Ctrl-C. Its commands speak to the running one."""
    if context.invoked_subcommand is not None:
        return
    from .live.serving import parse_ports, serve

    serve(mapping, shape, seed=seed, people=people, ports=parse_ports(ports), tell=typer.echo, network=network, connector=connector)


def main() -> None:
    """Run the command line and end the process with its exit code."""
    # Whoever cancels a CI job sends this: leave as after Ctrl-C, with everything cleaned up.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(invoke(sys.argv[1:]))


def invoke(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; nothing is raised."""
    command = typer.main.get_command(app)
    try:
        code = command.main(args=list(arguments) or ["--help"], prog_name="syncproof", standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        code = EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read us (head, less) has enough; nothing may be written to that pipe any more, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 (the last line of defence: what is not foreseen is a bug of ours)
        code = _code_of(error)
        with contextlib.suppress(BrokenPipeError):
            _explain(error, code)
        return code
    # Newer versions of typer turn Ctrl-C into this code themselves.
    if code == EXIT_INTERRUPTED:
        typer.echo("interrupted; the connector and the mocks were ended", err=True)
    return int(code or 0)


def _code_of(error: Exception) -> int:
    from .errors import InputError

    return EXIT_INPUT if isinstance(error, InputError) or _is_usage(error) else EXIT_BUG


def _is_usage(error: Exception) -> bool:
    """Tell whether the parser complains (a wrong option); its own exit code would look like a verdict."""
    return hasattr(error, "show") and hasattr(error, "exit_code")


def _explain(error: Any, code: int) -> None:
    if _is_usage(error):
        error.show()
    elif code == EXIT_INPUT:
        _tell_problems(error)
    else:
        traceback.print_exception(error)
        typer.echo(f"syncproof: a bug of ours ({type(error).__name__}); please report it with the lines above", err=True)


def _tell_problems(error: InputError) -> None:
    for problem in error.problems:
        typer.echo(str(problem), err=True)
    if len(error.problems) > 1:
        typer.echo(f"{len(error.problems)} problems; nothing was started", err=True)


def _tell(text: str) -> None:
    typer.echo(text, err=True)


def _json(data: Any) -> str:
    import json

    return json.dumps(data, indent=2, ensure_ascii=False)
