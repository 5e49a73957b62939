"""Key pairs: the connected app's (the connector signs JWT assertions with it) and the org's (it signs `id_token`s)."""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache
from typing import Any

import orjson

_KEY_ID = "244"

@lru_cache(maxsize=2)
def _pair(owner: str = "app") -> Any:  # noqa: ARG001 (the cache keeps one pair per owner)
    # Made once per process, when somebody asks: a key takes a tenth of a second and no result depends on its bits.
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_key_pem() -> str:
    """Return the private key as unencrypted PKCS#8 PEM."""
    from cryptography.hazmat.primitives import serialization

    return str(_pair().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode())


def verified_claims(assertion: str) -> dict[str, Any] | None:
    """Return the claims of an RS256 JWT signed with the private key, or None when anything about it is wrong."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    parts = assertion.split(".")
    if len(parts) != 3:
        return None
    try:
        header, claims = (orjson.loads(_decoded(p)) for p in parts[:2])
        signature = _decoded(parts[2])
    except (ValueError, binascii.Error):
        return None
    if not isinstance(header, dict) or header.get("alg") != "RS256" or not isinstance(claims, dict):
        return None
    try:
        _pair().public_key().verify(signature, f"{parts[0]}.{parts[1]}".encode(), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return None
    return claims


def signed(claims: dict[str, Any]) -> str:
    """Return an RS256 JWT of ``claims``, signed by the org."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    head = _encoded(orjson.dumps({"alg": "RS256", "kid": _KEY_ID, "typ": "JWT"}))
    text = f"{head}.{_encoded(orjson.dumps(claims))}"
    return f"{text}.{_encoded(_pair('org').sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def public_jwk() -> dict[str, str]:
    """Return the org's public key as a JSON Web Key."""
    numbers = _pair("org").public_key().public_numbers()
    modulus, exponent = (
        _encoded(n.to_bytes((n.bit_length() + 7) // 8, "big")) for n in (numbers.n, numbers.e)
    )
    return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": _KEY_ID, "n": modulus, "e": exponent}


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
