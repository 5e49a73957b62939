"""Measure what the suite catches and write it down: `make score`, then `make docs` puts it on the pages."""

from __future__ import annotations

import sys


def main(jobs: int) -> int:
    """Qualify everything, write `harness/qualify/measured.yaml`, print the matrix; return 1 when something is missed."""
    from rich.console import Console
    from syncproof.qualify import qualify
    from syncproof.qualify.measured import FILE, as_text
    from syncproof.qualify.printing import lines

    found = qualify(jobs=jobs, say=lambda text: print(text, file=sys.stderr))
    FILE.write_text(as_text(found))
    console = Console()
    for line in lines(found):
        console.print(line, soft_wrap=True)
    print(f"wrote {FILE}")
    return 0 if found.is_good else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2))
