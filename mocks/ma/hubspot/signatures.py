"""The three signatures that HubSpot puts on what it sends to an app.

Formulas from research/hubspot.md section 1.9, checked there and in the tests against the vendor's own helper
(`hubspot.utils.signature.Signature`). v1 goes with webhooks of apps, v2 with workflow webhooks and CRM cards, v3
with everything current.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

# The receiver is told to decode these, and only these, before it computes v3.
_DECODED = {
    "%3A": ":", "%2F": "/", "%3F": "?", "%40": "@", "%21": "!", "%24": "$",
    "%27": "'", "%28": "(", "%29": ")", "%2A": "*", "%2C": ",", "%3B": ";",
}
_CODE = re.compile("|".join(_DECODED), re.IGNORECASE)


def v1(client_secret: str, body: bytes) -> str:
    """Return hex SHA-256 of secret + body."""
    return hashlib.sha256(client_secret.encode() + body).hexdigest()


def v2(client_secret: str, method: str, uri: str, body: bytes) -> str:
    """Return hex SHA-256 of secret + method + full URI + body."""
    return hashlib.sha256(f"{client_secret}{method}{uri}".encode() + body).hexdigest()


def v3(client_secret: str, method: str, uri: str, body: bytes, timestamp_ms: int) -> str:
    """Return base64 HMAC-SHA256, keyed by the secret, of method + decoded full URI + body + timestamp."""
    text = f"{method}{decoded_uri(uri)}".encode() + body + str(timestamp_ms).encode()
    return base64.b64encode(hmac.new(client_secret.encode(), text, hashlib.sha256).digest()).decode()


def decoded_uri(uri: str) -> str:
    """Return the URI with the twelve percent codes decoded that v3 wants decoded; all others stay."""
    return _CODE.sub(lambda found: _DECODED[found.group().upper()], uri)


def webhook_headers(client_secret: str, url: str, body: bytes, timestamp_ms: int) -> dict[str, str]:
    """Return the signature headers of a webhook POST: v1 with its version, v3 with its timestamp (milliseconds)."""
    return {
        "X-HubSpot-Signature": v1(client_secret, body),
        "X-HubSpot-Signature-Version": "v1",
        "X-HubSpot-Signature-v3": v3(client_secret, "POST", url, body, timestamp_ms),
        "X-HubSpot-Request-Timestamp": str(timestamp_ms),
    }
