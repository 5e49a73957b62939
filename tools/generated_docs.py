"""The parts of docs/ that the code itself knows: tables of settings, rules, faults, switches, commands.

Each part stands between `<!-- generated: NAME -->` and `<!-- end -->`; a test compares. `PARTS` has one function per
NAME that returns Markdown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from inspect import getdoc, getmodule
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from tools.generated_power import bug_classes, nemeses, packs, rule_coverage, score

PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled_in(text: str) -> str:
    """Return a page with every generated part written anew. Raises KeyError for a part nobody makes."""
    return PART.sub(lambda m: f"{m[1]}\n{PARTS[m[2]]().strip()}\n\n{m[3]}", text)


# -- tables -----------------------------------------------------------------------------------------


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table; a `|` inside a cell is escaped."""
    lines = [list(head)]
    lines.append(["---"] * len(lines[0]))
    lines += [[str(cell).replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def settings_table(model: type[BaseModel], key: str = "key") -> str:
    """Return the keys of a pydantic model: word, values, default, what it says."""
    shown = [(f.alias or name, f) for name, f in model.model_fields.items() if not f.exclude]
    return table((key, "values", "default", ""), ((f"`{n}`", values_of(f.annotation), default_of(f), f.description or "") for n, f in shown))


def default_of(field: FieldInfo) -> str:
    """Return how a page shows a default."""
    if field.is_required():
        return "**required**"
    value = field.get_default(call_default_factory=True)
    if value is None or value == () or value == {} or value == "":
        return ""
    if isinstance(value, BaseModel):
        said = value.model_dump(exclude_defaults=True)
        return f"`{said}`" if said else ""
    if isinstance(value, tuple):
        return "all of them" if len(value) > 2 else ", ".join(f"`{v}`" for v in value)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def values_of(kind: Any) -> str:
    """Return the values of a type, in words."""
    origin, inside = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return values_of(inside[0])
    if origin in (Union, UnionType):
        return ", ".join(dict.fromkeys(values_of(k) for k in inside if k is not NoneType))
    if origin is Literal:
        return ", ".join(f"`{v}`" for v in inside)
    if origin is tuple:
        return f"list of {values_of(inside[0])}"
    if origin is dict:
        return f"{values_of(inside[0])} → {values_of(inside[1])}"
    return _plain(kind)


def _plain(kind: Any) -> str:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(f"`{m.value}`" for m in kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return f"keys of {kind.__name__}: " + ", ".join(f"`{f.alias or n}`" for n, f in kind.model_fields.items() if not f.exclude)
    return {str: "text", int: "number", float: "number", bool: "`true`, `false`"}.get(kind, "any value")


def first(thing: object) -> str:
    """Return the first paragraph of a docstring."""
    return " ".join((getdoc(thing) or "").split("\n\n")[0].split()).replace("``", "`")


# -- scenarios --------------------------------------------------------------------------------------


def steps() -> str:
    """Return one heading per step with its settings."""
    from syncproof.scenario.grammar import known_steps

    parts = []
    for name, step in known_steps().items():
        parts.append(f"### {name}\n\n{first(step)}")
        if step.model.scalar:
            parts.append(f"`{name}: 3` is short for `{name}: {{{step.model.scalar}: 3}}`.")
        parts.append(settings_table(step.model, "setting") if step.model.model_fields else f"No settings: write `- {name}`.")
    return "\n\n".join(parts)


def scenario_keys() -> str:
    """Return the keys of a scenario file."""
    from syncproof.scenario.grammar import Scenario

    rows = [line for line in settings_table(Scenario).splitlines() if not line.startswith("| `steps` |")]
    return "\n".join([*rows, "| `steps` | list of steps | **required** | what happens, in order |"])


def population_keys() -> str:
    """Return the keys of `population`."""
    from syncproof.scenario.grammar import PopulationSettings

    return settings_table(PopulationSettings)


def selector_keys() -> str:
    """Return the keys of `who`."""
    from syncproof.scenario.selectors import Selector

    return settings_table(Selector)


# -- checks and faults ------------------------------------------------------------------------------


def checks() -> str:
    """Return one heading per check with its rules, and for each the bugs of the reference connector it catches."""
    from syncproof import checks as family
    from syncproof.qualify.expected import EXPECTED
    from syncproof.reference_bugs import variants

    known = {v.name: v for v in variants()}
    parts = []
    for name, check in family.checks().items():
        rules = family.rules_of(check)
        parts.append(f"## {name}\n\n{first(getmodule(check))}")
        rows = ((f"`{r.id}`", r.title, r.severity.value, " ".join(r.classes) or "none of its own") for r in rules)
        parts.append(table(("rule", "what must hold", "severity", "bug classes"), rows))
        ids = {r.id for r in rules}
        caught = [(bug, e) for bug, e in EXPECTED.items() if ids & set(e.rules) and bug in known]
        if caught:
            parts.append("Connectors that fail it:")
            parts.append("\n".join(
                f"- {known[bug].what} ({' '.join(sorted(ids & set(e.rules)))}, {known[bug].bug_class}, seen in "
                f"{known[bug].citation}): `syncproof run {e.scenarios[0]} --bug {bug}`"
                for bug, e in caught
            ))
    return "\n\n".join(parts)


def faults() -> str:
    """Return one heading per fault with its settings."""
    from dataclasses import MISSING, fields

    from syncproof_mocks.faults import faults as known

    parts = []
    for name, fault in known().items():
        parts.append(f"## {name}\n\n{first(fault)}")
        own = fields(fault)  # type: ignore[arg-type]
        rows = ((f"`{f.name}`", str(f.type), "" if f.default in (None, MISSING) else f"`{f.default}`") for f in own)
        parts.append(table(("setting", "type", "default"), rows) if own else "No settings of its own.")
    return "\n\n".join(parts)


# -- mapping and connector --------------------------------------------------------------------------


def mapping_keys() -> str:
    """Return the keys of a mapping file, level by level."""
    from syncproof.mapping import grammar as g

    parts = []
    levels = (("the file", g.Mapping), ("an object", g.ObjectMapping), ("a field", g.FieldRule),
              ("`consent` of a field", g.ConsentRule), ("`exclude` of an object", g.Exclusion),
              ("`owner` of an object", g.OwnerRule), ("`company` of an object", g.CompanyRule),
              ("`deletes` of an object", g.Deletes), ("`erases` of an object", g.Erases))  # fmt: skip
    for title, model in levels:
        parts.append(f"### Keys of {title}\n\n{first(model)}\n\n{settings_table(model)}")
    return "\n\n".join(parts)


def presets() -> str:
    """Return one heading per preset: its rules, what stays open, what to beware of, where it is from."""
    from syncproof.mapping.presets import presets as known

    def listed(title: str, lines: Iterable[str]) -> str:
        told = "\n".join(f"- {line}" for line in lines)
        return f"\n\n{title}\n\n{told}" if told else ""

    parts = []
    for preset in known().values():
        usual = {o: preset.rule_of(o) for o in ("contact", "lead", "company")}
        rows = (
            (f"`{name}`", "; ".join(f"`{k}: {v}`" for k, v in rule.items()), preset.says[name],
             ", ".join(o for o, r in usual.items() if r == name))
            for name, rule in preset.rules.items()
        )
        settings = {o: told.settings for o, told in preset.objects.items() if told.settings}
        parts.append(
            f"### {preset.name}\n\n{preset.title}.\n\n" + table(("rule", "means", "in words", "usual for"), rows)
            + (f"\n\nOf objects: `{settings}`." if settings else "")
            + listed("Left open, because its makers do not tell or let the customer choose:", preset.open)
            + listed("Beware, whatever the mapping says:", preset.beware) + listed("From:", preset.sources)
        )
    return "\n\n".join(parts)


def connector_keys() -> str:
    """Return the keys of a connector file and the placeholders."""
    from syncproof.connector_file import ConnectorFile, Start, Success
    from syncproof.placeholders import PLACEHOLDERS
    from syncproof.start_kinds import Image

    parts = [f"### Keys of the file\n\n{settings_table(ConnectorFile)}", f"### Keys of start\n\n{settings_table(Start)}",
             f"### Keys of container\n\n{settings_table(Image)}",
             f"### Keys of success\n\n{settings_table(Success)}"]
    rows = ((f"`{{{w}}}`", "only for a connector that listens" if w.startswith("webhook_") else "") for w in PLACEHOLDERS)
    parts.append("### Placeholders\n\n" + table(("placeholder", "not yet, because"), rows))
    return "\n\n".join(parts)


def network_clients() -> str:
    """Return which clients each network mode can hold."""
    from syncproof.network.clients import CLIENTS

    rows = ((c.name, c.language, "yes", "yes" if c.proxy else "**no**", c.remark) for c in CLIENTS)
    return "### Clients\n\n" + table(("client, untouched", "language", "`isolated`", "`proxy`", ""), rows)


# -- command line -----------------------------------------------------------------------------------


def commands() -> str:
    """Return one heading per command with its arguments and options."""
    import typer
    from syncproof.cli import app

    return "\n\n".join(_command(path, found) for path, found in _leaves("syncproof", typer.main.get_command(app)))


def _leaves(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    for name, found in getattr(command, "commands", {}).items():
        inner = getattr(found, "commands", None)
        if not inner or found.invoke_without_command:
            yield f"{path} {name}", found
        if inner:
            yield from _leaves(f"{path} {name}", found)


def _command(path: str, command: Any) -> str:
    rows = []
    for param in command.params:
        if param.name == "help":
            continue
        words = [o for o in param.opts if o.startswith("-")]
        kind = param.type_descriptor.annotation
        choices = ", ".join(f"`{c.value}`" for c in kind) if isinstance(kind, type) and issubclass(kind, Enum) else ""
        said = param.help or choices
        given = ", ".join(f"`{w}`" for w in words) if words else f"`{param.metavar or param.name}`"
        if words and not param.is_flag:
            given += f" {param.metavar or ''}".rstrip()
        default = param.default
        shown = "" if default in (None, False, ()) or callable(default) or not isinstance(default, int | str) else f"`{default}`"
        rows.append((given, said, shown))
    text = f"### {path}\n\n{' '.join((command.help or '').split())}"
    return f"{text}\n\n{table(('argument or option', '', 'default'), rows)}" if rows else text


# -- dialects ---------------------------------------------------------------------------------------


def salesforce() -> str:
    """Return what the Salesforce mock supports."""
    return _dialect("salesforce")


def hubspot() -> str:
    """Return what the HubSpot mock supports."""
    return _dialect("hubspot")


def _dialect(name: str) -> str:
    from syncproof.ledger import ledger

    found = ledger(name)
    by_id: dict[str, list[dict[str, Any]]] = {}
    for operation in found["operations"]:
        by_id.setdefault(operation["id"], []).append(operation)
    counted = Counter(o["evidence"] for o in found["operations"])
    rests = ", ".join(f"{n} {evidence}" for evidence, n in counted.most_common())
    rows = (
        (f"`{i}`", f"`{ops[0]['method']} {ops[0]['path']}`", str(len(ops) - 1 or ""), ops[0]["evidence"], ops[0].get("note") or "")
        for i, ops in by_id.items()
    )
    switches = ((f"`{s['name']}`", f"`{s['default']}`", s["evidence"], s["note"]) for s in found["switches"])
    return (
        f"{len(by_id)} operations under {len(found['operations'])} addresses; they rest on: {rests}.\n\n"
        + table(("operation", "address", "and so many twins", "rests on", "known to be missing"), rows)
        + "\n\nSwitches:\n\n" + table(("switch", "default", "rests on", "what it decides"), switches)
        + _assumptions(found["assumptions"])
    )


def _assumptions(found: list[dict[str, str]]) -> str:
    rows = ((f"`{a['name']}`", a["note"]) for a in found)
    return "\n\nAssumed without a switch:\n\n" + table(("name", "what is assumed"), rows) if found else ""


def shape_keys() -> str:
    """Return what a shape file may say, of any dialect and of each."""
    from syncproof.sandbox import dialects
    from syncproof.shape import FieldForm, SideShape

    parts = [f"### For each system\n\n{settings_table(SideShape)}", f"### One field\n\n{settings_table(FieldForm)}"]
    for name, dialect in sorted(dialects().items()):
        for word, form in dialect.declarations.items():
            parts.append(f"### {name}: {word}\n\n{first(form)}\n\n{settings_table(form)}")
    return "\n\n".join(parts)


def probes() -> str:
    """Return the parity probes of each dialect."""
    from syncproof.probes import probes_of
    from syncproof.sandbox import dialects

    return "\n\n".join(
        f"### {name}\n\n" + table(("probe", "what it asks", "rests on"), ((f"`{p.id}`", p.title, p.evidence) for p in probes_of(name).PROBES))
        for name in sorted(dialects())
    )


PARTS: dict[str, Callable[[], str]] = {
    f.__name__: f
    for f in (steps, scenario_keys, population_keys, selector_keys, checks, faults, mapping_keys, connector_keys, network_clients,
              commands,
              salesforce, hubspot, shape_keys, probes, presets, packs, bug_classes, score, rule_coverage, nemeses)
}  # fmt: skip
