"""What must catch the identity family of mistakes (`reference/bugs/identity.py`), and which classes of it nobody can show here."""

from __future__ import annotations

from ..expectation import Expectation, caught_by

EXPECTED: dict[str, Expectation] = {
    "previous_record_bleed": caught_by("sample_sync/blank_fields", "FIELD-010 IDENT-002"),
    "email_change_creates_second": caught_by("overwrite/address_change", "IDENT-001"),
    "blind_create_retry": caught_by("faults/lost_response_in_the_crm", "IDENT-001"),
    "secondary_email_ignored": caught_by("sample_sync/secondary_address", "IDENT-001 FIELD-001 STATUS-001 SCOPE-001"),
}

# Bug class -> why no connector between these systems can show it, or why this suite does not reach it.
NOT_APPLICABLE: dict[str, str] = {}
NOT_REACHED: dict[str, str] = {}
