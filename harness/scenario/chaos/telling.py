"""One drawn step in words, for the `why` of the scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_SYSTEMS = {"crm": "the CRM", "ma": "the MA"}


def told(step: Mapping[str, Any]) -> str:
    """Return one sentence for a step as `drawing` makes it."""
    ((word, settings),) = step.items()
    return f"{_WORDS[word](settings)}."


def _who(settings: Mapping[str, Any]) -> str:
    who = settings["who"]
    if "index" in who:
        return f"person {who['index']}, a newcomer,"
    place = who.get("skip", 0)
    return f"the {_PLACES[place]} {who['kind']}"


def _at(settings: Mapping[str, Any]) -> str:
    return f"in {_SYSTEMS[settings.get('side', 'ma')]}"


def _edit(settings: Mapping[str, Any]) -> str:
    done = [f"{name} is emptied" if value == "$blank" else f"{name} gets a new value" for name, value in settings["set"].items()]
    return f"A person edits {_who(settings)} {_at(settings)}: {', '.join(done)}"


def _word(said: str) -> Any:
    def tell(settings: Mapping[str, Any]) -> str:
        about = {"*": "everything"}.get(settings.get("purpose", "*"), settings.get("purpose", ""))
        channel = settings.get("channel", "email")
        return f"{_who(settings).capitalize()} says {said} to {about} by {channel} {_at(settings)}"

    return tell


def _inject(settings: Mapping[str, Any]) -> str:
    system = _SYSTEMS[settings["system"]].removeprefix("the ")
    where = f" at `{settings['operation']}`" if "operation" in settings else ""
    when = [f"after {settings['after']} such requests"] if "after" in settings else []
    when += [f"{settings['times']} times at most"] if "times" in settings else ["until healed"]
    when += [f"with a probability of {settings['probability']}"] if "probability" in settings else []
    return f"From here on the {system} shows the fault {settings['fault']}{where}, {', '.join(when)}"


def _meanwhile(settings: Mapping[str, Any]) -> str:
    moment = {"page_served": "records are shown", "write_done": "something was written", "answered": "an answer is given"}[settings["at"]]
    (inner,) = settings["do"]
    deed = "the connector is killed" if inner == "kill" else told(inner).removesuffix(".")
    return f"During the next sync, when {moment} by {_SYSTEMS[settings['system']]} (number {settings['nth']}): {deed}"


_WORDS: Mapping[str, Any] = {
    "sync": lambda _: "The connector syncs",
    "heal": lambda _: "What went wrong is healed",
    "lose_state": lambda _: "The connector loses its state directory",
    "edit": _edit,
    "opt_out": _word("no"),
    "opt_in": _word("yes"),
    "create": lambda s: f"A new {s['object']} is entered {_at(s)}",
    "delete": lambda s: f"{_who(s).capitalize()} is deleted {_at(s)}",
    "erase": lambda s: f"{_who(s).capitalize()} is erased for good {_at(s)}",
    "change_owner": lambda s: f"{_who(s).capitalize()} gets another owner {_at(s)}",
    "activity": lambda s: f"A call or a mail with {_who(s)} is noted {_at(s)}",
    "bounce": lambda s: f"The last mail to {_who(s)} bounces ({s['what']})",
    "move_clock": lambda s: f"The clock goes {s['seconds']} seconds ahead",
    "inject": _inject,
    "meanwhile": _meanwhile,
}
