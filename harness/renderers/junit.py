"""`junit.xml`: one test case per scenario, for CI servers."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from ..grouping import causes_of
from ..legible import cut, plural, visible
from ..model import RunResult, ScenarioResult, Verdict

# XML 1.0 has no way to write these characters, escaped or not; a connector may well print them.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MOST_TEXT = 20_000
MOST_MESSAGE = 1_000
EXAMPLES = 3


class Junit:
    """FAIL is a failure, UNKNOWN an error: neither is ever a passed test, and a run without scenarios is an error too."""

    file_name = "junit.xml"

    def render(self, result: RunResult) -> str:
        """Return the XML text."""
        failures = sum(s.verdict is Verdict.FAIL for s in result.scenarios)
        errors = sum(s.verdict is Verdict.UNKNOWN for s in result.scenarios)
        cases = [_case(s) for s in result.scenarios]
        if not cases:
            # A CI server takes a suite without failures for a success.
            errors, cases = 1, ['<testcase classname="syncproof" name="run" time="0.000"><error message="no scenario was run"/></testcase>']
        head = (f'<testsuite name="syncproof" tests="{len(cases)}" failures="{failures}" errors="{errors}" '
                f'time="{result.seconds:.3f}" timestamp={_attribute(result.started_at)}>')
        return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", head, *cases, "</testsuite>", "</testsuites>", ""])


def _case(s: ScenarioResult) -> str:
    folder, _, name = s.id.rpartition("/")
    attributes = f'classname={_attribute(folder or "syncproof")} name={_attribute(name)} time="{s.seconds:.3f}"'
    if s.verdict is Verdict.PASS:
        return f"<testcase {attributes}>{_refused(s)}</testcase>" if s.unsupported else f"<testcase {attributes}/>"
    tag = "failure" if s.verdict is Verdict.FAIL else "error"
    causes = causes_of(s)
    message = cut(f"{s.reason}: {causes[0].headline}" if causes else s.reason, MOST_MESSAGE)
    # The command goes first: it must survive the cut.
    lines = [f"reproduce: {s.reproduce}"]
    for cause in causes:
        told = ", ".join(filter(None, (cause.extent, cause.through)))
        lines.append(f"{cause.first.rule} {cause.severity}: {cause.headline} ({told})")
        lines += [f"    {f.message}" for f in cause.examples(EXAMPLES)]
    text = escape(_legible(cut("\n".join(lines), MOST_TEXT)))
    return f"<testcase {attributes}><{tag} message={_attribute(message)}>{text}</{tag}>{_refused(s)}</testcase>"


def _refused(s: ScenarioResult) -> str:
    """Return the calls that are not mocked as the output of the test case: a CI server shows it for passed ones too."""
    if not s.unsupported:
        return ""
    calls = plural(sum(c.times for c in s.unsupported), "call")
    return f"<system-out>{escape(_legible(cut(chr(10).join([f'{calls} refused: not mocked', *map(str, s.unsupported)]), MOST_TEXT)))}</system-out>"


def _attribute(text: str) -> str:
    return quoteattr(_legible(text))


def _legible(text: str) -> str:
    return _FORBIDDEN.sub("?", visible(text))
