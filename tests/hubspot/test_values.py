"""What a property accepts and how it is stored: section 3.7."""

from __future__ import annotations

import pytest
from syncproof_mocks.ma.hubspot.catalogue import Catalogue, Property
from syncproof_mocks.ma.hubspot.kinds import CONTACTS
from syncproof_mocks.ma.hubspot.values import BadValueError, domain_of, is_address, normalise

_OPTIONS = (("a", "A", False), ("b", "B", False), ("c", "C", True))
CATALOGUE = Catalogue(CONTACTS, {
    p.name: p for p in (
        Property("text", "T", "string", "text", "g"), Property("email", "E", "string", "text", "g"),
        Property("number", "N", "number", "number", "g"), Property("flag", "F", "bool", "booleancheckbox", "g"),
        Property("day", "D", "date", "date", "g"), Property("moment", "M", "datetime", "date", "g"),
        Property("one", "O", "enumeration", "select", "g", _OPTIONS),
        Property("many", "M", "enumeration", "checkbox", "g", _OPTIONS),
    )
})


def stored(name: str, text: str, current: str | None = None) -> str:
    return normalise(CATALOGUE, CATALOGUE.by_name[name], text, current, 123)


@pytest.mark.parametrize(("name", "text", "kept"), [
    ("text", " a\nb ", " a\nb "), ("email", " Bob@Acme.com ", "bob@acme.com"), ("number", " 12.50", "12.50"),
    ("number", "-3", "-3"), ("number", "1e5", "1e5"), ("flag", "true", "true"),
    ("day", "2026-01-31", "2026-01-31"), ("day", "1769817600000", "2026-01-31"), ("day", "2026-01-31T00:00:00Z", "2026-01-31"),
    ("moment", "1769860800000", "2026-01-31T12:00:00Z"), ("moment", "1769860800123", "2026-01-31T12:00:00.123Z"),
    ("moment", "2026-01-31T13:00:00+01:00", "2026-01-31T12:00:00Z"), ("moment", "2026-01-31", "2026-01-31T00:00:00Z"),
    ("moment", "1969-12-31T23:59:59.500Z", "1969-12-31T23:59:59.500Z"), ("day", "0987-01-01", "0987-01-01"),
    ("one", "c", "c"), ("many", "b;a;b", "b;a"), ("many", ";b", "b"),
])
def test_a_good_value_is_stored_in_the_vendors_form(name: str, text: str, kept: str) -> None:
    assert stored(name, text) == kept


def test_a_leading_semicolon_adds_to_what_is_set() -> None:
    assert stored("many", ";b;a", "a") == "a;b"
    assert stored("many", "b", "a") == "b"


@pytest.mark.parametrize(("name", "text", "code", "message"), [
    ("number", "1,000", "INVALID_INTEGER", "1,000 was not a valid number"),
    ("number", "nan", "INVALID_INTEGER", "nan was not a valid number"),
    ("number", "١٢x", "INVALID_INTEGER", "١٢x was not a valid number"),
    ("flag", "yes", "INVALID_OPTION", "yes was not one of the allowed options: [true, false]"),
    ("flag", "True", "INVALID_OPTION", "True was not one of the allowed options: [true, false]"),
    ("one", "A", "INVALID_OPTION", "A was not one of the allowed options: [a, b, c]"),
    ("one", "a;b", "INVALID_OPTION", "a;b was not one of the allowed options: [a, b, c]"),
    ("many", "a;x", "INVALID_OPTION", "x was not one of the allowed options: [a, b, c]"),
    ("day", "31.01.2026", "INVALID_LONG", "31.01.2026 was not a valid long. Portal 123, object type 0-1"),
    ("day", "2026-02-30", "INVALID_LONG", "2026-02-30 was not a valid long. Portal 123, object type 0-1"),
    ("day", "1769862896789", "INVALID_DATE", "1769862896789 is at 12:34:56.789 UTC, not midnight!"),
    ("moment", "2026-01-31T12:00:00", "INVALID_LONG",
     "2026-01-31T12:00:00 was not a valid long. Portal 123, object type 0-1"),
    ("moment", "99999999999999999", "INVALID_LONG", "99999999999999999 was not a valid long. Portal 123, object type 0-1"),
    ("email", "no address", "INVALID_EMAIL", "Email address no address is invalid"),
])
def test_a_bad_value_is_refused_in_the_vendors_words(name: str, text: str, code: str, message: str) -> None:
    with pytest.raises(BadValueError) as error:
        stored(name, text)

    assert (error.value.code, error.value.message) == (code, message)


def test_text_may_be_65536_characters_long_and_no_longer() -> None:
    assert len(stored("text", "ą" * 65_536)) == 65_536
    with pytest.raises(BadValueError):
        stored("text", "ą" * 65_537)


@pytest.mark.parametrize("address", ["a@example.com", "o'neil+x@sub.example.co", "a@xn--bcher-kva.example.pl", "1@a.io"])
def test_an_address_with_a_known_ending_is_one(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize("address", [
    "a@b", "a@b.test", "a@b.invalid", "a@b.example", "a@b.local", "a@b.localhost", '"a b"@example.com', "a..b@example.com",
    ".a@example.com", "a@-b.com", "a@b..com", "a@b.com ", "a@b@c.com", "zażółć@example.com", "@example.com", "a@example.123",
])
def test_what_is_not_an_address_is_none(address: str) -> None:
    assert not is_address(address)


@pytest.mark.parametrize(("text", "domain"), [
    ("https://www.Acme.com/about?x=1", "acme.com"), ("WWW.acme.com", "acme.com"), ("acme.com", "acme.com"),
    ("http://acme.com:8080", "acme.com"),
])
def test_a_company_domain_is_kept_bare(text: str, domain: str) -> None:
    assert domain_of(text) == domain
