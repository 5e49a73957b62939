"""The parts of docs/ and README.md about detection power: bug classes, packs, rule coverage, the score."""

from __future__ import annotations

from collections.abc import Iterable

_NAMED = 3
_UNMEASURED = "Nothing has been measured yet: `make score` does it."


def score() -> str:
    """Return the last score in two sentences, as `make score` wrote it down."""
    from syncproof.qualify.measured import FILE, measured

    if not FILE.exists():
        return _UNMEASURED
    found = measured()
    classes, variants = found.classes, found.variants
    apart = [f"{len(classes[key])} {says}" for key, says in (
        ("not_applicable", "cannot occur with these systems"), ("not_reached", "are not reached yet"),
        ("not_shown", "have a scenario and a rule but no buggy connector that proves it"), ("open", "stand nowhere"),
    ) if classes[key]]  # fmt: skip
    missed = f" Missed: {', '.join(variants['missed'])}." if variants["missed"] else ""
    return (
        f"**{variants['caught']} of {variants['total']} buggy connectors are caught by a rule that is there for the bug, and "
        f"{found.false_alarms} false alarms are raised about the correct one in {len(found.looked)} scenarios.**{missed} "
        f"{classes['detected']} of {classes['total']} known classes of bug are shown to be detected"
        + (f"; of the others {', '.join(apart)}" if apart else "")
        + f". Measured by `make score`: {found.runs} runs, {found.seconds} s with `-j {found.jobs}`."
    )


def packs() -> str:
    """Return the packs and how many scenarios each holds."""
    from syncproof.families import packs as known
    from tools.generated_docs import table

    return table(("pack", "scenarios", ""), ((f"`{p['name']}`", str(len(p["scenarios"])), p["says"].rpartition("; ")[0]) for p in known()))


def bug_classes() -> str:
    """Return where the suite stands on each of the 101 classes, by tier."""
    from syncproof.qualify.classes import Standing, standings
    from tools.generated_docs import table

    def stands(s: Standing) -> str:
        if s.not_applicable:
            return f"cannot occur: {s.not_applicable}"
        if s.not_reached:
            return f"**not reached**: {s.not_reached}"
        told = [", ".join(f"`{rule}`" for rule in s.rules), _some(s.scenarios, "scenario"), _some(s.variants, "buggy connector")]
        return "; ".join(filter(None, told)) or "**nothing**"

    titles = {1: "Tier 1: legal, irreversible or silent mass damage", 2: "Tier 2: frequent damage to data", 3: "Tier 3: rarer, or thinly attested"}
    parts = []
    for tier, title in titles.items():
        rows = ((f"`{s.bug_class.id}`", s.bug_class.slug, s.bug_class.says, stands(s)) for s in standings() if s.bug_class.tier == tier)
        parts.append(f"### {title}\n\n" + table(("class", "name", "what goes wrong", "seen by"), rows))
    return "\n\n".join(parts)


def rule_coverage() -> str:
    """Return which scenarios look at which rule, and which buggy connectors prove that it sees."""
    from syncproof.checks import all_rules
    from syncproof.qualify.coverage import BY_TESTS_ONLY, ELSEWHERE, by_rule, proved_by
    from syncproof.qualify.measured import FILE
    from tools.generated_docs import table

    if not FILE.exists():
        return _UNMEASURED
    proofs = proved_by()
    rows = (
        (f"`{rule}`", all_rules()[rule][0].title, str(len(scenarios)) if scenarios else ELSEWHERE.get(rule, "**none**"), _some(proofs.get(rule, ()), "") or BY_TESTS_ONLY.get(rule, "none yet"))
        for rule, scenarios in by_rule().items()
    )
    return table(("rule", "what must hold", "scenarios that look at it", "buggy connectors that prove it"), rows)


def nemeses() -> str:
    """Return fault -> the scenarios that bring it about -> the buggy connectors that do not survive it there."""
    from syncproof.qualify.nemeses import is_current
    from syncproof.qualify.nemeses import nemeses as known
    from tools.generated_docs import table

    rows = (
        (f"`{n.trouble}`", ", ".join(f"`{s}`" for s in n.scenarios) or "**none**", ", ".join(f"`{v}`" for v in n.victims) or "**none**")
        for n in known()
    )
    told = "" if is_current() else "The last `make score` is older than this table: what dies there is expected, not measured.\n\n"
    return told + table(("what goes wrong", "scenarios", "buggy connectors that die there"), rows)


def _some(names: Iterable[str], noun: str) -> str:
    """Return `2 scenarios: a, b`, at most three by name; "" for none."""
    names = list(names)
    if not names:
        return ""
    shown = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    return f"{len(names)} {noun}{'s' if len(names) > 1 else ''}: {shown}" if noun else shown
