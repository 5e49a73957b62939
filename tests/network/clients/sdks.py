"""Both vendors' Python clients, constructed as their documentation says: no address anywhere. Prints what they found."""

import json
import os

import requests
from hubspot import HubSpot
from simple_salesforce import Salesforce

token = os.environ["TOKEN"]
by_soap = Salesforce(username=os.environ["SF_USER"], password=os.environ["SF_PASSWORD"], security_token="")
by_oauth = requests.post(
    "https://login.salesforce.com/services/oauth2/token", timeout=10,
    data={"grant_type": "password", "client_id": os.environ["SF_CLIENT"], "client_secret": os.environ["SF_SECRET"],
          "username": os.environ["SF_USER"], "password": os.environ["SF_PASSWORD"]},
).json()  # fmt: skip
contacts = HubSpot(access_token=token).crm.contacts
for number in range(2):
    contacts.basic_api.create({"properties": {"email": f"{os.environ['NAME']}{number}@example.com"}})
page = requests.get("https://api.hubapi.com/crm/v3/objects/contacts?limit=1", headers={"Authorization": f"Bearer {token}"}, timeout=10).json()
following = requests.get(page["paging"]["next"]["link"], headers={"Authorization": f"Bearer {token}"}, timeout=10)
print(json.dumps({
    "instance": by_soap.sf_instance, "organizations": by_soap.query("SELECT Name FROM Organization")["totalSize"],
    "instance_url": by_oauth["instance_url"], "id": by_oauth["id"], "next": page["paging"]["next"]["link"],
    "following": following.status_code, "listed": len(contacts.get_all()),
}))  # fmt: skip
