"""Under a small mapping most fields of a new person are mapped nowhere: what stands in them makes nobody a mixture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from syncproof.judging import judge
from syncproof.mapping.grammar import Side
from syncproof.mapping.load import load_mapping
from syncproof.model import ScenarioResult
from syncproof.runner import Runner
from syncproof.sandbox import Sandbox
from syncproof.scenario.grammar import Scenario
from syncproof.stage import Stage
from syncproof_mocks.journal import Actor, Row
from tests.checks.deeds import After, contact, found
from tests.ideal import Ideal

NAME = "{crm: FirstName, ma: firstname, direction: crm_to_ma, enforce: always, blank: clear}"
PHONE = "{crm: Phone, ma: phone, type: phone, direction: crm_to_ma, enforce: always, blank: clear}"
MAIL = "{crm: Email, ma: email, type: email, direction: crm_to_ma, enforce: on_change}"
COMPANY = "{crm: Company, ma: company, direction: crm_to_ma, enforce: on_change}"
LAST = "{crm: LastName, ma: lastname, direction: crm_to_ma, enforce: always}"
SMALL = {"names": ("contact", NAME), "phones": ("contact", PHONE), "leads": ("lead", f"{NAME}\n      - {COMPANY}")}


def mapping_of(folder: Path, which: str) -> Path:
    word, rules = SMALL[which]
    path = folder / "mapping.yaml"
    path.write_text(
        "mapping: small\nsystems: {crm: salesforce, ma: hubspot}\nobjects:\n"
        f"  - object: {word}\n    crm: {word.title()}\n    ma: contacts\n    match: [{{crm: Email, ma: email}}]\n"
        f"    creates: [crm_to_ma]\n    fields:\n      - {MAIL}\n      - {LAST}\n      - {rules}\n",
        encoding="utf-8",
    )
    return path


def run(folder: Path, which: str, connect: Any, seed: int) -> ScenarioResult:
    word = SMALL[which][0]
    chosen = Scenario.model_validate({
        "population": {"total": 12, "placement": "both", "kinds": {"customer" if word == "contact" else "lead": 1}},
        "steps": [{"sync": {}}, {"create": {"side": "crm", "object": word, "count": 3}}, {"sync": {}}],
    }).placed("test/case", "", "test/case", ())
    sandbox = Sandbox(load_mapping(mapping_of(folder, which)), seed)
    stage = Stage(chosen, sandbox.mapping, sandbox, connect)
    stage.seed()
    Runner._play(stage, chosen)
    return judge(chosen, stage, "", "syncproof run test/case")


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("which", SMALL)
def test_new_people_under_a_small_mapping_are_nobodys_mixture(which: str, seed: int, tmp_path: Path) -> None:
    assert run(tmp_path, which, Ideal(), seed).findings == ()


def writes(value: Any, field: str) -> After:
    """A connector that writes into a field of the first contact what ``value`` makes of the newest person's record."""

    def deed(me: Any, sandbox: Sandbox) -> None:
        row, newest = contact(sandbox, Side.MA), list(sandbox.crm.store.rows("Contact"))[-1]
        me._write(Side.MA, lambda: sandbox.ma.desk_edit(row.kind, row.id, {field: value(newest)}))

    return After(deed, at=2)


def planted(row: Row) -> Any:
    return row.values["MailingStreet"]


def shared(row: Row) -> Any:
    return row.values["MailingCountry"]


def test_a_new_persons_own_value_in_an_unmapped_field_of_another_is_a_mixture(tmp_path: Path) -> None:
    (finding,) = found(run(tmp_path, "names", writes(planted, "address"), 1), "IDENT-002")

    assert finding.field == "address"
    assert finding.person != "" and "p0015" in finding.message


def test_a_country_that_a_new_person_has_too_is_none(tmp_path: Path) -> None:
    assert not found(run(tmp_path, "names", writes(shared, "country"), 1), "IDENT-002")


def test_what_a_person_typed_into_the_wrong_record_is_not_the_connectors_mixture(tmp_path: Path) -> None:
    connector = writes(planted, "address")
    by_connector = connector.deed

    def typed(me: Any, sandbox: Sandbox) -> None:
        def by_hand(side: Side, do: Any) -> Any:
            with sandbox.world.journal.acting(Actor.MA_USER, "edit"):
                return do()

        me._write = by_hand
        by_connector(me, sandbox)
        del me._write

    connector.deed = typed
    assert not found(run(tmp_path, "names", connector, 1), "IDENT-002")
