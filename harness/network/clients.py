"""Which HTTP clients each network mode can hold: tried with real ones (tests/network/, research `network.md` section 2)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Client:
    """One client library: does it reach the mocks in `proxy` mode without being touched, and if not, why."""

    name: str
    language: str
    proxy: bool
    remark: str = ""


CLIENTS = (
    Client("requests", "Python", True),
    Client("requests, `Session.send` of a prepared request", "Python", False,
           "takes the proxy, but reads no CA variable (Airbyte CDK, Singer taps do this)"),
    Client("httpx", "Python", True),
    Client("urllib.request", "Python", True),
    Client("aiohttp", "Python", False, "ignores the proxy unless `trust_env=True`"),
    Client("http.client", "Python", False, "ignores the proxy"),
    Client("urllib3, HubSpot's own SDK", "Python", False, "ignores the proxy unless it is given one in code"),
    Client("curl", "command line", True),
    Client("pycurl", "Python", False, "takes the proxy, but reads no CA variable"),
    Client("fetch, undici, https.get, got, node-fetch", "Node.js 24 and later", True, "by `NODE_USE_ENV_PROXY`"),
    Client("fetch, undici, https.get, got, node-fetch", "Node.js before 24", False, "ignores the proxy"),
    Client("axios", "Node.js", True, "old versions send the absolute form, which this proxy takes"),
    Client("jsforce", "Node.js", True),
    Client("java.net.http.HttpClient, HttpsURLConnection", "Java", True, "by `JAVA_TOOL_OPTIONS`"),
    Client("curl, Guzzle, Symfony HttpClient", "PHP", True, "the CA by `PHP_INI_SCAN_DIR`"),
    Client("streams (`file_get_contents`)", "PHP", False, "ignores the proxy"),
)  # fmt: skip


def ignoring_the_proxy() -> tuple[Client, ...]:
    """Return the clients that `network: proxy` cannot lead to the mocks; all of them work in `isolated`."""
    return tuple(c for c in CLIENTS if not c.proxy)
