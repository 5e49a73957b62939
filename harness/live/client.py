"""The other end of the control API: what `syncproof sandbox edit`, `watch` and the others say to a running sandbox."""

from __future__ import annotations

import json
import os
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from ..errors import BugError, InputError, Problem
from ..yaml_lines import yaml_with_lines

URL, TOKEN = "SYNCPROOF_SANDBOX_URL", "SYNCPROOF_CONTROL_TOKEN"
# A step that lets a connector sync takes as long as that takes.
PATIENCE = httpx.Timeout(10.0, read=None)


class Client:
    """Speaks to one running sandbox. Every method raises InputError with what is wrong, in the sandbox's own words."""

    def __init__(self, url: str | None = None, token: str | None = None) -> None:
        """Find it by options, else by the environment. Raises InputError when neither tells."""
        self.url, self._token = url or os.environ.get(URL, ""), token or os.environ.get(TOKEN, "")
        missing = [name for name, found in ((URL, self.url), (TOKEN, self._token)) if not found]
        if missing:
            raise InputError([
                Problem("sandbox", f"which sandbox is meant? {' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set.",
                        "Start `syncproof sandbox` and paste the exports that it prints, or give `--url` and `--token`.")
            ])  # fmt: skip
        if not self.url.startswith(("http://127.0.0.1:", "http://localhost:", "http://[::1]:")):
            raise InputError([Problem("--url", f"`{self.url}` is not on this machine: a sandbox listens on http://127.0.0.1 only.")])
        # Whatever proxy the shell has been given is for connectors. Nothing goes over TLS: the usual list of authorities,
        # which takes longer to read than most answers to come, is not needed.
        nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._http = httpx.Client(base_url=self.url, headers={"x-syncproof-token": self._token}, trust_env=False, timeout=PATIENCE, verify=nobody)

    def status(self) -> dict[str, Any]:
        """Return what is there."""
        return self._ask("GET", "/")

    def step(self, entry: Any) -> dict[str, Any]:
        """Have one step done, and return what happened."""
        return self._ask("POST", "/steps", entry)

    def checkpoint(self, name: str | None) -> dict[str, Any]:
        """Have this moment kept."""
        return self._ask("POST", "/checkpoints", {"name": name})

    def rewind(self, name: str | None, *, time_goes_on: bool) -> dict[str, Any]:
        """Have the sandbox go back."""
        return self._ask("POST", "/rewind", {"name": name, "time_goes_on": time_goes_on})

    def differences(self) -> dict[str, Any]:
        """Return where both sides differ."""
        return self._ask("GET", "/differences")

    def watch(self) -> Iterator[dict[str, Any]]:
        """Yield what happens, until the sandbox ends."""
        try:
            with self._http.stream("GET", "/watch") as answer:
                if answer.status_code != httpx.codes.OK:
                    answer.read()
                    self._refuse(answer)
                for line in answer.iter_lines():
                    yield json.loads(line)
        except httpx.ConnectError as error:
            raise self._gone(error) from error
        except httpx.TransportError:
            return  # it has ended, and the line with it

    def _ask(self, method: str, path: str, data: Any = None) -> dict[str, Any]:
        try:
            answer = self._http.request(method, path, content=None if method == "GET" else json.dumps(data).encode())
        except httpx.TransportError as error:
            raise self._gone(error) from error
        if answer.status_code != httpx.codes.OK:
            self._refuse(answer)
        found: dict[str, Any] = answer.json()
        return found

    def _gone(self, error: Exception) -> InputError:
        return InputError([Problem(self.url, f"no sandbox answers there ({error}).", "Start `syncproof sandbox`, and take the exports that it prints.")])

    def _refuse(self, answer: httpx.Response) -> None:
        try:
            told = answer.json()
        except ValueError:
            told = {}
        problems = [Problem(str(p["where"]), str(p["message"]), str(p["remedy"])) for p in told.get("problems", ())]
        if answer.status_code == httpx.codes.INTERNAL_SERVER_ERROR:
            raise BugError("; ".join(map(str, problems)) or "the sandbox broke")
        raise InputError(problems or [Problem(self.url, f"it refused ({answer.status_code}): {told.get('error', answer.text[:200])}.",
                                              f"Is {TOKEN} that of this sandbox?")])  # fmt: skip


# -- from words to steps --------------------------------------------------------------------------------------------


def step_from_text(text: str) -> Any:
    """Return the step that a text holds, as it stands in a scenario file. Raises InputError when it is no YAML."""
    entry, _ = yaml_with_lines(text, Path("step"))
    if isinstance(entry, list) and len(entry) == 1:
        entry = entry[0]  # copied from a file with its dash
    if entry is None:
        raise InputError([Problem("step", "nothing was given.", "Write a step, such as `opt_out: {side: crm, who: {index: 2}}`.")])
    return entry


def selector(who: str | None) -> Any:
    """Return whom a word means: `all`, `p0003` (a key), `3` (a number), `customer` (a stratum), or conditions in YAML."""
    if who is None or who == "all":
        return who
    found, _ = yaml_with_lines(who, Path("--who"))
    if isinstance(found, int) and not isinstance(found, bool):
        return {"index": found}
    if isinstance(found, str):
        return {"key": found} if found[:1] == "p" and found[1:].isdigit() else {"stratum": found}
    return found


def assignments(words: list[str], where: str) -> dict[str, Any]:
    """Return field -> value for `Field=text` (a text, `$fresh`, `$blank`) and `Field:=value` (a number, true, false).

    Raises InputError naming every word that is neither, and every field that is named twice.
    """
    found: dict[str, Any] = {}
    problems = []
    for word in words:
        name, equals, value = word.partition("=")
        typed = name.endswith(":")
        name = name.removesuffix(":")
        if not equals or not name:
            problems.append(Problem(where, f"`{word}` is no assignment.", "Write `Field=text`, or `Field:=true` for what is no text."))
        elif name in found:
            problems.append(Problem(where, f"`{name}` is given twice."))
        else:
            found[name] = yaml_with_lines(value, Path(where))[0] if typed else value
    if problems:
        raise InputError(problems)
    return found
