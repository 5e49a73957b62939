"""Writes `reports/sample/`: run `.venv/bin/python -m tests.renderers.render_sample` after a change to a report format."""

from __future__ import annotations

from pathlib import Path

from syncproof.renderers import renderers
from tests.renderers.sample import sample

FOLDER = Path(__file__).parents[2] / "reports" / "sample"


def rendered() -> dict[str, bytes]:
    """Return file name -> bytes of the sample in every format."""
    kinds = [kind() for kind in renderers().values()]
    return {kind.file_name: kind.render(sample()).encode() for kind in kinds}


def main() -> None:
    """Write the sample."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, content in rendered().items():
        (FOLDER / name).write_bytes(content)


if __name__ == "__main__":
    main()
