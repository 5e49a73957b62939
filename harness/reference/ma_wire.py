"""The wire to HubSpot: hubspot-api-client's own transport, answers read raw, failures translated, patience.

Answers are read raw (`_preload_content=False`): the generated models cost more time than the requests do, and a 207
is easier to read as what it is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import urllib3
from hubspot import HubSpot

from .crm import server_time_ms
from .failures import ConnectorError, RefusedError, TransientError
from .ma_errors import translated
from .retrying import Patience, retry_after

Row = dict[str, Any]

_TIMEOUT_S = 30
_JSON = {"Accept": "application/json", "Content-Type": "application/json"}


class HubspotWire:
    """Calls HubSpot. Every call raises AuthorisationError, TransientError (patience is over) or RefusedError."""

    def __init__(self, url: str, token: str, patience: Patience) -> None:
        self._patience = patience
        self._started_ms: int | None = None
        self.stamp_ms = 0
        proxy = os.environ.get("HTTPS_PROXY") if url.startswith("https") else None
        authority = os.environ.get("SSL_CERT_FILE") or os.environ.get("REQUESTS_CA_BUNDLE")
        # retry=False: urllib3 would otherwise repeat on its own what `Patience` is there for.
        client = HubSpot(
            access_token=token, host=url, base_url=url, retry=False, proxy=proxy, ssl_ca_cert=authority,
            api_factory=_Pools().api,
        )
        objects = client.crm.objects
        self.basic, self.batch, self.search = objects.basic_api, objects.batch_api, objects.search_api
        self._client = client

    def start_reading(self) -> None:
        """Begin to note the time, for `reading_since_ms`."""
        self._started_ms = None
        self.stamp_ms = 0

    @property
    def reading_since_ms(self) -> int | None:
        """Return when reading started by HubSpot's own clock; None without a `Date` header."""
        return self._started_ms

    # -- asking -------------------------------------------------------------------------------------

    @cached_property
    def links(self) -> Any:
        """Return the SDK's association batches."""
        return self._client.crm.associations.v4.batch_api

    @cached_property
    def owners(self) -> Any:
        """Return the SDK's owners."""
        return self._client.crm.owners.owners_api

    def direct(
        self, method: str, path: str, body: Any = None, query: Sequence[tuple[str, str]] = (), email: str = ""
    ) -> Any:
        """Make a call for which the SDK generates no method, over its own transport."""
        return self.batch.api_client.call_api(
            path, method, path_params={"email": email}, query_params=list(query), header_params=dict(_JSON), body=body,
            auth_settings=["oauth2"], **raw_answer(),
        )

    def ask(self, call: Callable[[], Any]) -> Any:
        """Return the parsed answer of a raw SDK call, tried again as long as patience lasts."""
        return self._patience.call(lambda: self._once(call))

    def batched(self, call: Callable[[], Any], *, repeatable: bool = True) -> tuple[Any, ConnectorError | None]:
        """Return the parsed answer, or why the batch failed as a whole (``repeatable``: as `Patience.call` takes it)."""
        try:
            return self._patience.call(lambda: self._once(call), repeatable=repeatable), None
        except (TransientError, RefusedError) as error:
            return {}, error

    def _once(self, call: Callable[[], Any]) -> Any:
        try:
            response = call()
            data = response.data
            self._started_ms = self._started_ms or server_time_ms(response.headers)
            return json.loads(data) if data else {}
        except (urllib3.exceptions.HTTPError, json.JSONDecodeError, UnicodeDecodeError) as error:
            refused = isinstance(error, urllib3.exceptions.NewConnectionError)
            raise TransientError(f"HubSpot: {type(error).__name__}", ambiguous=not refused) from None
        except Exception as error:
            # Each generated package has an ApiException of its own, without a common ancestor.
            if not hasattr(error, "status"):
                raise
            headers = getattr(error, "headers", None) or {}
            wait = retry_after(headers.get("Retry-After"))
            raise translated(int(error.status or 0), getattr(error, "body", ""), wait) from None


class _Pools:
    """Builds the SDK's API objects over one connection pool per package; the SDK itself opens one for each object."""

    def __init__(self) -> None:
        self._clients: dict[str, Any] = {}

    def api(self, package: Any, name: str, config: dict[str, Any]) -> Any:
        client = self._clients.get(package.__name__)
        if client is None:
            configuration = package.Configuration()
            for key, value in config.items():
                setattr(configuration, "retries" if key == "retry" else key, value)
            client = self._clients[package.__name__] = package.ApiClient(configuration=configuration)
            client.user_agent = "syncproof-reference (hubspot-api-client)"
        return getattr(package, name)(api_client=client)


def raw_answer() -> dict[str, Any]:
    """Return the arguments that make an SDK method answer with the raw response."""
    return {"_preload_content": False, "_request_timeout": _TIMEOUT_S}


def chunks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Yield ``items`` in parts of at most ``size``."""
    for start in range(0, len(items), size):
        yield items[start:start + size]
