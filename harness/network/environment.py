"""The variables through which each ecosystem learns what to trust and which proxy to take."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

# A Java trust store needs a password; it protects a public certificate, so it is no secret.
STORE_PASSWORD = "syncproof"
# Variables that name a file of certificates, and who reads them.
CA_VARIABLES = {
    "SSL_CERT_FILE": "OpenSSL: Python ssl, httpx, aiohttp, Ruby, Perl, .NET on Linux; Go",
    "REQUESTS_CA_BUNDLE": "Python requests",
    "CURL_CA_BUNDLE": "curl, Python requests",
    "NODE_EXTRA_CA_CERTS": "Node.js",
    "GIT_SSL_CAINFO": "git",
    "PIP_CERT": "pip",
    "AWS_CA_BUNDLE": "botocore",
    "HTTPLIB2_CA_CERTS": "Python httplib2",
    "WEBSOCKET_CLIENT_CA_BUNDLE": "Python websocket-client",
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": "gRPC",
    "DENO_CERT": "Deno",
    "CARGO_HTTP_CAINFO": "cargo",
    "PERL_LWP_SSL_CA_FILE": "Perl LWP",
    "NIX_SSL_CERT_FILE": "programs of Nix",
}
# Variables that name the proxy. ALL_PROXY is left out: clients that read it alone speak SOCKS through it.
PROXY_VARIABLES = {
    "HTTPS_PROXY": "most clients",
    "https_proxy": "clients that read lower case only (wget, libwww)",
    "HTTP_PROXY": "most clients",
    "http_proxy": "curl and others that read lower case only",
    "GLOBAL_AGENT_HTTP_PROXY": "Node.js global-agent",
    "npm_config_https_proxy": "npm",
}


def variables(files: Mapping[str, Path], proxy_url: str = "") -> dict[str, str]:
    """Return what a connector gets in addition to what it declares. Without ``proxy_url`` only what to trust.

    `NO_PROXY` is never among them: a connector's environment begins empty, so nothing of the machine's applies.
    """
    found = dict.fromkeys(CA_VARIABLES, str(files["pem"]))
    java = [f"-Djavax.net.ssl.trustStore={files['java']}", f"-Djavax.net.ssl.trustStorePassword={STORE_PASSWORD}",
            "-Djavax.net.ssl.trustStoreType=PKCS12"]
    # An empty first part keeps the folder that PHP was built with.
    found["PHP_INI_SCAN_DIR"] = f":{files['php']}"
    if proxy_url:
        found.update(dict.fromkeys(PROXY_VARIABLES, proxy_url))
        found["NODE_USE_ENV_PROXY"] = "1"
        proxy = urlsplit(proxy_url)
        java += [f"-D{scheme}.proxy{what}" for scheme in ("https", "http") for what in (f"Host={proxy.hostname}", f"Port={proxy.port}")]
    found["JAVA_TOOL_OPTIONS"] = " ".join(java)
    return found
