"""`junit.xml`: one test case per scenario, for CI servers."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from ..model import RunResult, ScenarioResult, Verdict

# XML 1.0 has no way to write these characters; a connector may well print them.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MOST_TEXT = 20_000


class Junit:
    """FAIL is a failure, UNKNOWN an error: neither is ever a passed test."""

    file_name = "junit.xml"

    def render(self, result: RunResult) -> str:
        """Return the XML text."""
        failures = sum(s.verdict is Verdict.FAIL for s in result.scenarios)
        errors = sum(s.verdict is Verdict.UNKNOWN for s in result.scenarios)
        head = (f'<testsuite name="syncproof" tests="{len(result.scenarios)}" failures="{failures}" errors="{errors}" '
                f'time="{result.seconds:.3f}" timestamp={quoteattr(result.started_at)}>')
        cases = "\n".join(_case(s) for s in result.scenarios)
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n{head}\n{cases}\n</testsuite>\n</testsuites>\n'


def _case(s: ScenarioResult) -> str:
    folder, _, name = s.id.rpartition("/")
    attributes = f'classname={_attribute(folder or "syncproof")} name={_attribute(name)} time="{s.seconds:.3f}"'
    if s.verdict is Verdict.PASS:
        return f"<testcase {attributes}/>"
    tag = "failure" if s.verdict is Verdict.FAIL else "error"
    lines = [f"{f.rule} {f.severity}: {f.message}" for f in s.findings] + [f"reproduce: {s.reproduce}"]
    text = _FORBIDDEN.sub("?", "\n".join(lines))[:MOST_TEXT]
    return f"<testcase {attributes}><{tag} message={_attribute(s.reason)}>{escape(text)}</{tag}></testcase>"


def _attribute(text: str) -> str:
    return quoteattr(_FORBIDDEN.sub("?", text))
