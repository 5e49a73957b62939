"""A one-way connector as people put it together: tap-hubspot reads contacts, a loader of one's own writes them into Salesforce.

The tap runs in an environment of its own (TAP_PYTHON). The loader looks everybody up by e-mail address and writes what
differs. `--forgets-opt-outs`: the sin of many loaders, the field that nobody put into the table.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from simple_salesforce import Salesforce

HERE, STATE_DIR = Path(__file__).parent, Path(os.environ["STATE_DIR"])
FIELDS = {"firstname": "FirstName", "lastname": "LastName", "jobtitle": "Title", "mobilephone": "MobilePhone", "email": "Email"}
CONSENTS = {} if "--forgets-opt-outs" in sys.argv else {"hs_email_optout": "HasOptedOutOfEmail"}


def records() -> list:
    subprocess.run([os.environ["TAP_PYTHON"], str(HERE / "singer.py"), "tap-hubspot"], check=True)
    last = STATE_DIR / f"records-{len(list(STATE_DIR.glob('records-*')))}.jsonl"
    messages = map(json.loads, last.read_text("utf-8").splitlines())
    return [m["record"] for m in messages if m["type"] == "RECORD"]


def load(people: list) -> None:
    sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token="")
    names = [*FIELDS.values(), *CONSENTS.values()]
    known = {r["Email"]: r for r in sf.query_all(f"SELECT Id, {', '.join(names)} FROM Contact WHERE Email != null")["records"]}
    for person in people:
        email = person.get("property_email")
        if email is None:
            continue
        wanted = {crm: person.get(f"property_{ma}") or None for ma, crm in FIELDS.items()}
        wanted |= {crm: person[f"property_{ma}"] for ma, crm in CONSENTS.items()}
        there = known.get(email)
        if there is None:
            sf.Contact.create(wanted)
        else:
            differing = {name: value for name, value in wanted.items() if there[name] != value}
            if differing:
                sf.Contact.update(there["Id"], differing)


load(records())
