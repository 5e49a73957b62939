"""Which of the vendor's hosts was asked: one where everybody logs in, this org's own (My Domain), or another org's.

A host that is not the vendor's (loopback, a name of one's own before a plain port) stands for the org's own. What a login host
answers to whoever forgets `instance_url` was recorded in public: amazon-connect/amazon-connect-salesforce-lambda#12 (REST, 400),
undees/rforce#27 (SOAP), forcedotcom/dataloader#1298 (Bulk 1.0, without its code).
"""

from __future__ import annotations

from functools import lru_cache

from ...wire import Request
from .errors import ApiError
from .org import LOGIN_HOSTS, Org, Session

WRONG_HOST = "Destination URL not reset. The URL returned from login must be set"
_VENDOR = (".salesforce.com", ".force.com")


@lru_cache(64)  # every request asks, and nearly all of them name the same host
def _vendor_host(authority: str) -> str:
    """Return the vendor's host name of a `Host` header, "" for any other."""
    host = authority.partition(":")[0].lower()
    return host if host.endswith(_VENDOR) else ""


def is_login(request: Request) -> bool:
    """Tell whether a host was asked that is for logging in, whatever the org."""
    return _vendor_host(request.headers.get("host", "")) in LOGIN_HOSTS


def is_elsewhere(org: Org, request: Request) -> bool:
    """Tell whether another org's host was asked, where nothing of this org is known (switch `other_orgs_hosts`)."""
    host = _vendor_host(request.headers.get("host", ""))
    if not host or host in LOGIN_HOSTS or host == org.vendor_host:
        return False
    org.rests_on("salesforce.other_orgs_hosts")
    return bool(org.settings["other_orgs_hosts"] == "refuse")


def session_at(org: Org, request: Request, token: str) -> Session | None:
    """Return the living session with this id, or None; at another org's host there is none."""
    return None if is_elsewhere(org, request) else org.session_of(token)


def is_refused_at_login(org: Org, request: Request) -> bool:
    """Tell whether the caller asks a login host for what only the org's own host has (switch `data_at_login_hosts`)."""
    return is_login(request) and bool(org.settings["data_at_login_hosts"] == "refuse")


def refuse_login_host(org: Org, request: Request) -> None:
    """Refuse whoever asks a login host for records. Raises ApiError URL_NOT_RESET."""
    if is_refused_at_login(org, request):
        raise ApiError("URL_NOT_RESET", WRONG_HOST, hint=f"this org is at {org.instance_url(request)}")
