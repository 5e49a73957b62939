"""State and country picklists: an org that has them takes only the states and countries on its lists, by label or by code.

An org has them when its description tells a picklist `XCountryCode` (`XStateCode`) beside the text `XCountry` (`XState`). Text
and code are two faces of one value: whichever is written decides, the other follows. Words of the refusals: research
`salesforce.md` section 2 (from general knowledge, so whatever is refused here rests on `state_country_picklists`).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from ...schema import Option
from .columns import Column
from .errors import ApiError
from .kinds import Kind
from .org import Org

_WORDS = {"Country": ("country", "countries"), "State": ("state", "states")}


def settle(org: Org, kind: Kind, values: dict[str, Any], old: Mapping[str, Any] | None) -> None:
    """Complete ``values`` (about to be saved) by the other face of each state and country. Raises ApiError."""
    for text, code in kind.regions:
        if text not in values and code not in values:
            continue
        option = _chosen(org, kind, text, code, values, old)
        values[text] = option.label if option is not None else None
        values[code] = option.value if option is not None else None
    for text, code in kind.regions:
        if text.endswith("State"):
            _check_state(org, kind, text, code, {**(old or {}), **values})


def _chosen(
    org: Org, kind: Kind, text: str, code: str, values: Mapping[str, Any], old: Mapping[str, Any] | None
) -> Option | None:
    # A code that was really changed wins over a text that is sent along.
    by_code = code in values and (old is None or values[code] != old.get(code) or text not in values)
    wanted = values[code] if by_code and (values[code] is not None or text not in values) else values.get(text)
    if wanted is None:
        return None
    folded = str(wanted).casefold()
    for option in kind.columns[code].info.options:
        if option.active and folded in (option.value.casefold(), option.label.casefold()):
            return option
    raise _problem(org, kind, text)


def _check_state(org: Org, kind: Kind, text: str, code: str, whole: Mapping[str, Any]) -> None:
    state, country = whole.get(code), f"{text.removesuffix('State')}CountryCode"
    if state is None or country not in kind.columns:
        return
    if whole.get(country) is None:
        org.rests_on("salesforce.state_country_picklists")
        words = f"A country must be specified before specifying a state value for field: {kind.columns[text].info.label}"
        raise ApiError("FIELD_INTEGRITY_EXCEPTION", words, fields=(text,))
    countries = [o.value for o in kind.columns[country].info.options]
    if whole[country] in countries and not _is_valid_for(kind.columns[code], state, countries.index(whole[country])):
        raise _problem(org, kind, text)


def _is_valid_for(column: Column, state: str, country: int) -> bool:
    """Tell whether a state lies in the country of this number; bit n of `validFor` stands for value n of the controller."""
    at = next((n for n, o in enumerate(column.info.options) if o.value == state), None)
    if at is None or at >= len(column.valid_for):
        return True
    try:
        bits = base64.b64decode(column.valid_for[at])
    except (binascii.Error, ValueError):
        return True
    return country // 8 < len(bits) and bool(bits[country // 8] & (0x80 >> country % 8))


def _problem(org: Org, kind: Kind, text: str) -> ApiError:
    org.rests_on("salesforce.state_country_picklists")
    one, many = _WORDS["State" if text.endswith("State") else "Country"]
    wanted = f"a {one} from the list of valid {many}.: {kind.columns[text].info.label}"
    words = f"There's a problem with this {one}, even though it may appear correct. Please select {wanted}"
    return ApiError("FIELD_INTEGRITY_EXCEPTION", words, fields=(text,))
