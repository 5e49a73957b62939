"""A connector that reads and writes a little and notes each answer it has heard, in a file of its own, before it asks again."""

import http.client
import json
import os
from pathlib import Path
from urllib.parse import urlsplit

CRM = "/services/data/v60.0/query?q=SELECT+Id,FirstName,Email+FROM+Contact"
MA = "/crm/v3/objects/contacts"


def ask(side, method, path, body=None):
    address = urlsplit(os.environ[f"{side}_URL"])
    mark = f"{os.getpid()}-{ask.number}"
    ask.number += 1
    link = http.client.HTTPConnection(address.netloc, timeout=20)
    headers = {"Authorization": f"Bearer {os.environ[f'{side}_TOKEN']}", "Content-Type": "application/json", "X-Mark": mark}
    link.request(method, path, json.dumps(body) if body else None, headers)
    answer = json.loads(link.getresponse().read())
    with Path(os.environ["NOTES"]).open("a") as notes:
        notes.write(json.dumps({"mark": mark, "port": address.port, "token": os.environ[f"{side}_TOKEN"]}) + "\n")
    print("heard", mark, "with", os.environ[f"{side}_TOKEN"], flush=True)
    return answer


ask.number = 0
people = ask("CRM", "GET", CRM)["records"]
for person in ask("MA", "GET", f"{MA}?limit=3")["results"]:
    ask("MA", "PATCH", f"{MA}/{person['id']}", {"properties": {"jobtitle": f"Title {os.getpid()}"}})
for person in people[:2]:
    ask("CRM", "GET", f"{CRM}+WHERE+Id='{person['Id']}'")
