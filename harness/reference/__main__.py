"""`python -m syncproof.reference`: one sync, then the end."""

from __future__ import annotations

import sys

from .program import main

sys.exit(main())
