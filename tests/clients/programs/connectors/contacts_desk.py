"""A script as people write it on hubspot3: people.json into contacts, a company, a deal and a note with them, everybody read back.

What each call brought goes to STATE_DIR/done.json.
"""

import json
import os
from pathlib import Path

from hubspot3 import Hubspot3
from hubspot3.error import HubspotConflict, HubspotNotFound
from hubspot3.forms import FormSubmissionClient

STATE_DIR = Path(os.environ["STATE_DIR"])
hub = Hubspot3(access_token=os.environ["HUBSPOT_TOKEN"])


def as_properties(values: dict, name: str = "property") -> dict:
    return {"properties": [{name: key, "value": value} for key, value in values.items()]}


def people(told: dict) -> dict:
    """Make them, one twice, one by upsert; read them by id, address, page and search."""
    made = {p["email"]: hub.contacts.create(as_properties(p)) for p in json.loads((STATE_DIR / "people.json").read_text("utf-8"))}
    vids = {email: answer["vid"] for email, answer in made.items()}
    first = next(iter(vids))
    try:
        hub.contacts.create(as_properties({"email": first.upper()}))
    except HubspotConflict as error:
        told["conflict"] = json.loads(error.result.body)
    told["upserted"] = [hub.contacts.create_or_update_by_email(e, as_properties({"city": "Brno"})) for e in (first, "new@example.com")]
    hub.contacts.update_by_id(vids[first], as_properties({"jobtitle": "Šéf", "phone": ""}))
    told["by id"] = hub.contacts.get_by_id(vids[first])
    told["by email"] = hub.contacts.get_by_email(first)["vid"]
    told["all"] = hub.contacts.get_all(extra_properties=["jobtitle", "hs_email_optout"])
    told["recent"] = [c["vid"] for c in hub.contacts.get_recently_modified()]
    told["found"] = [c["vid"] for c in hub.contacts.search("example.com")]
    return vids


def ties(told: dict, vids: dict) -> None:
    """A company, a deal and a note for the first person; who owns records."""
    vid = next(iter(vids.values()))
    company = hub.companies.create(as_properties({"name": "Acme", "domain": "acme.com"}, "name"))
    hub.crm_associations.create(vid, company["companyId"], 1)
    told["company"] = hub.companies.get(company["companyId"])
    told["by domain"] = hub.companies.search_domain("acme.com")
    told["companies"] = hub.companies.get_all()
    values = {"dealname": "Big", "amount": "12.50", "pipeline": "default", "dealstage": "closedwon"}
    told["deal"] = hub.deals.create({"associations": {"associatedVids": [vid]}, **as_properties(values, "name")})
    told["deals"] = hub.deals.get_all()
    note = {"engagement": {"type": "NOTE"}, "associations": {"contactIds": [vid]}, "metadata": {"body": "called"}}
    told["note"] = hub.engagements.create(note)
    told["engagements"] = hub.engagements.get_associated("CONTACT", vid)
    told["owners"] = hub.owners.get_owners()


def consent(told: dict, vids: dict) -> None:
    """The first person leaves one subscription, the second all of them."""
    first, second, third = list(vids)[:3]
    types = hub.email_subscription.get_subscription_types()["subscriptionDefinitions"]
    newsletter = next(t["id"] for t in types if t["name"] == "Newsletter")
    hub.email_subscription.update_subscriptions(first, [{"id": newsletter, "subscribed": False}])
    hub.email_subscription.update_status(second, {"unsubscribeFromAll": True})
    told["status"] = [hub.email_subscription.get_status(e) for e in (first, second, third)]


def main() -> None:
    told: dict = {}
    vids = people(told)
    ties(told, vids)
    consent(told, vids)
    form = hub.forms.get_all()[0]
    answer = FormSubmissionClient().submit_form(form["portalId"], form["guid"], {"email": "visitor@example.com", "firstname": "Věra"})
    told["form"] = [form["name"], answer.status]
    last = list(vids.values())[-1]
    told["deleted"] = hub.contacts.delete_by_id(last)
    try:
        hub.contacts.get_by_id(last)
    except HubspotNotFound as error:
        told["gone"] = error.result.status
    (STATE_DIR / "done.json").write_text(json.dumps({"vids": vids, **told}))


main()
