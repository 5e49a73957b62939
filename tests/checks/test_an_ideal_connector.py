"""An ideal connector is never accused; each sin is caught by the rule that is there for it."""

from __future__ import annotations

import html
from typing import Any

import pytest
from syncproof.mapping.grammar import FieldRule, Side
from syncproof.model import Verdict
from syncproof.scenario.loader import builtin
from syncproof_mocks.schema import FieldType
from tests.ideal import Ideal
from tests.staging import play, rules

# What `Ideal` is too simple for: it matches by address alone, cleans no keys, reports no refusal and runs once at a time.
# The reference connector goes through these scenarios in `tests/stories/test_qualify.py`.
TOO_SIMPLE_FOR = {
    f"identity/{name}" for name in (
        "address_of_another", "blanks_in_the_key", "just_created_there_too", "odd_signs_in_addresses", "refused_in_the_middle",
        "shared_address", "two_runs_at_once",
    )
}  # fmt: skip
# A thousand people tell here no more than ten; the reference connector meets them in `tests/stories/test_go_live.py`.
TOO_MANY = {"sample_sync/ramp", "reading/ten_thousand_and_more"}
# A hook waits for an answer of a vendor's API, which an ideal connector never asks.
WITHOUT_SOCKETS = sorted(
    name for name, found in builtin().items()
    if name not in TOO_SIMPLE_FOR | TOO_MANY and not name.startswith(("faults/", "webhooks/")) and "- meanwhile:" not in found.path.read_text()
)


@pytest.mark.parametrize("name", WITHOUT_SOCKETS)
def test_the_ideal_connector_is_clean(name: str) -> None:
    result = play(name, Ideal())

    assert [f.message for f in result.findings] == []
    assert result.verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("sin", "scenario", "rule"),
    [
        ("take_everybody", "sample_sync/all_strata", "SCOPE-002"),
        ("lose_people", "sample_sync/all_strata", "SCOPE-001"),
        ("resurrect", "consent/erased_stays_erased", "CONS-007"),
        ("resurrect", "consent/erased_stays_erased", "DEAD-001"),
        ("keep_deleted", "lifecycle/deleted_in_the_crm", "DEAD-002"),
        ("wrong_winner", "overwrite/contact_matrix", "FIELD-002"),
        ("ignore_consents", "consent/opt_out_in_crm_reaches_ma", "CONS-002"),
        ("ignore_consents", "consent/first_import_of_opted_out", "CONS-002"),
        ("ignore_consents", "consent/new_opt_in_with_evidence", "CONS-008"),
        ("lift_refusals", "consent/opt_out_in_ma_survives_push", "CONS-001"),
        ("no_way_back", "consent/opt_out_in_ma_reaches_crm", "CONS-002"),
        ("silence_is_yes", "consent/missing_consent_is_no_yes", "CONS-004"),
    ],
)
def test_a_sin_is_caught_by_its_rule(sin: str, scenario: str, rule: str) -> None:
    result = play(scenario, Ideal(frozenset({sin})))

    assert rule in rules(result)
    assert result.verdict is Verdict.FAIL


def spoiler(field_type: FieldType, spoil: Any) -> Any:
    def apply(rule: FieldRule, side: Side, raw: Any) -> Any:
        return spoil(raw) if rule.type is field_type and raw and side is Side.MA else raw

    return apply


@pytest.mark.parametrize(
    ("field_type", "spoil", "rule"),
    [
        (FieldType.TEXT, lambda v: v[:8], "FIELD-007"),
        (FieldType.TEXT, lambda v: html.escape(v.replace("a", "&")) if "a" in v else v, "FIELD-012"),
        (FieldType.TEXT, lambda v: v.encode("ascii", "ignore").decode(), "FIELD-008"),
        (FieldType.DATE, lambda v: f"{v[:4]}-{v[8:]}-{v[5:7]}" if int(v[8:]) <= 12 else v, "FIELD-009"),
        (FieldType.COUNTRY, lambda _: "Atlantis", "FIELD-012"),
    ],
)
def test_a_spoilt_value_is_named_for_what_happened_to_it(field_type: FieldType, spoil: Any, rule: str) -> None:
    # Days up to the twelfth are only met among enough people.
    forty: dict[str, Any] = {"population": {"total": 40, "placement": "crm", "kinds": {"customer": 40}}, "steps": ["sync"]}
    result = play(forty if field_type is FieldType.DATE else "sample_sync/all_strata", Ideal(spoil=spoiler(field_type, spoil)))

    assert rule in rules(result)


def test_a_connector_that_never_calls_is_no_pass() -> None:
    class Lazy(Ideal):
        def _sync(self, sandbox: Any) -> None:
            """Do nothing at all."""

    result = play("idempotence/second_sync_is_quiet", Lazy())

    assert result.verdict is Verdict.FAIL
    assert "STATUS-002" in rules(result)


def test_what_the_connector_prints_is_searched_for_people() -> None:
    class Chatty(Ideal):
        def _sync(self, sandbox: Any) -> None:
            super()._sync(sandbox)
            row = next(iter(sandbox.crm.store.rows("Contact")))
            self.says = f"synced {row.values['Email']}"

    assert "SECRET-001" in rules(play("idempotence/second_sync_is_quiet", Chatty()))


def test_writing_what_nobody_mapped_is_found() -> None:
    class Meddler(Ideal):
        def _sync(self, sandbox: Any) -> None:
            super()._sync(sandbox)
            row = next(iter(sandbox.crm.store.rows("Contact")))
            self._write(Side.CRM, lambda: sandbox.crm.desk_edit("Contact", row.id, {"Department": "Sales"}))

    found = play("overwrite/two_sides_two_fields", Meddler())

    assert "WRITE-001" in rules(found)


def test_a_sensitive_value_that_crosses_is_found() -> None:
    class Leaky(Ideal):
        def _sync(self, sandbox: Any) -> None:
            super()._sync(sandbox)
            row = next(r for r in sandbox.crm.store.rows("Contact") if r.values.get("National_Id__c"))
            entry = sandbox.world.journal.open_exchange(
                "hubspot", sandbox.world.journal.actor.__class__.CONNECTOR, "PATCH", "/x", "", {}, row.values["National_Id__c"].encode()
            )
            entry.status = 200
            sandbox.world.journal.close_exchange()

    assert "SCOPE-003" in rules(play("overwrite/two_sides_two_fields", Leaky()))


def test_a_second_record_of_a_person_is_found() -> None:
    class Doubler(Ideal):
        def _sync(self, sandbox: Any) -> None:
            super()._sync(sandbox)
            row = next(iter(sandbox.crm.store.rows("Contact")))
            self._write(Side.MA, lambda: sandbox.ma.desk_create("contacts", {"lastname": row.values["LastName"], "phone": row.values["Phone"]}))

    assert "IDENT-001" in rules(play("overwrite/two_sides_two_fields", Doubler()))


def test_a_check_that_crashes_makes_the_verdict_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    from syncproof.checks import checks

    def broken(*_: Any) -> None:
        raise KeyError("boom")

    broken.__module__ = "syncproof.checks.no_duplicates"
    monkeypatch.setitem(checks(), "no_duplicates", broken)

    result = play("overwrite/two_sides_two_fields", Ideal())

    assert result.verdict is Verdict.UNKNOWN
    assert "boom" in result.reason


def test_a_scenario_without_a_sync_proves_nothing() -> None:
    result = play({"population": {"total": 3}, "steps": ["snapshot: nothing"] and [{"snapshot": "nothing"}]}, Ideal())

    assert result.verdict is Verdict.UNKNOWN
