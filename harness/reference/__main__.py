"""`python -m syncproof.reference`: one sync, then the end; `--serve`: a service; `--bugs` lists the switchable bugs as JSON."""

from __future__ import annotations

import gc
import json
import sys
from dataclasses import asdict
from types import ModuleType

from .bugs import BUGS


def run() -> int:
    """Do what the command line says and return the exit code."""
    if sys.argv[1:] == ["--bugs"]:
        print(json.dumps([asdict(bug) for bug in BUGS]))
        return 0
    is_service = sys.argv[1:] == ["--serve"]
    if sys.argv[1:] and not is_service:
        print(f"usage: python -m syncproof.reference [--bugs|--serve]; `{' '.join(sys.argv[1:])}` is unknown", file=sys.stderr)
        return 2
    # Nothing that an import makes is garbage: looking for some is a tenth of the start.
    gc.disable()
    # simple-salesforce loads its SOAP metadata API with zeep and httpx, a third of the start, and a library for logins with
    # signed assertions, a sixth of what is left; neither is ever called here.
    unused = ModuleType("simple_salesforce.metadata")
    unused.SfdcMetadataApi = object  # type: ignore[attr-defined]
    sys.modules.setdefault(unused.__name__, unused)
    sys.modules.setdefault("jwt", ModuleType("jwt"))
    if is_service:
        from .serving import serve as start
    else:
        from .program import main as start
    gc.freeze()
    gc.enable()
    return start()


if __name__ == "__main__":
    sys.exit(run())
