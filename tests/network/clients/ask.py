"""Asks both vendors at their own host names, with the client named; prints both statuses. Knows nothing of Syncproof."""

import asyncio
import http.client
import os
import sys
import urllib.request

TARGETS = (
    ("api.hubapi.com", "/crm/v3/objects/contacts?limit=1", {"Authorization": f"Bearer {os.environ['TOKEN']}"}),
    ("login.salesforce.com", "/services/data", {}),
)


def urls():
    return [(f"https://{host}{path}", headers) for host, path, headers in TARGETS]


def by_requests():
    import requests

    return [requests.get(url, headers=headers, timeout=10).status_code for url, headers in urls()]


def by_requests_session_send():
    import requests

    found = []
    for url, headers in urls():
        with requests.Session() as session:
            prepared = session.prepare_request(requests.Request("GET", url, headers=headers))
            found.append(session.send(prepared, timeout=10).status_code)
    return found


def by_httpx():
    import httpx

    return [httpx.get(url, headers=headers, timeout=10).status_code for url, headers in urls()]


def by_urllib():
    return [urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10).status for url, headers in urls()]


def by_http_client():
    found = []
    for host, path, headers in TARGETS:
        connection = http.client.HTTPSConnection(host, timeout=10)
        connection.request("GET", path, headers=headers)
        found.append(connection.getresponse().status)
        connection.close()
    return found


def by_urllib3():
    import urllib3

    return [urllib3.PoolManager().request("GET", url, headers=headers, timeout=10).status for url, headers in urls()]


def _by_aiohttp(**settings):
    import aiohttp

    async def ask():
        async with aiohttp.ClientSession(**settings) as session:
            found = []
            for url, headers in urls():
                async with session.get(url, headers=headers) as response:
                    found.append(response.status)
            return found

    return asyncio.run(ask())


def by_aiohttp():
    return _by_aiohttp()


def by_aiohttp_trust_env():
    return _by_aiohttp(trust_env=True)


print(*globals()[f"by_{sys.argv[1]}"]())
