"""A user's own mapping in place of the default one: what it leaves for the suite to show, and what it cannot, with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import InputError, Problem
from ..mapping.grammar import Mapping as FieldMapping
from ..mapping.load import default_mapping_path, load_mapping
from ..scenario.grammar import Scenario
from ..scenario.needs import lacking

if TYPE_CHECKING:
    from . import Trial
    from .arena import Outcome

_SET_UP = "could not be set up: "


@dataclass(frozen=True)
class Contract:
    """The mapping under which everything is played, and its file."""

    mapping: FieldMapping
    path: Path


def contract_of(path: Path) -> Contract:
    """Return the mapping of a file. Raises InputError, also when it is not between the reference connector's two systems."""
    found, ours = load_mapping(path), load_mapping(default_mapping_path()).systems
    if any(found.systems.get(side) != name for side, name in ours.items()):
        given = " and ".join(map(str, found.systems.values()))
        raise InputError([Problem(str(path), f"the mapping is between {given}; the reference connector speaks {' and '.join(ours.values())}.",
                                  "Only it has bugs to switch on: `syncproof run` plays the scenarios with other connectors.")])
    return Contract(found, path.absolute())


def unfit(scenarios: Iterable[Scenario], contract: Contract | None) -> dict[str, str]:
    """Return scenario -> why the mapping cannot play it, of those that it cannot."""
    if contract is None:
        return {}
    missing = ((s.id, lacking(s, contract.mapping)) for s in scenarios)
    return {name: f"the mapping has no {what}" for name, what in missing if what}


def not_set_up(outcomes: Iterable[Outcome]) -> dict[str, str]:
    """Return scenario -> why it could not be set up, of those whose needs showed only when they were played."""
    return {
        o.task.scenario.id: o.reason.removeprefix(_SET_UP).partition(" (/")[0]
        for o in outcomes if o.verdict == "UNKNOWN" and o.reason.startswith(_SET_UP)
    }


def why_beside(trial: Trial, looked: Mapping[str, Sequence[str]], left_out: Mapping[str, str]) -> str:
    """Return why a variant cannot be shown under a mapping; "" where it can.

    ``looked``: scenario -> the rules that had something to look at with the correct connector. A variant cannot be shown
    when none of its scenarios can be played, or when no rule that is there for it has anything to look at in them.
    """
    played = [s for s in trial.expected.scenarios if s in looked and s not in left_out]
    if not played:
        reasons = dict.fromkeys(f"{s}: {left_out[s]}" for s in trial.expected.scenarios if s in left_out)
        return "; ".join(reasons)
    if trial.is_caught or any(rule in looked[s] for s in played for rule in trial.expected.rules):
        return ""
    return f"{', '.join(trial.expected.rules)} would have to see it, and nothing is mapped for that to look at in {', '.join(played)}"
