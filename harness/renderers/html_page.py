"""`report.html`: the report a person reads. One file, works offline, needs no script, escapes everything it shows."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from ..legible import cut, one_line, plural, visible
from ..model import RunResult
from ._view import page

# The last bound on any one text (a connector may print anything); most are cut much earlier.
MOST_TEXT = 20_000


class HtmlPage:
    """Verdict, findings grouped by cause, scenarios with everything behind them, foot with the words explained."""

    file_name = "report.html"

    def render(self, result: RunResult) -> str:
        """Return the whole page; equal results give equal text."""
        return _template().render(page=page(result))


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader(__package__, "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        finalize=_legible,
    )
    environment.globals["plural"] = plural
    environment.filters["short"] = lambda text, most=120: one_line(str(text), most)
    environment.filters["thousands"] = lambda number: f"{number:,}"
    return environment.get_template("report.html.j2")


def _legible(value: Any) -> Any:
    """Make every text of the data visible before it is escaped; what the template itself marks up passes."""
    return visible(cut(value, MOST_TEXT)) if isinstance(value, str) and not isinstance(value, Markup) else value
