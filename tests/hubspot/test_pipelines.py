"""Changing pipelines and stages, and what follows for records and properties (1.4, 3.17)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hubspot import HubSpot
from hubspot.crm.pipelines import PipelineInput, PipelineStageInput
from syncproof_mocks.ma.hubspot import Hubspot

DEALS = "/crm/v3/pipelines/deals"


def stage(label: str, order: int = 0, odds: str = "0.5") -> dict[str, Any]:
    return {"label": label, "displayOrder": order, "metadata": {"probability": odds}}


def test_the_vendors_client_makes_a_pipeline_that_deals_can_use(sdk: HubSpot, api: httpx.Client) -> None:
    made = sdk.crm.pipelines.pipelines_api.create("deals", PipelineInput(label="Renewals", display_order=1, stages=[
        PipelineStageInput(label="Open", display_order=0, metadata={"probability": "0.3"}),
        PipelineStageInput(label="Won", display_order=1, metadata={"probability": "1.0"}),
    ]))
    won = next(s for s in made.stages if s.label == "Won")
    deal = {"dealname": "D", "pipeline": made.id, "dealstage": won.id}
    created = api.post("/crm/v3/objects/deals", json={"properties": deal})

    assert won.metadata["isClosed"] == "true"
    assert (created.status_code, created.json()["properties"]["hs_is_closed_won"]) == (201, "true")
    assert [p.id for p in sdk.crm.pipelines.pipelines_api.get_all("deals").results] == ["default", made.id]
    assert api.get(f"/crm/v3/properties/deals/hs_v2_date_entered_{won.id}").status_code == 200
    wrong = api.patch(f"/crm/v3/objects/deals/{created.json()['id']}", json={"properties": {"dealstage": "closedwon"}})
    assert "closedwon is not a valid pipeline stage ID" in wrong.json()["message"]


def test_a_stage_is_added_renamed_and_removed(api: httpx.Client) -> None:
    path = f"{DEALS}/default/stages"
    made = api.post(path, json=stage("Demo", 3)).json()

    assert api.post(path, json=stage("Demo", 4)).status_code == 409
    assert api.patch(f"{path}/{made['id']}", json={"label": "Demo held"}).json()["label"] == "Demo held"
    assert [s["label"] for s in api.get(path).json()["results"]][3:5] == ["Decision Maker Bought-In", "Demo held"]
    deal = api.post("/crm/v3/objects/deals", json={"properties": {"dealname": "D", "dealstage": made["id"]}}).json()
    assert api.delete(f"{path}/{made['id']}").status_code == 400
    api.patch(f"/crm/v3/objects/deals/{deal['id']}", json={"properties": {"dealstage": "contractsent"}})
    assert api.delete(f"{path}/{made['id']}").status_code == 204
    assert api.get(f"{path}/{made['id']}").status_code == 404
    assert [a["action"] for a in api.get(f"{DEALS}/default/audit").json()["results"]] == ["UPDATE"] * 3


def test_a_pipeline_in_use_stays_when_asked_and_comes_back(api: httpx.Client) -> None:
    api.post("/crm/v3/objects/deals", json={"properties": {"dealname": "D", "dealstage": "contractsent"}})

    assert api.delete(f"{DEALS}/default", params={"validateReferencesBeforeDelete": "true"}).status_code == 400
    assert api.delete(f"{DEALS}/default").status_code == 204
    assert api.get(DEALS).json() == {"results": []}
    assert api.patch(f"{DEALS}/default", json={"archived": False, "label": "Sales"}).json()["label"] == "Sales"
    assert api.get(f"{DEALS}/default/stages/closedwon").status_code == 200


def test_a_lifecycle_stage_is_an_option_of_the_property(api: httpx.Client, bob: str) -> None:
    path = "/crm/v3/pipelines/contacts/contacts-lifecycle-pipeline/stages"
    made = api.post(path, json={"label": "Partner", "displayOrder": 9, "metadata": {}}).json()

    changed = api.patch(f"/crm/v3/objects/contacts/{bob}", json={"properties": {"lifecyclestage": made["id"]}})

    assert made["id"].isdigit()
    assert changed.json()["properties"]["lifecyclestage"] == made["id"]
    stamp = f"hs_v2_date_entered_{made['id']}"
    assert api.get(f"/crm/v3/objects/contacts/{bob}", params={"properties": stamp}).json()["properties"][stamp]
    for kind in ("contacts", "companies"):
        options = api.get(f"/crm/v3/properties/{kind}/lifecyclestage").json()["options"]
        assert options[-1]["label"] == "Partner"


@pytest.mark.parametrize(("kind", "body"), [
    ("deals", {}), ("deals", {"label": "x", "displayOrder": "1", "stages": []}), ("notes", {"label": "x", "displayOrder": 1, "stages": []}),
    ("deals", {"label": "x", "displayOrder": 1, "stages": [{"label": "a", "displayOrder": 0, "metadata": {}}]}),
    ("deals", {"label": "x", "displayOrder": 1, "stages": [stage("a"), stage("a")]}), ("deals", {"label": "x", "displayOrder": 1, "stages": [1]}),
    ("deals", {"label": "x", "displayOrder": 1, "stages": [stage("a", odds="two")]}),
    ("tickets", {"label": "x", "displayOrder": 1, "stages": [{"label": "a", "displayOrder": 0, "metadata": {"ticketState": "ajar"}}]}),
    ("deals", {"label": "Sales Pipeline", "displayOrder": 1, "stages": []}),
])
def test_a_pipeline_that_cannot_be_is_refused(hub: Hubspot, api: httpx.Client, kind: str, body: dict[str, Any]) -> None:
    assert api.post(f"/crm/v3/pipelines/{kind}", json=body).status_code in (400, 409)
    assert list(hub.store.rows("pipelines")) == []


def test_replacing_a_pipeline_keeps_stages_that_are_named(api: httpx.Client) -> None:
    body = {"label": "Sales", "displayOrder": 0, "stages": [{**stage("Won", 0, "1.0"), "stageId": "closedwon"}, stage("Mid", 1)]}

    found = api.put(f"{DEALS}/default", json=body).json()

    assert [s["label"] for s in found["stages"]] == ["Won", "Mid"]
    assert found["stages"][0]["id"] == "closedwon"
    assert api.post("/crm/v3/objects/deals", json={"properties": {"dealname": "D", "dealstage": "contractsent"}}).status_code == 400
