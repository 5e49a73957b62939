"""The run's own certificate authority: what the mocks prove themselves with, and what connectors are told to trust.

Private keys stay in memory (where the system has no memory files, the leaf's key passes through a file that only we
can read and that is deleted at once). An authority that nobody keeps the key of cannot be used against anyone later.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12Certificate, serialize_java_truststore
from trustme import CA, LeafCert

from .directory import Directory, host_of
from .egress import Recorder
from .environment import STORE_PASSWORD

_MOST_LEAVES = 200


class Authority:
    """A new certificate authority, good for the lifetime of this object."""

    def __init__(self) -> None:
        self._ca = CA(organization_name="Syncproof", organization_unit_name="one test run, trusted by nobody else")
        self.pem = self._ca.cert_pem.bytes()

    def write(self, folder: Path) -> dict[str, Path]:
        """Write what clients read (certificate, Java trust store, PHP settings) and return the files by what they are."""
        pem, store, php = folder / "ca.pem", folder / "trust.p12", folder / "php"
        pem.write_bytes(self.pem)
        entry = PKCS12Certificate(x509.load_pem_x509_certificate(self.pem), b"syncproof")
        store.write_bytes(serialize_java_truststore([entry], BestAvailableEncryption(STORE_PASSWORD.encode())))
        php.mkdir(exist_ok=True)
        (php / "syncproof.ini").write_text(f'curl.cainfo="{pem}"\nopenssl.cafile="{pem}"\n')
        return {"pem": pem, "java": store, "php": php}

    def context(self, directory: Directory, recorder: Recorder) -> ssl.SSLContext:
        """Return what a TLS listener uses: a certificate for every vendor host; other names are noted and fail there."""
        patterns = directory.patterns
        main = _context(self._ca.issue_cert(*patterns))
        deeper: dict[str, ssl.SSLContext] = {}

        def chosen(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
            host = host_of(name or "")
            if directory.app_of(host) is None:
                recorder.tried("tls", host or "(no name)")
            elif not _is_covered(patterns, host):
                # A wildcard in a certificate stands for one label only; deeper names get a certificate of their own.
                if host not in deeper and len(deeper) < _MOST_LEAVES:
                    deeper[host] = _context(self._ca.issue_cert(host))
                connection.context = deeper.get(host, main)

        main.sni_callback = chosen
        return main


def _is_covered(patterns: Iterable[str], host: str) -> bool:
    parent = host.partition(".")[2]
    return any(p in (host, f"*.{parent}") for p in patterns)


def _context(leaf: LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    text = leaf.private_key_and_cert_chain_pem.bytes()
    if not hasattr(os, "memfd_create"):
        leaf.configure_cert(context)
        return context
    fd = os.memfd_create("syncproof-leaf")
    try:
        with os.fdopen(os.dup(fd), "wb") as file:
            file.write(text)
        context.load_cert_chain(f"/proc/self/fd/{fd}")
    finally:
        os.close(fd)
    return context
