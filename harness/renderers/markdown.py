"""`summary.md`: one page for a pull request."""

from __future__ import annotations

from collections import Counter

from ..model import RunResult, ScenarioResult, Verdict

MOST_EXAMPLES = 3
_MARKS = {Verdict.PASS: "✅ PASS", Verdict.FAIL: "❌ FAIL", Verdict.UNKNOWN: "❔ UNKNOWN"}


class Markdown:
    """The verdict, a table of scenarios, and the findings grouped by rule with examples."""

    file_name = "summary.md"

    def render(self, result: RunResult) -> str:
        """Return the Markdown text."""
        lines = [
            f"# Syncproof: {_MARKS[result.verdict]}", "",
            f"Connector `{_plain(str(result.connector.get('name')))}` between {result.systems.get('crm')} and "
            f"{result.systems.get('ma')}, seed {result.seed}, {len(result.scenarios)} scenarios, "
            f"{result.seconds:.0f} s. The verdict rests on {result.assumed_behaviours} assumed vendor behaviours.", "",
            "| scenario | verdict | findings | why |", "|---|---|---|---|",
        ]
        lines += [f"| {s.id} | {_MARKS[s.verdict]} | {len(s.findings)} | {_plain(s.reason)} |" for s in result.scenarios]
        for scenario in result.scenarios:
            if scenario.findings:
                lines += ["", f"## {scenario.id}", "", *_findings(scenario)]
        return "\n".join(lines) + "\n"


def _findings(s: ScenarioResult) -> list[str]:
    counted = Counter((f.rule, f.classification) for f in s.findings)
    lines = []
    for (rule, kind), number in counted.items():
        lines.append(f"- **{rule}** {kind.replace('_', ' ')}, {number} time(s)")
        examples = [f for f in s.findings if (f.rule, f.classification) == (rule, kind)][:MOST_EXAMPLES]
        lines += [f"  - {_plain(f.message)}" for f in examples]
    return [*lines, "", f"Reproduce: `{s.reproduce}`"]


def _plain(text: str) -> str:
    """Return text that Markdown and HTML cannot take for markup, on one line."""
    flat = " ".join(text.split())
    for character in "\\`*_{}[]<>|#":
        flat = flat.replace(character, f"\\{character}")
    return flat[:600]
