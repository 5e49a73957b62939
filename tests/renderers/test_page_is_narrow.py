"""In a real browser: at 400 pixels nothing is wider than the page, also with everything opened."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from syncproof.model import RunResult
from syncproof.renderers.html_page import HtmlPage
from tests.renderers.sample import empty, hostile, sample

BROWSER = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no chromium is installed, so nothing can lay out the page")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--window-size=1000,1200", "--virtual-time-budget=5000", "--dump-dom",
)
# A window cannot be that narrow, a frame can. What sticks out of a box that scrolls by itself is fine.
FRAME = """<!doctype html><meta charset="utf-8"><iframe id="f" width="400" height="900" style="border:0" srcdoc="{page}"></iframe>
<pre id="told"></pre><script>
f.onload = () => {{
  const page = f.contentDocument, width = page.documentElement.clientWidth;
  page.querySelectorAll('details').forEach(e => e.open = true);
  const boxed = e => {{ for (e = e.parentElement; e && e !== page.body; e = e.parentElement)
    if (f.contentWindow.getComputedStyle(e).overflowX !== 'visible') return true; return false; }};
  const wide = [...page.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > width + 0.5 && !boxed(e));
  told.textContent = [width, page.documentElement.scrollWidth, page.body.querySelectorAll('*').length,
    wide.slice(0, 5).map(e => e.tagName + '.' + e.className).join(' ')].join('|');
}};
</script>"""


def laid_out(page: str, folder: Path) -> tuple[int, int, int, str]:
    """Return the width there is, the width it takes, the number of elements and what sticks out."""
    assert BROWSER is not None
    file = folder / "frame.html"
    file.write_text(FRAME.format(page=html.escape(page)), "utf-8")
    done = subprocess.run(
        [BROWSER, *FLAGS, f"--user-data-dir={folder / 'profile'}", file.as_uri()], capture_output=True, text=True, timeout=60, check=False,
        encoding="utf-8", errors="replace",
    )
    told = re.search(r'<pre id="told">([^<]+)</pre>', done.stdout)
    assert told, done.stderr[-2_000:]
    width, taken, elements, wide = told.group(1).split("|", 3)
    return int(width), int(taken), int(elements), wide


@pytest.mark.parametrize("result", [sample(), hostile(), empty()], ids=["sample", "hostile", "empty"])
def test_at_400_pixels_nothing_is_wider_than_the_page(result: RunResult, tmp_path: Path) -> None:
    width, taken, elements, wide = laid_out(HtmlPage().render(result), tmp_path)

    assert 360 <= width <= 400
    assert (taken, wide) == (width, "")
    assert elements > 50


def test_this_would_notice_something_wide(tmp_path: Path) -> None:
    page = HtmlPage().render(empty()).replace("</main>", '<p class="wide-one" style="width:500px">x</p></main>')

    width, taken, _, wide = laid_out(page, tmp_path)

    assert taken > width
    assert wide == "P.wide-one"
