"""One run: settings, contracts, both sides, the families in order, the report."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime

from .bugs import BUGS, Bugs
from .contract import ObjectContract, load_contracts
from .crm import SalesforceSide
from .failures import AuthorisationError, ConfigurationError, ConnectorError
from .linking import DUPLICATE
from .ma import HubspotSide
from .ma_wire import HubspotWire
from .outcome import Outcome
from .reading import Family
from .retrying import Patience, once
from .settings import Settings, settings_from
from .state import State
from .syncing import FamilySync


def main(environ: Mapping[str, str] | None = None, arguments: Sequence[str] | None = None) -> int:
    """Run one sync and return its exit code: 0 all accepted, 1 something refused, 2 it could not start.

    With the argument ``--bugs`` it only prints its switchable bugs, as JSON.
    """
    if "--bugs" in (sys.argv[1:] if arguments is None else arguments):
        print(json.dumps([asdict(bug) for bug in BUGS]))
        return 0
    try:
        settings = settings_from(os.environ if environ is None else environ)
        bugs = Bugs(settings.bugs)
        contracts = load_contracts(settings.mapping_file)
        state = State(settings.state_dir)
    except ConfigurationError as error:
        print(f"configuration: {error}", file=sys.stderr)
        return 2
    outcome = Outcome(bugs)
    try:
        return _run(settings, contracts, state, outcome, bugs)
    except (AuthorisationError, ConfigurationError) as error:
        print(f"cannot sync: {error}", file=sys.stderr)
        return 2
    finally:
        state.close()


def _run(
    settings: Settings, contracts: tuple[ObjectContract, ...], state: State, outcome: Outcome, bugs: Bugs
) -> int:
    patience = once() if bugs.on("rate_limit_not_retried") else Patience()
    crm = SalesforceSide(settings.sf_url, settings.sf_token, patience)
    ma = HubspotSide(HubspotWire(settings.hubspot_url, settings.hubspot_token, patience), bugs)
    if bugs.on("secret_in_log"):
        print(f"connecting to {settings.hubspot_url} with token {settings.hubspot_token}", file=sys.stderr)
    try:
        companies: set[str] = set()
        for family in families(contracts):
            sync = FamilySync(family, crm, ma, state, outcome, bugs, _today(crm))
            linked = sync.run(companies)
            companies = linked if family.name == "companies" else set()
    except (AuthorisationError, ConfigurationError):
        raise
    except ConnectorError as error:
        # Neither side can be trusted to be complete: the cursors stay, the next run reads the same again.
        outcome.refuse("run", f"ended early: {error}")
    for _, record, name, reason in state.all_parked():
        outcome.refuse(record, reason, failed=name != DUPLICATE)
    for entry in outcome.refused:
        print(f"refused: {entry['record']}: {entry['reason']}", file=sys.stderr)
    print(outcome.as_json(), flush=True)
    return outcome.exit_code


def families(contracts: tuple[ObjectContract, ...]) -> list[Family]:
    """Return the families to synchronise, companies first: people hang on them. Contacts come before leads."""
    people = sorted((c for c in contracts if c.object != "company"), key=lambda c: c.object != "contact")
    companies = tuple(c for c in contracts if c.object == "company")
    found = [Family("companies", companies)] if companies else []
    if people:
        found.append(Family("people", tuple(people), ("email", "hs_additional_emails", "hs_email_optout")))
    return found


def _today(crm: SalesforceSide) -> date:
    """Return the date by Salesforce's clock; before its first answer, and without a `Date` header, by ours."""
    ms = crm.clock_ms
    return datetime.fromtimestamp(ms / 1000, UTC).date() if ms else datetime.now(UTC).date()
