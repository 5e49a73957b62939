"""Merge, convert, restore, hand over, change jobs, change a field: what happens, what is remembered, what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from syncproof.errors import SetupError
from syncproof.evidence import Act
from syncproof.mapping.grammar import Side
from syncproof.mapping.load import load_mapping
from syncproof.sandbox import Sandbox, default_mapping_file
from syncproof.scenario.grammar import Scenario
from syncproof.stage import Stage
from syncproof_mocks.journal import Change


def played(*steps: Any, **population: Any) -> Stage:
    """Run steps without any connector; the stage is left as they leave it."""
    settings = {"total": 6, "kinds": {"customer": 1}, **population}
    scenario = Scenario.model_validate({"population": settings, "steps": list(steps)}).placed("test/case", "", "test/case", ())
    mapping = load_mapping(default_mapping_file())
    stage = Stage(scenario, mapping, Sandbox(mapping, 3), lambda *_: None)  # type: ignore[arg-type,return-value]
    stage.seed()
    for step in stage.scenario.steps:
        step.run(stage)
    return stage


def acts(stage: Stage, kind: str) -> list[Act]:
    return [a for a in stage.acts if a.kind == kind]


def row(stage: Stage, act: Act, kind: str | None = None, record_id: str | None = None) -> Any:
    store = stage.sandbox.on(act.side).store
    return store.get(kind or ("Contact" if act.side is Side.CRM else "contacts"), record_id or act.record_id, deleted=True)


@pytest.mark.parametrize("side", ["crm", "ma"])
def test_a_merge_remembers_who_stayed_and_who_went(side: str) -> None:
    stage = played({"merge": {"side": side, "into": {"index": 2}, "who": {"index": 4, "count": 1}}})

    [act] = acts(stage, "merge")
    by_id = {x.record_id: x.person for x in stage.cast.links if x.side is act.side}
    assert (act.person, [by_id[i] for i in act.others]) == ("p0002", ["p0004"])
    survivor = row(stage, act, record_id=str(act.value))
    assert not survivor.deleted
    assert by_id[survivor.id] == "p0002", "a survivor with a new id is somebody's too"
    assert {e.actor for e in stage.journal.entries[act.seq :] if isinstance(e, Change)} <= {f"{side}_user", "vendor_automation"}


def test_several_are_merged_into_one_and_an_old_id_counts_once() -> None:
    stage = played(
        {"merge": {"side": "ma", "into": {"index": 1}, "who": {"index": 2}}}, {"merge": {"side": "ma", "into": {"index": 3}, "who": {"index": 1}}}
    )

    store = stage.sandbox.ma.store
    final = acts(stage, "merge")[-1].value
    assert {store.resolve("contacts", x.record_id) for x in stage.cast.links if x.side is Side.MA and x.person in ("p0001", "p0002", "p0003")} == {final}


def test_the_second_record_of_one_person_is_merged_into_the_first() -> None:
    stage = played({"merge": {"side": "crm", "into": {"dirt": "duplicate"}, "who": {"dirt": "duplicate"}}}, placement="crm", dirt={"duplicate": 1})

    [act] = acts(stage, "merge")
    assert len(act.others) == 1
    assert row(stage, act, record_id=act.others[0]).values["MasterRecordId"] == act.record_id


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"merge": {"side": "crm"}}, "second"), ({"merge": {"side": "crm", "into": {"count": 2}, "who": {"index": 3}}}, "one person"),
        ({"restore": {"side": "crm"}}, "no deleted record"), ({"convert": {}}, "no lead record"),
        ({"change_schema": {"side": "crm", "field": "Nothing__c", "change": "remove"}}, "Nothing__c"),
        ({"change_schema": {"side": "ma", "field": "segment", "change": "hide"}}, "token"),
        ({"change_company": {"side": "crm", "to": "further"}}, "one account"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told(step: Any, said: str) -> None:
    with pytest.raises(SetupError, match=said):
        played(step)


def test_a_conversion_gives_the_person_a_contact() -> None:
    stage = played({"convert": {"who": {"index": 2}}}, kinds={"lead": 1})

    [act] = acts(stage, "convert")
    lead, contact = row(stage, act, "Lead"), row(stage, act, "Contact", act.others[0])
    assert (lead.values["IsConverted"], lead.values["ConvertedContactId"]) == (True, contact.id)
    assert contact.values["Email"] == lead.values["Email"]
    assert stage.record(stage.cast.people["p0002"], Side.CRM, "contact").record_id == contact.id


@pytest.mark.parametrize("side", ["crm", "ma"])
def test_the_last_deletion_is_undone(side: str) -> None:
    stage = played({"delete": {"side": side, "who": {"count": 2}}}, {"restore": {"side": side, "who": {"index": 2}}})

    [act] = acts(stage, "restore")
    assert act.person == "p0002"
    assert not row(stage, act).deleted
    assert row(stage, acts(stage, "delete")[0]).deleted


@pytest.mark.parametrize("side", ["crm", "ma"])
def test_another_owner_is_an_active_one(side: str) -> None:
    stage = played({"change_owner": {"side": side, "who": {"count": "all"}}})

    working = {stage.cast.owner_ids[Side(side), email] for *_, email, active in stage.cast.population.owners if active}
    for act in acts(stage, "change_owner"):
        assert act.value != act.old
        assert act.value in working
        assert row(stage, act).values[act.field] == act.value
    assert len({a.value for a in acts(stage, "change_owner")}) > 1


def test_an_owner_who_leaves_keeps_the_record_and_is_no_user_any_more() -> None:
    stage = played({"change_owner": {"side": "crm", "to": "leaves"}})

    [act] = acts(stage, "change_owner")
    assert row(stage, act).values["OwnerId"] == act.value == act.old
    assert row(stage, act, "User", str(act.value)).values["IsActive"] is False
    with pytest.raises(SetupError, match="for the CRM"):
        played({"change_owner": {"side": "ma", "to": "leaves"}})


def _company(stage: Stage, act: Act) -> str | None:
    dialect = stage.sandbox.on(act.side)
    return dialect.company_of(dialect.store.snapshot(), row(stage, act))


@pytest.mark.parametrize("side", ["crm", "ma"])
def test_somebody_moves_to_another_company_or_to_none(side: str) -> None:
    stage = played({"change_company": {"side": side, "who": {"count": 3}}}, {"change_company": {"side": side, "who": {"index": 6}, "to": "nobody"}})

    seeded = {x.record_id for x in stage.cast.links if (x.side, x.object) == (Side(side), "company")}
    *moved, left = acts(stage, "change_company")
    assert [_company(stage, a) for a in moved] == [a.value for a in moved]
    assert {a.value for a in moved} <= seeded
    assert _company(stage, left) is None


def test_a_namesake_differs_by_its_key_alone() -> None:
    before = played({"snapshot": "x"})
    stage = played({"change_company": {"side": "crm", "to": "namesake"}})

    [act] = acts(stage, "change_company")
    store = stage.sandbox.crm.store
    old = store.get("Account", str(before.sandbox.crm.store.get("Contact", act.record_id).values["AccountId"]))  # type: ignore[union-attr]
    new = store.get("Account", str(act.value))
    assert old is not None
    assert new is not None
    assert new.values["Name"] == old.values["Name"]
    assert new.values["Tax_Id__c"] not in (None, old.values["Tax_Id__c"])


def test_a_further_company_leaves_the_first_one_first() -> None:
    stage = played({"change_company": {"side": "ma", "to": "further"}})

    [act] = acts(stage, "change_company")
    assert act.value in stage.sandbox.ma.associated("contacts", act.record_id, "companies")
    assert _company(stage, act) != act.value


def test_a_changed_field_is_remembered_with_its_object_and_told_in_the_journal() -> None:
    stage = played({"change_schema": {"side": "ma", "field": "segment", "change": "remove_value", "value": "key"}})

    [act] = acts(stage, "change_schema")
    assert (act.side, act.object, act.field, act.value, act.others, act.person) == (Side.MA, "contact", "segment", "remove_value", ("key",), "")
    assert any(getattr(e, "name", "") == "schema" and "segment" in e.detail for e in stage.journal.entries)


def test_a_campaign_for_a_segment_that_cannot_exist_is_an_error_and_no_mail_to_nobody() -> None:
    with pytest.raises(SetupError, match=r"no record of the MA has a field `segmnt`.*did you mean `segment`"):
        played({"campaign": {"name": "x", "where": {"segmnt": "key"}}})
