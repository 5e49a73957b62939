"""Reading `importRequest`: which column of which file is which property of which object type.

Everything that is wrong with it is refused before a row is read; what HubSpot has and this mock has not is refused with a
hint. Wordings were not captured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from .. import errors
from ..errors import Refusal
from ..kinds import ObjectType
from ..portal import Portal
from ..views import checked_type

DATE_FORMATS = ("MONTH_DAY_YEAR", "DAY_MONTH_YEAR", "YEAR_MONTH_DAY")
OPERATIONS = ("UPSERT", "CREATE", "UPDATE")
_BY_ID, _BY_KEY = "HUBSPOT_OBJECT_ID", "HUBSPOT_ALTERNATE_ID"
_COLUMN_TYPES = ("STANDARD", _BY_ID, _BY_KEY)


@dataclass(frozen=True, slots=True)
class Column:
    """One mapped column. ``by_id``: it holds record ids; ``is_key``: a property that identifies the record."""

    header: str
    object_type: ObjectType
    property_name: str
    by_id: bool = False
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class FilePlan:
    """One file of an import; ``columns`` has None where a column is not imported."""

    file_name: str
    has_header: bool
    columns: tuple[Column | None, ...]


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import is to do."""

    name: str
    files: tuple[FilePlan, ...]
    operations: dict[str, str]  # object type id -> UPSERT | CREATE | UPDATE
    date_format: str
    marketable: bool
    opt_out: bool
    makes_list: bool

    @property
    def object_types(self) -> list[ObjectType]:
        """Return the object types that are imported, each once, in order of their columns."""
        found = {c.object_type.type_id: c.object_type for f in self.files for c in f.columns if c is not None}
        return list(found.values())


def refused(message: str, *, hint: str = "") -> Refusal:
    """Return the 400 for an import that cannot be started (wording not captured)."""
    return Refusal(400, message, assumed="hubspot.text_import", hint=hint)


def parsed_request(text: bytes) -> dict[str, Any]:
    """Return the JSON object in `importRequest`. Raises `Refusal`."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise errors.malformed(error.lineno, error.colno, error.msg) from None
    if not isinstance(found, dict):
        raise errors.wrong_type("ImportRequest", "the given value")
    return found


def plan_of(dialect: Portal, request: dict[str, Any]) -> ImportPlan:
    """Return what ``request`` wants. Raises `Refusal`."""
    files = request.get("files")
    if not request.get("name") or not files:
        raise errors.not_set(*[n for n in ("files", "name") if not request.get(n)])
    if not isinstance(files, list) or not all(isinstance(f, dict) for f in files):
        raise errors.wrong_type("java.util.ArrayList<java.lang.Object>", "the given value")
    date_format = request.get("dateFormat") or DATE_FORMATS[0]
    if date_format not in DATE_FORMATS:
        raise refused(f"Invalid dateFormat {date_format}: one of {', '.join(DATE_FORMATS)}")
    if len(files) > 1:
        raise refused("Only one file per import is mocked", hint="an import of several files is not mocked; send one file")
    if request.get("timeZone"):
        dialect.rests_on("hubspot.import_time_zone")
    return ImportPlan(
        str(request["name"]), tuple(_file(dialect, f) for f in files), _operations(dialect, request.get("importOperations")),
        date_format, request.get("marketableContactImport") is True, request.get("optOutImport") is True,
        request.get("createContactListFromImport") is True,
    )


def _operations(dialect: Portal, given: object) -> dict[str, str]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise errors.wrong_type("java.util.LinkedHashMap", "the given value")
    for operation in given.values():
        if operation not in OPERATIONS:
            raise refused(f"Invalid import operation {operation}: one of {', '.join(OPERATIONS)}")
    return {checked_type(dialect, name).type_id: operation for name, operation in given.items()}


def _file(dialect: Portal, given: dict[str, Any]) -> FilePlan:
    if given.get("fileFormat", "CSV") != "CSV":
        raise refused(f"{given['fileFormat']} files are not mocked", hint="spreadsheets are not mocked; send fileFormat CSV")
    page = given.get("fileImportPage")
    if not given.get("fileName") or not isinstance(page, dict) or not isinstance(page.get("columnMappings"), list):
        raise errors.not_set("columnMappings", "fileImportPage", "fileName")
    columns = tuple(_column(dialect, c) for c in page["columnMappings"])
    if not any(columns):
        raise refused("No column is mapped to a property")
    return FilePlan(str(given["fileName"]), page.get("hasHeader", True) is True, columns)


def _column(dialect: Portal, given: object) -> Column | None:
    if not isinstance(given, dict):
        raise errors.wrong_type("java.util.LinkedHashMap", "the given value")
    # The older documentation calls the type of a column `idColumnType`.
    column_type = given.get("columnType") or given.get("idColumnType") or "STANDARD"
    if column_type not in _COLUMN_TYPES or given.get("foreignKeyType"):
        raise refused(f"Columns of type {column_type} are not mocked",
                      hint=f"columns that refer to another file or hold labels are not mocked; supported: {', '.join(_COLUMN_TYPES)}")
    by_id = column_type == _BY_ID
    if not given.get("propertyName") and not by_id:
        return None
    if not given.get("columnObjectTypeId"):
        raise errors.not_set("columnObjectTypeId")
    object_type = checked_type(dialect, str(given["columnObjectTypeId"]))
    name = "hs_object_id" if by_id else str(given["propertyName"])
    return Column(str(given.get("columnName") or ""), object_type, name, by_id, column_type == _BY_KEY)
