"""One run: settings, contracts, both sides, the families in order, the report."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime

from .bugs import BUGS, Bugs
from .contract import ObjectContract, load_contracts
from .crm import SalesforceSide
from .failures import AuthorisationError, ConfigurationError, ConnectorError
from .hearing import Heard
from .linking import DUPLICATE
from .lock import alone
from .ma import HubspotSide
from .ma_wire import HubspotWire
from .mistakes import as_configured
from .outcome import Outcome
from .presence import present
from .reading import Family
from .reading_mistakes import overdo
from .retrying import Patience, once
from .settings import Settings, settings_from
from .state import State
from .syncing import FamilySync
from .weather_mistakes import claimed, is_forbidden, watch_over_run


def main(
    environ: Mapping[str, str] | None = None, arguments: Sequence[str] | None = None, heard: Heard | None = None
) -> int:
    """Run one sync and return its exit code: 0 all accepted, 1 something refused, 2 it could not start.

    ``heard``: what HubSpot has told since the last one. With the argument ``--bugs`` it only prints its switchable bugs, as JSON.
    """
    if "--bugs" in (sys.argv[1:] if arguments is None else arguments):
        print(json.dumps([asdict(bug) for bug in BUGS]))
        return 0
    try:
        settings = settings_from(os.environ if environ is None else environ)
        bugs = Bugs(settings.bugs)
        contracts = as_configured(load_contracts(settings.mapping_file), bugs)
        with (claimed if bugs.on("stuck_in_progress") else alone)(settings.state_dir) as is_alone:
            if is_alone or bugs.on("two_runs_at_once"):
                return _with_state(settings, contracts, bugs, heard or Heard())
            print("another run is at work; this one leaves everything to it", file=sys.stderr)
            print(Outcome(bugs).as_json(), flush=True)
            return 0
    except ConfigurationError as error:
        print(f"configuration: {error}", file=sys.stderr)
        return 2


def _with_state(settings: Settings, contracts: tuple[ObjectContract, ...], bugs: Bugs, heard: Heard) -> int:
    """Open the state, run, close it. Raises ConfigurationError when the state is not usable."""
    state = State(settings.state_dir, bugs)
    state.heard = heard
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
    patience.heeds = not bugs.on("retry_after_ignored")
    crm = SalesforceSide(settings.sf_url, settings.sf_token, patience, bugs, settings.sf_grant)
    ma = HubspotSide(HubspotWire(settings.hubspot_url, settings.hubspot_token, patience), bugs)
    watch_over_run(bugs)
    if bugs.on("secret_in_log"):
        print(f"connecting to {settings.hubspot_url} with token {settings.hubspot_token}", file=sys.stderr)
    try:
        companies: set[str] = set()
        contracts = present(contracts, crm, ma, outcome, bugs)
        for family in families(matched_by_name(contracts) if bugs.on("companies_by_name") else contracts):
            sync = FamilySync(family, crm, ma, state, outcome, bugs, _today(crm))
            linked = sync.run(companies)
            overdo(sync, family, ma, state, outcome, bugs)
            companies = linked if family.name == "companies" else set()
    except AuthorisationError:
        if not bugs.on("shut_out_is_the_end"):
            raise
    except ConfigurationError:
        raise
    except ConnectorError as error:
        if not (bugs.on("shut_out_is_the_end") and is_forbidden(error)):
            # Neither side can be trusted to be complete: the cursors stay, the next run reads the same again.
            outcome.refuse("run", f"ended early: {error}")
    for _, record, name, reason in state.all_parked():
        outcome.refuse(record, reason, failed=name != DUPLICATE)
    for entry in outcome.refused:
        print(f"refused: {entry['record']}: {entry['reason']}", file=sys.stderr)
    print(outcome.as_json(), flush=True)
    return outcome.exit_code


def matched_by_name(contracts: tuple[ObjectContract, ...]) -> tuple[ObjectContract, ...]:
    """Return the contracts with companies matched by their names (a bug: names are not unique)."""
    return tuple(replace(c, key=("Name", "name")) if c.object == "company" else c for c in contracts)


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
