"""What a live sandbox has told as data, in words for people: steps, differences, what happens, what there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from ..legible import one_line, plural, say

MOST_FIELDS = 4
MOST_TOLD = 200


def line_of(told: Mapping[str, Any]) -> str:
    """Return one line for something that `watch` tells."""
    at = datetime.fromtimestamp(told["at_ms"] / 1000, UTC).strftime("%H:%M:%S") if "at_ms" in told else " " * 8
    return f"{at} {one_line(_told(told))}"


def _told(told: Mapping[str, Any]) -> str:
    if told["type"] == "request":
        fault = f" <- {told['fault']}" if told["fault"] else ""
        refused = f" ({plural(len(told['refused']), 'item')} refused: {told['refused'][0]})" if told["refused"] else ""
        return f"{told['system']:10} {told['method']} {told['target']} -> {told['status']}{refused}{fault}"
    if told["type"] == "change":
        some = [f"{n}: {say(old)} -> {say(new)}" for n, (old, new) in list(told["fields"].items())[:MOST_FIELDS]]
        more = f", and {len(told['fields']) - MOST_FIELDS} more" if len(told["fields"]) > MOST_FIELDS else ""
        who = told["actor"].replace("_", " ")
        return f"{told['system']:10}   {who}: {told['what']} {told['kind']} {told['record_id']} {', '.join(some)}{more}"
    if told["type"] == "rewound":
        return f"-- the sandbox went back to `{told['name']}`"
    return f"-- {told['name'].replace('_', ' ')}: {told['detail']}" if told["detail"] else f"-- {told['name'].replace('_', ' ')}"


def lines_of_step(done: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a step did, for people."""
    for act in done["acts"]:
        yield one_line(_act_told(act))
    for fault in done["faults"]:
        yield f"switched on: {fault}"
    for sync in done["syncs"]:
        code = "" if sync["exit_code"] is None else f" {sync['exit_code']}"
        yield (
            f"sync {sync['number']}: {sync['ended']}{code} after {sync['seconds']:g} s; {plural(sync['reads'], 'read')}, "
            f"{plural(sync['writes'], 'write')}, {sync['refused']} refused"
        )
        yield from (f"  | {one_line(line)}" for line in sync["output_tail"].splitlines()[-5:])
    for claim in done["claims"]:
        yield one_line(f"{'holds' if claim['ok'] else 'DOES NOT HOLD'}: {_claim_told(claim)}")
    if not any(done[part] for part in ("acts", "faults", "syncs", "claims")):
        yield f"done: {one_line(done['step'])}"


def _act_told(act: Mapping[str, Any]) -> str:
    where = f"{act['system'].upper()} {act['object']} {act['record_id']}".strip()
    who = f" of {act['name']}" if act["name"] else ""
    if act["field"]:
        return f"{act['act']}: {where}{who}: {act['field']}: {say(act['old'])} -> {say(act['new'])}"
    return f"{act['act']}: {where}{who}{' ' + act['key'] if act['key'] else ''}"


def _claim_told(claim: Mapping[str, Any]) -> str:
    said = f"{claim['person']} in the {claim['side'].upper()}"
    if claim.get("field"):
        return f"{said}: {claim['field']} is {say(claim.get('found'))}, expected {say(claim.get('expected'))}"
    return said


def lines_of_status(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield what `syncproof sandbox status` prints."""
    systems = " and ".join(found["systems"].values())
    yield f"{systems} by the mapping {found['mapping']}, seed {found['seed']}, {plural(found['people'], 'person', 'people')}, {found['now']}"
    for fault in found["faults"]:
        yield f"fault {fault['fault']} on the {fault['system'].upper()} ({fault['operation']}): struck {fault['struck']} of {plural(fault['matched'], 'matching request')}"
    yield f"checkpoints: {', '.join(found['checkpoints'])}"
    if found["busy"]:
        yield f"`{found['busy']}` is under way"


# -- differences ----------------------------------------------------------------------------------------------------


def lines_of_differences(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the differences for people, one line each, and what was compared."""
    told = [*map(_field_told, found["fields"]), *map(_consent_told, found["consents"]), *map(_alone_told, found["only_on"])]
    yield from (one_line(line) for line in told[:MOST_TOLD])
    if len(told) > MOST_TOLD:
        yield f"... and {plural(len(told) - MOST_TOLD, 'more difference', 'more differences')}; `--json` tells all"
    yield f"{plural(len(told), 'difference')}; {plural(found['compared'], 'pair')} of records compared" + "".join(
        f", {number:,} {why}"
        for number, why in (
            (found["kept_out"], "kept out by the mapping"), (found["crowded"], "with several records on a side"),
            *((number, f"records of nobody known in the {side.upper()}") for side, number in found["unknown"].items()),
        ) if number
    )  # fmt: skip


def _field_told(one: Mapping[str, Any]) -> str:
    def shown(side: str) -> str:
        meant, stored = one[side], one[f"{side}_stored"]
        return say(meant) if meant == stored or meant is None else f"{say(meant)} (stored as {say(stored)})"

    return f"{one['name']}: {one['object']} {one['field']}: CRM {shown('crm')}, MA {shown('ma')}"


def _consent_told(one: Mapping[str, Any]) -> str:
    return f"{one['name']}: consent {one['key']}: CRM {one['crm']}, MA {one['ma']}"


def _alone_told(one: Mapping[str, Any]) -> str:
    return f"{one['name']}: {one['object']} only in the {one['system'].upper()} ({one['kind']} {one['record_id']})"
