"""What an administrator sets up around saving: validation, duplicate and assignment rules, queues, field security, limits.

`declare` puts one entry of a shape file into force; `Rules` is what `saving` asks of an object that has any.
"""

from __future__ import annotations

from .declare import declare
from .forms import DECLARATIONS
from .inforce import Rules

__all__ = ["DECLARATIONS", "Rules", "declare"]
