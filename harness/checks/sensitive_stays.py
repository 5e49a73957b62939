"""Fields marked sensitive never cross, in any request, whatever field they are put into."""

from __future__ import annotations

import json
import os.path
from collections.abc import Iterator

from syncproof_mocks.journal import Exchange

from ..mapping.grammar import Side
from ..model import Severity
from ..oracle.fields import Oracle
from ..oracle.identity import side_of
from . import Rule, Seen

RULES = (Rule("SCOPE-003", "sensitive values never cross", Severity.CRITICAL, ("B094", "B044")),)

_WRITES = {"POST", "PUT", "PATCH"}


def sensitive_stays(oracle: Oracle, seen: Seen) -> None:
    """Search every write to one side for the sensitive values that only the other side holds."""
    for side in (Side.CRM, Side.MA):
        planted = dict(_planted(oracle, side.other))
        if not planted:
            continue
        bodies = [e for e in oracle.evidence.entries if isinstance(e, Exchange) and e.method in _WRITES
                  and side_of(oracle.evidence, e.system) is side]
        seen.look("SCOPE-003", len(planted) if bodies else 0)
        forms = {value: {value, json.dumps(value)[1:-1]} for value in planted}
        # Every value begins alike in most orgs: a body without that beginning holds none of them.
        beginnings = {
            os.path.commonprefix([sorted(f)[i] for f in forms.values()])  # noqa: RUF071 (letters, not folders)
            for i in (0, -1)
        }
        for exchange in bodies:
            text = exchange.request_body.decode("utf-8", "replace")
            if not any(beginning in text for beginning in beginnings):
                continue
            for value, (person, name) in planted.items():
                if any(form in text for form in forms[value]):
                    label = oracle.identity.label(person)
                    seen.finding(
                        "SCOPE-003", f"{label}: the sensitive field {name} of the {side.other.upper()} was sent to the "
                        f"{side.upper()} in #{exchange.seq} {exchange.method} {exchange.path}.", system=str(side),
                        kind="contact", person=label, field=name, expected=None, found="the sensitive value",
                        classification="sensitive_crossed", caused_by=exchange.seq, requests=(exchange.seq,),
                    )


def _planted(oracle: Oracle, side: Side) -> Iterator[tuple[str, tuple[str | None, str]]]:
    """Yield sensitive value -> (person, field) as one side holds them; short values prove nothing and are left out."""
    for obj in oracle.evidence.mapping.objects:
        for rule in obj.fields:
            if not rule.sensitive:
                continue
            for state in (oracle.evidence.states[0], *oracle.evidence.before_syncs):
                for row in state.on(side).rows(obj.kind_on(side)):
                    value = row.values.get(rule.field_on(side))
                    if isinstance(value, str) and len(value) >= 6:
                        yield value, (oracle.identity.person_of(side, row), rule.field_on(side))
