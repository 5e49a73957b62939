"""The parts alone: host patterns, DNS answers, certificates that are found, proxies' requests, journal marks."""

from __future__ import annotations

import socket
import struct
from pathlib import Path

import pytest
from syncproof.network.directory import Directory, fits, host_of
from syncproof.network.egress import MOST_PLACES, Recorder, attempts, watched_syncs
from syncproof.network.environment import CA_VARIABLES, PROXY_VARIABLES, variables
from syncproof.network.names import Names
from syncproof.network.proxy import _destination
from syncproof.network.trust import Surroundings, _plain_lookup, bundles
from syncproof.sandbox import dialects
from syncproof_mocks.clock import Clock
from syncproof_mocks.journal import Journal
from syncproof_mocks.server import MockApp
from syncproof_mocks.world import World


@pytest.fixture
def directory() -> Directory:
    world = World(1)
    return Directory([MockApp(dialects()[name](world), "") for name in ("salesforce", "hubspot")])


@pytest.fixture
def journal() -> Journal:
    return Journal(Clock())


@pytest.fixture
def names(directory: Directory, journal: Journal) -> Names:
    return Names(directory, Recorder(lambda: journal))


@pytest.mark.parametrize(
    ("pattern", "host", "does"),
    [
        ("api.hubapi.com", "api.hubapi.com", True), ("api.hubapi.com", "xapi.hubapi.com", False),
        ("*.hubapi.com", "a.hubapi.com", True), ("*.hubapi.com", "a.b.hubapi.com", True), ("*.hubapi.com", "hubapi.com", False),
        ("*.hubapi.com", ".hubapi.com", False), ("*.hubapi.com", "evilhubapi.com", False),
        ("*.hubapi.com", "a.hubapi.com.evil.example", False),
    ],
)  # fmt: skip
def test_a_star_stands_for_one_or_more_labels(pattern: str, host: str, does: bool) -> None:
    assert fits(pattern, host) is does


@pytest.mark.parametrize(
    ("authority", "host"),
    [("API.HubAPI.com:443", "api.hubapi.com"), ("a.b.", "a.b"), (" a ", "a"), ("[::1]:80", "[::1]"), ("", "")],
)
def test_a_port_and_upper_case_do_not_matter(authority: str, host: str) -> None:
    assert host_of(authority) == host


@pytest.mark.parametrize(
    ("host", "vendor"),
    [
        ("login.salesforce.com", "salesforce"), ("acme--dev.sandbox.my.salesforce.com", "salesforce"), ("api.hubapi.com", "hubspot"),
        ("forms-eu1.hsforms.com", "hubspot"), ("app.hubspot.com:443", "hubspot"), ("salesforce.com", None), ("127.0.0.1", None),
    ],
)  # fmt: skip
def test_vendors_hosts_lead_to_their_mock(directory: Directory, host: str, vendor: str | None) -> None:
    app = directory.app_of(host)

    assert (app.dialect.name if app else None) == vendor


def test_an_org_has_a_host_of_its_own_that_the_seed_decides() -> None:
    one, two, other = (dialects()["salesforce"](World(seed)).vendor_host for seed in (1, 1, 2))

    assert one == two != other
    assert one.endswith(".my.salesforce.com")
    assert dialects()["hubspot"](World(1)).vendor_host == "api.hubapi.com"


def query(name: str, kind: int = 1, flags: int = 0x0100, questions: int = 1) -> bytes:
    labels = b"".join(bytes([len(x)]) + x.encode() for x in name.split(".") if x)
    return struct.pack("!6H", 7, flags, questions, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", kind, 1)


def read(answer: bytes) -> tuple[int, int, str | None]:
    """Return (code, number of answers, address)."""
    number, flags, _, answers, _, _ = struct.unpack_from("!6H", answer)
    assert number == 7
    assert flags & 0x8000
    return flags & 15, answers, socket.inet_ntoa(answer[-4:]) if answers else None


def test_the_name_server_answers_vendors_and_denies_the_rest(names: Names, journal: Journal) -> None:
    assert read(names.answer(query("Acme.My.Salesforce.com"))) == (0, 1, "127.0.77.1")
    assert read(names.answer(query("api.hubapi.com"))) == (0, 1, "127.0.77.2")
    assert read(names.answer(query("api.hubapi.com", kind=28))) == (0, 0, None)
    assert read(names.answer(query("1.0.0.127.in-addr.arpa", kind=12))) == (3, 0, None)
    assert attempts(journal.entries) == []

    assert read(names.answer(query("8.8.8.8.in-addr.arpa", kind=12))) == (3, 0, None)
    assert read(names.answer(query("evil.example"))) == (3, 0, None)
    assert [a.what for a in attempts(journal.entries)] == ["8.8.8.8.in-addr.arpa", "evil.example"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", None), (b"short", None), (query("a.b", flags=0x8100), None), (query("a.b", questions=2), 4), (query("a.b", flags=0x2800), 4),
        (query("a.b")[:-3], 1), (query("a.b")[:14], 1), (struct.pack("!6H", 7, 0x0100, 1, 0, 0, 0) + b"\xc0\x0c\0\1\0\1", 1),
    ],
)  # fmt: skip
def test_what_is_no_query_breaks_nothing(names: Names, data: bytes, code: int | None) -> None:
    answer = names.answer(data)

    assert (struct.unpack_from("!6H", answer)[1] & 15 if answer else None) == code


def test_a_place_stands_once_per_sync_and_a_flood_is_bounded(journal: Journal) -> None:
    recorder = Recorder(lambda: journal)
    for _ in range(2):
        recorder.began("isolated")
        for number in [*range(MOST_PLACES + 50), 0, 1]:
            recorder.tried("name", f"n{number}.example\n")

    found = attempts(journal.entries)
    assert len(found) == 2 * MOST_PLACES
    assert found[0].what == "n0.example?"
    assert watched_syncs(journal.entries) == 2


@pytest.mark.parametrize(
    ("target", "tunnel", "found"),
    [
        ("api.hubapi.com:443", True, ("tunnel", "api.hubapi.com", 443)), ("A.example.:80", True, ("tunnel", "a.example", 80)),
        ("https://api.hubapi.com/x?y=1", False, ("https", "api.hubapi.com", 443)), ("http://a:81/", False, ("http", "a", 81)),
        ("api.hubapi.com", True, None), (":443", True, None), ("/path", False, None), ("ftp://a/", False, None), ("http://a:x/", False, None),
    ],
)  # fmt: skip
def test_a_destination_is_read_or_refused(target: str, tunnel: bool, found: tuple[str, str, int] | None) -> None:
    if found is None:
        with pytest.raises(ValueError):
            _destination(target, tunnel=tunnel)
    else:
        assert _destination(target, tunnel=tunnel) == found


def test_bundles_are_found_in_environments_folders_and_bases(tmp_path: Path) -> None:
    def bundle(place: str) -> Path:
        path = tmp_path / place
        path.parent.mkdir(parents=True)
        path.write_text("x")
        return path

    wanted = [
        bundle("venv/lib/python3.11/site-packages/certifi/cacert.pem"),
        bundle("venv/lib/python3.11/site-packages/pip/_vendor/certifi/cacert.pem"),
        bundle("base/lib/python3.11/site-packages/botocore/cacert.pem"),
        bundle("pyenv/versions/3.12.1/lib/python3.12/site-packages/certifi/cacert.pem"),
        bundle("connector/vendor/composer/ca-bundle/res/cacert.pem"),
    ]
    bundle("connector/.git/x/cacert.pem")
    (tmp_path / "venv/pyvenv.cfg").write_text(f"home = {tmp_path / 'base/bin'}\n")

    around = Surroundings(tmp_path / "venv/bin/acme-sync", (tmp_path / "connector",), (tmp_path / "pyenv/shims",))

    assert [p for p in bundles(around) if p.is_relative_to(tmp_path)] == wanted


def test_services_outside_are_not_asked_for_names(tmp_path: Path) -> None:
    path = tmp_path / "nsswitch.conf"
    path.write_text("passwd: files sss\nhosts: files resolve [!UNAVAIL=return] dns\n")

    assert _plain_lookup(str(path)) == "passwd: files sss\nhosts: files dns\n"
    assert _plain_lookup(str(tmp_path / "none")) == "hosts: files dns\n"


def test_every_ecosystem_is_told_what_to_trust_and_only_one_mode_names_a_proxy() -> None:
    files = {"pem": Path("/x/ca.pem"), "java": Path("/x/t.p12"), "php": Path("/x/php")}

    alone, proxied = variables(files), variables(files, "http://127.0.0.1:9")

    assert set(alone) == {*CA_VARIABLES, "JAVA_TOOL_OPTIONS", "PHP_INI_SCAN_DIR"}
    assert set(proxied) - set(alone) == {*PROXY_VARIABLES, "NODE_USE_ENV_PROXY"}
    assert "NO_PROXY" not in proxied
    assert "no_proxy" not in proxied
    assert "-Dhttps.proxyPort=9" in proxied["JAVA_TOOL_OPTIONS"]
