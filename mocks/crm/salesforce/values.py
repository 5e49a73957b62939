"""What a value becomes when it is saved: checked, trimmed, lower-cased, coerced, in the vendor's words or refused.

Stored values are those that REST JSON shows. Source: research `salesforce.md` sections 2 (texts) and 3 (strings).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from .columns import NUMBERS, Column
from .errors import ApiError, cannot_deserialize
from .ids import full_id
from .org import Org

_EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATETIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})")
_TIME = re.compile(r"((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,6}))?Z?")

Coercer = Callable[[Org, Column, Any], Any]


def is_blank(value: object) -> bool:
    """Tell whether a given value clears a field."""
    return value is None or (isinstance(value, str) and not value.strip())


def coerce(org: Org, column: Column, value: Any, *, strict: bool = True) -> Any:
    """Return the value to store. Raises ApiError; without ``strict`` only a value of the wrong type is refused."""
    vendor_type = column.info.vendor_type
    if value is None or value == "":
        if vendor_type == "boolean":
            return _null_boolean(org, column, value)
        return None
    found = _COERCERS[vendor_type](org, column, value)
    if strict and found is not None:
        _check_length(column, found)
        check = _CHECKS.get(vendor_type)
        if check is not None:
            check(org, column, found)
    return found


def _check_length(column: Column, value: Any) -> None:
    limit = column.info.max_length
    if limit is not None and isinstance(value, str) and len(value) > limit:
        text = f"{column.info.label}: data value too large: {value} (max length={limit})"
        raise ApiError("STRING_TOO_LONG", text, fields=(column.name,))


def _null_boolean(org: Org, column: Column, value: object) -> bool:
    org.rests_on("salesforce.null_boolean")
    if org.settings["null_boolean"] == "refuse":
        text = f"Value not of required type: {'null' if value is None else value}"
        raise ApiError("INVALID_TYPE_ON_FIELD_IN_RECORD", text, fields=(column.name,))
    return False


def _text(org: Org, column: Column, value: Any) -> str | None:  # noqa: ARG001 (one signature for all)
    if not isinstance(value, str):
        raise cannot_deserialize("string", value)
    stripped = value.strip()
    if stripped == value:
        return value
    if not stripped:
        return None
    org.rests_on("salesforce.trim_strings")
    return stripped if org.settings["trim_strings"] else value


def _long_text(org: Org, column: Column, value: Any) -> str | None:
    text = _text(org, column, value)
    return text.replace("\r\n", "\n") if text else text


def _email(org: Org, column: Column, value: Any) -> str | None:
    text = _text(org, column, value)
    return text.lower() if text else text


def _check_email(org: Org, column: Column, value: str) -> None:  # noqa: ARG001
    if _EMAIL.fullmatch(value) is None or ".." in value or ".@" in value or value[0] == ".":
        text = f"{column.info.label}: invalid email address: {value}"
        raise ApiError("INVALID_EMAIL_ADDRESS", text, fields=(column.name,))


def _boolean(org: Org, column: Column, value: Any) -> bool:  # noqa: ARG001
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise cannot_deserialize("boolean", value)


def _integer(org: Org, column: Column, value: Any) -> int:
    number = _number(org, column, value, "int")
    if not number.is_integer():
        raise cannot_deserialize("int", value)
    return int(number)


def _number(org: Org, column: Column, value: Any, wanted: str = "double") -> float:  # noqa: ARG001
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if math.isfinite(number):
            return number
    raise cannot_deserialize(wanted, value)


def _check_range(org: Org, column: Column, value: float) -> None:  # noqa: ARG001
    """Refuse a number with more digits before its point than precision less scale.

    Digits after it are not limited: "the length and decimal places are only enforced" in the vendor's screens, programs store
    and get back what they sent (vendor's knowledge article 000387302). Words: recorded in the developer forum and in
    SFDO-Community/declarative-lookup-rollup-summaries#713.
    """
    precision, scale = column.digits or column.info.digits or NUMBERS[column.info.vendor_type]
    if precision and abs(value) >= 10 ** (precision - scale):
        text = f"{column.info.label}: value outside of valid range on numeric field: {_as_double(value)}"
        raise ApiError("NUMBER_OUTSIDE_VALID_RANGE", text, fields=(column.name,))


def _as_double(value: float) -> str:
    """Return a number as the vendor writes doubles: `100.0`, from ten million on `1.2345678E7` (knowledge article 000221617)."""
    if abs(value) < 1e7:
        return repr(value)
    digits, _, exponent = f"{Decimal(repr(value)):E}".partition("E")
    mantissa = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}E{int(exponent)}"


def _date(org: Org, column: Column, value: Any) -> str:  # noqa: ARG001
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            date.fromisoformat(value)
        except ValueError:
            raise cannot_deserialize("date", value) from None
        return value
    raise cannot_deserialize("date", value)


def _time(org: Org, column: Column, value: Any) -> str:  # noqa: ARG001
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise cannot_deserialize("time", value)
    return f"{found.group(1)}.{(found.group(2) or '')[:3]:0<3}Z"


def _datetime(org: Org, column: Column, value: Any) -> str:  # noqa: ARG001
    if isinstance(value, str) and _DATETIME.fullmatch(value):
        try:
            moment = datetime.fromisoformat(value).astimezone(UTC)
        except ValueError:
            raise cannot_deserialize("datetime", value) from None
        return moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    raise cannot_deserialize("datetime", value)


def _check_picklist(org: Org, column: Column, value: str) -> None:  # noqa: ARG001
    if column.info.restricted and not any(o.active and o.value == value for o in column.info.options):
        raise _bad_value(column, value)


def _bad_value(column: Column, value: str) -> ApiError:
    text = f"{column.info.label}: bad value for restricted picklist field: {value}"
    return ApiError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", text, fields=(column.name,))


def _multipicklist(org: Org, column: Column, value: Any) -> str | None:
    text = _text(org, column, value)
    parts = list(dict.fromkeys(p.strip() for p in (text or "").split(";") if p.strip()))
    order = {o.value: n for n, o in enumerate(column.info.options)}
    ordered = sorted(parts, key=lambda p: order.get(p, len(order)))
    if ordered != parts:
        org.rests_on("salesforce.sort_multipicklist")
        if org.settings["sort_multipicklist"]:
            parts = ordered
    return ";".join(parts) or None


def _check_multipicklist(org: Org, column: Column, value: str) -> None:
    for part in value.split(";"):
        _check_picklist(org, column, part)


def _reference(org: Org, column: Column, value: Any) -> str:  # noqa: ARG001
    if not isinstance(value, str):
        raise cannot_deserialize("reference", value)
    whole = full_id(value)
    if whole is None:
        raise _malformed(column, value)
    return whole


def _malformed(column: Column, value: str) -> ApiError:
    text = f"{column.info.label}: id value of incorrect type: {value}"
    return ApiError("MALFORMED_ID", text, fields=(column.name,))


def _check_reference(org: Org, column: Column, value: str) -> None:
    if not (column.info.reference_to or column.unmocked):
        return  # nobody told what it points to
    targets = [k for k in column.info.reference_to if org.kinds[k].prefix == value[:3]]
    if not targets and column.unmocked and org.kind_of_id(value) is None:
        org.rests_on("salesforce.unmocked_references")  # see `metadata`
        return
    if not targets:
        raise _malformed(column, value)
    row = org.store.get(targets[0], value, deleted=True)
    if row is None and column.name == "RecordTypeId":
        text = f"{column.info.label}: this ID value isn't valid for the user: {value}"
        raise ApiError("INVALID_CROSS_REFERENCE_KEY", text, fields=(column.name,))
    if row is None:
        raise ApiError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", fields=())
    if row.deleted:
        raise ApiError("ENTITY_IS_DELETED", "entity is deleted", fields=(column.name,))


_COERCERS: dict[str, Coercer] = {
    "string": _text,
    "url": _text,
    "phone": _text,
    "picklist": _text,
    "textarea": _long_text,
    "anyType": lambda _org, _column, value: value,
    "email": _email,
    "boolean": _boolean,
    "int": _integer,
    "long": _integer,
    "time": _time,
    "combobox": _text,
    "encryptedstring": _text,
    "double": _number,
    "currency": _number,
    "percent": _number,
    "date": _date,
    "datetime": _datetime,
    "multipicklist": _multipicklist,
    "reference": _reference,
    "id": _reference,
}

_CHECKS: dict[str, Callable[[Org, Column, Any], None]] = {
    "email": _check_email,
    "picklist": _check_picklist,
    "multipicklist": _check_multipicklist,
    "reference": _check_reference,
    "double": _check_range,
    "currency": _check_range,
    "percent": _check_range,
}
