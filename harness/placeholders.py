"""The `{words}` a connector file may hold: which there are, where they stand, and what they become.

Only `{lower.case}` words are placeholders, so that JSON in a variable stays what it is; `{{word}}` is the text `{word}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .nearest import suggest

_SYSTEM_WORDS = ("url", "token", "host", "client_id", "client_secret", "username", "password", "refresh_token")
PLACEHOLDERS = (
    *(f"{side}.{word}" for side in ("crm", "ma") for word in _SYSTEM_WORDS),
    "proxy.url", "ca_file", "mapping_file", "state_dir", "webhook_url", "webhook_port", "seed",
)  # fmt: skip
# Words that have a value only for connectors that listen: a program that is started for each sync is not there to be called.
_LISTENING = ("webhook_url", "webhook_port")
# Words that have a value only with these networks.
_NETWORKS = {"proxy.url": ("proxy",), "ca_file": ("isolated", "proxy")}
_WORD = re.compile(r"\{(\{[a-z][a-z0-9_.]*\})\}|\{([a-z][a-z0-9_.]*)\}")


def complaints(text: str) -> list[str]:
    """Return what is wrong with the placeholders of one text."""
    found = []
    for match in _WORD.finditer(text):
        word = match[2]
        if word is not None and word not in PLACEHOLDERS:
            found.append(f"there is no placeholder `{{{word}}}`{suggest(word, PLACEHOLDERS)}")
    return found


def of_other_networks(text: str, network: str) -> list[str]:
    """Return what is wrong with placeholders that only some networks give a value to."""
    return [
        f"`{{{word}}}` has no value with `network: {network}`; it needs {' or '.join(f'`{n}`' for n in _NETWORKS[word])}"
        for word in words_in(text) if network not in _NETWORKS.get(word, (network,))
    ]  # fmt: skip


def of_listeners(text: str, kind: str) -> list[str]:
    """Return what is wrong with placeholders that a connector started in this way (`command`, `service`...) cannot use."""
    if kind not in ("command", "container", "python"):
        return []
    needs = "it needs a connector that listens, `start: service` or `start: http`"
    needs += " or a container with `mode: service`" if kind == "container" else ""
    return [f"`{{{word}}}` has no value with `start: {kind}`: {needs}" for word in words_in(text) if word in _LISTENING]


def words_in(text: str) -> list[str]:
    """Return the placeholders of one text, in order."""
    return [match[2] for match in _WORD.finditer(text) if match[2] is not None]


def fill_in(text: str, values: Mapping[str, str]) -> str:
    """Return the text with every placeholder replaced. Raises KeyError for a word without a value."""
    return _WORD.sub(lambda match: match[1] or values[match[2]], text)
