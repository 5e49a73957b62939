"""Who stays out: the mapping's exclusions, looked at on the record of either side."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from .bugs import Bugs
from .contract import Exclusion, ObjectContract


def excluded_in_crm(contract: ObjectContract, row: Mapping[str, Any], today: date, bugs: Bugs | None = None) -> str:
    """Return the reason why a CRM record stays out, or an empty string."""
    for exclusion in contract.exclude:
        value = row.get(exclusion.crm)
        if exclusion.older_than_months is not None and not value and bugs is not None and bugs.on("no_date_counts_as_recent"):
            continue
        if exclusion.crm and _holds(exclusion, value, today):
            return exclusion.reason or exclusion.crm
    return ""


def excluded_in_ma(contract: ObjectContract, row: Mapping[str, Any], today: date) -> str:
    """Return the reason why an MA record must not enter the CRM, or an empty string.

    A condition on a CRM field is looked at through the MA field that is mapped to it; one on a field that no rule
    maps says nothing about an MA record.
    """
    partner = {rule.crm: rule.ma for rule in contract.rules} | {contract.key[0]: contract.key[1]}
    for exclusion in contract.exclude:
        name = exclusion.ma or partner.get(exclusion.crm, "")
        if name and _holds(exclusion, row.get(name), today):
            return exclusion.reason or name
    return ""


def months_before(today: date, months: int) -> date:
    """Return the same day ``months`` earlier, or the last day of that month."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    for day in range(today.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, min(today.day, 28))


def _holds(exclusion: Exclusion, value: Any, today: date) -> bool:
    blank = value is None or (isinstance(value, str) and not value.strip())
    if exclusion.blank is not None:
        return blank is exclusion.blank
    if exclusion.older_than_months is not None:
        if blank:
            return True
        try:
            return date.fromisoformat(str(value)[:10]) < months_before(today, exclusion.older_than_months)
        except ValueError:
            return True
    if exclusion.matches:
        return not blank and re.search(exclusion.matches, str(value).strip(), re.IGNORECASE) is not None
    return any(_same(value, wanted) for wanted in exclusion.values)


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, bool):
        return (str(value).lower() == "true") is wanted
    return value is not None and str(value).strip().casefold() == str(wanted).strip().casefold()
