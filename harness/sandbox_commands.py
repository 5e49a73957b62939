"""The commands under `syncproof sandbox`: what one says to a sandbox that is running, from another shell.

Each finds the sandbox by the variables that it printed. Nothing heavy is imported before a command is called.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from .live.client import Client

sandbox_app = typer.Typer(rich_markup_mode=None)

UrlOption = Annotated[str | None, typer.Option("--url", metavar="URL", help="Which sandbox; default: SYNCPROOF_SANDBOX_URL.")]
TokenOption = Annotated[str | None, typer.Option("--token", metavar="TOKEN", help="Its token; default: SYNCPROOF_CONTROL_TOKEN.")]
JsonOption = Annotated[bool, typer.Option("--json", help="For machines.")]
WhoOption = Annotated[
    str | None, typer.Option("--who", metavar="WHO", help="p0003, 3, all, a stratum such as opted_out, or conditions in YAML; default: the first person.")
]
SystemArgument = Annotated[str, typer.Argument(metavar="crm|ma")]
SystemOption = Annotated[str, typer.Option("--system", metavar="SYSTEM", help="crm, ma or both.")]
EXIT_CLAIM = 1
MOST_LETTERS = 1_000_000


@sandbox_app.command()
def step(
    text: Annotated[str, typer.Argument(metavar="STEP", help="As under `steps:` of a scenario: 'opt_out: {side: ma, who: {index: 2}}'; -: standard input.")],
    json: JsonOption = False,
    url: UrlOption = None,
    token: TokenOption = None,
) -> None:
    """Do one step, as it stands in a scenario; `syncproof list steps` names them. A claim that does not hold: exit code 1."""
    from .live.client import step_from_text

    # One more than a step may have, so that the complaint is the loader's.
    _done(url, token, step_from_text(sys.stdin.read(MOST_LETTERS + 1) if text == "-" else text), json)


@sandbox_app.command()
def edit(
    system: SystemArgument,
    changes: Annotated[list[str], typer.Argument(metavar="FIELD=VALUE...", help="Phone=$fresh, Title=$blank; what is no text: NumberOfEmployees:=12.")],
    who: WhoOption = None,
    object: Annotated[str | None, typer.Option("--object", metavar="NAME", help="contact, lead or company; default: the one there is.")] = None,
    json: JsonOption = False,
    url: UrlOption = None,
    token: TokenOption = None,
) -> None:
    """Change fields of a record at the desk of one system, as a person does there."""
    from .live.client import assignments, selector

    settings = {"side": system, "who": selector(who), "object": object, "set": assignments(changes, "edit")}
    _done(url, token, {"edit": _given(settings)}, json)


@sandbox_app.command()
def inject(
    fault: Annotated[str, typer.Argument(metavar="FAULT", help="`syncproof list faults` names them.")],
    system: SystemOption = "both",
    operation: Annotated[str | None, typer.Option("--operation", metavar="PATTERN", help="Only these operations; default: every one.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", metavar="KIND", help="Only requests that name this kind.")] = None,
    who: Annotated[str | None, typer.Option("--who", metavar="WHO", help="Only the records of these people.")] = None,
    times: Annotated[int | None, typer.Option("--times", metavar="N", help="How often; default: until healed.")] = None,
    after: Annotated[int | None, typer.Option("--after", metavar="N", help="Let that many matching requests pass first.")] = None,
    probability: Annotated[float | None, typer.Option("--probability", metavar="P", help="Drawn by the seed; default: 1.")] = None,
    settings: Annotated[list[str] | None, typer.Option("--set", metavar="NAME:=VALUE", help="A setting of the fault itself; repeatable.")] = None,
    json: JsonOption = False,
    url: UrlOption = None,
    token: TokenOption = None,
) -> None:
    """Make something go wrong at the API, from now on."""
    from .live.client import assignments, selector

    rule = {
        "fault": fault, "system": system, "operation": operation, "kind": kind, "who": selector(who), "times": times, "after": after,
        "probability": probability, "settings": assignments(settings or [], "--set") or None,
    }  # fmt: skip
    _done(url, token, {"inject": _given(rule)}, json)


@sandbox_app.command()
def heal(
    fault: Annotated[str | None, typer.Argument(metavar="[FAULT]", help="Default: every one.")] = None,
    system: SystemOption = "both",
    json: JsonOption = False,
    url: UrlOption = None,
    token: TokenOption = None,
) -> None:
    """Let what goes wrong at the API stop going wrong."""
    _done(url, token, {"heal": _given({"fault": fault, "system": system})}, json)


@sandbox_app.command()
def diff(json: JsonOption = False, url: UrlOption = None, token: TokenOption = None) -> None:
    """Print where both sides differ now, by the mapping: formats and value tables count as what they mean."""
    from .live.telling import lines_of_differences

    found = _client(url, token).differences()
    _print(_json(found) if json else lines_of_differences(found))


@sandbox_app.command()
def checkpoint(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Default: the next number; a name that exists is kept anew.")] = None,
    json: JsonOption = False,
    url: UrlOption = None,
    token: TokenOption = None,
) -> None:
    """Keep this moment, to go back to: records, clock, dice, faults, journal, the connector's state folder."""
    found = _client(url, token).checkpoint(name)
    _print(_json(found) if json else [f"checkpoint `{found['checkpoint']}`; `syncproof sandbox rewind {found['checkpoint']}` goes back to it"])


@sandbox_app.command()
def rewind(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Default: the state in which it was seeded.")] = None,
    time_goes_on: Annotated[bool, typer.Option("--time-goes-on", help="Leave the clock alone, for connectors that trust their own.")] = False,
    json: JsonOption = False,
    url: UrlOption = None,
    token: TokenOption = None,
) -> None:
    """Go back to a checkpoint: the same requests then meet the same faults and get the same answers. Tokens stay valid."""
    found = _client(url, token).rewind(name, time_goes_on=time_goes_on)
    _print(_json(found) if json else [f"back at `{found['rewound']}`, {found['now']}; {found['undone']:,} entries of the journal undone"])


@sandbox_app.command()
def watch(json: JsonOption = False, url: UrlOption = None, token: TokenOption = None) -> None:
    """Follow requests, edits and faults as they happen, until the sandbox ends or Ctrl-C."""
    from .live.telling import line_of

    try:
        for told in _client(url, token).watch():
            if json:
                _print(_json(told, indent=None))
            elif told["type"] != "watching":
                _print([line_of(told)])
    except KeyboardInterrupt:
        return


@sandbox_app.command()
def status(json: JsonOption = False, url: UrlOption = None, token: TokenOption = None) -> None:
    """Print what there is: people, faults that are on and how often they struck, checkpoints."""
    from .live.telling import lines_of_status

    found = _client(url, token).status()
    _print(_json(found) if json else lines_of_status(found))


def _client(url: str | None, token: str | None) -> Client:
    from .live.client import Client

    return Client(url, token)


def _done(url: str | None, token: str | None, entry: Any, as_json: bool) -> None:
    from .live.telling import lines_of_step

    done = _client(url, token).step(entry)
    _print(_json(done) if as_json else lines_of_step(done))
    if not all(claim["ok"] for claim in done["claims"]):
        raise typer.Exit(EXIT_CLAIM)


def _given(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value is not None}


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, flush=True)


def _json(data: Any, indent: int | None = 2) -> list[str]:
    import json

    return [json.dumps(data, indent=indent, ensure_ascii=False)]
