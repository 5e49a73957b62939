"""Tax numbers and phones, checked by independent libraries."""

from __future__ import annotations

import phonenumbers
import pytest
from stdnum.br import cnpj
from stdnum.cz import dic
from stdnum.de import vat
from stdnum.pl import nip
from stdnum.us import ein
from syncproof.population.phones import FRESH, SEEDED, fresh_phone, national, phone
from syncproof.population.tax_ids import tax_id

VALIDATORS = {"PL": nip, "CZ": dic, "DE": vat, "BR": cnpj, "US": ein}
COUNTRIES = tuple(VALIDATORS)


@pytest.mark.parametrize("country", COUNTRIES)
def test_tax_numbers_have_right_check_digits(country: str) -> None:
    for number in (*range(2_000), *range(2_000, 1_000_000, 997), 999_999):
        assert VALIDATORS[country].is_valid(tax_id(country, number)), (number, tax_id(country, number))


def test_no_tax_number_is_given_twice() -> None:
    assert len({tax_id(c, n) for c in COUNTRIES for n in range(10_000)}) == len(COUNTRIES) * 10_000


def test_a_country_without_tax_numbers_is_refused_with_those_that_have_them() -> None:
    with pytest.raises(ValueError, match="'FR'; known: BR, CZ, DE, PL, US"):
        tax_id("FR", 1)
    with pytest.raises(ValueError, match="0 to 999999"):
        tax_id("PL", 1_000_000)


def spread(limit: int) -> list[int]:
    return [*range(300), *range(300, limit, limit // 1_500), limit - 1]


@pytest.mark.parametrize("mobile", [False, True])
@pytest.mark.parametrize("country", COUNTRIES)
def test_every_phone_is_valid_in_its_country_and_in_e164(country: str, mobile: bool) -> None:
    numbers = [phone(country, n, mobile=mobile) for n in spread(SEEDED)]
    numbers += [fresh_phone(country, n, mobile=mobile) for n in spread(FRESH)]
    for number in numbers:
        parsed = phonenumbers.parse(number)
        assert phonenumbers.is_valid_number_for_region(parsed, country), number
        assert phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) == number
        assert national(number) == str(parsed.national_number)


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_four_blocks_of_a_country_never_meet(country: str) -> None:
    seeded = [phone(country, n, mobile=m) for m in (False, True) for n in range(20_000)]
    fresh = [fresh_phone(country, n, mobile=m) for m in (False, True) for n in (*range(10_000), *range(10**7, 10**7 + 9_000))]

    assert len({*seeded, *fresh}) == len(seeded) + len(fresh)


@pytest.mark.parametrize("country", ["PL", "CZ", "DE", "BR"])
def test_mobile_numbers_are_mobile(country: str) -> None:
    kind = phonenumbers.number_type
    assert kind(phonenumbers.parse(phone(country, 5, mobile=True))) == phonenumbers.PhoneNumberType.MOBILE
    assert kind(phonenumbers.parse(fresh_phone(country, 5, mobile=True))) == phonenumbers.PhoneNumberType.MOBILE
    assert kind(phonenumbers.parse(phone(country, 5))) == phonenumbers.PhoneNumberType.FIXED_LINE


def test_seeded_american_numbers_are_those_of_fiction() -> None:
    assert all(phone("US", n, mobile=m)[5:8] == "555" for m in (False, True) for n in range(0, SEEDED, 1_000))


def test_numbers_outside_the_blocks_are_refused() -> None:
    with pytest.raises(ValueError, match="'FR'; known"):
        phone("FR", 1)
    with pytest.raises(ValueError, match=str(SEEDED - 1)):
        phone("PL", SEEDED)
    with pytest.raises(ValueError, match=str(FRESH - 1)):
        fresh_phone("PL", FRESH)
