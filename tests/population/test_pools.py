"""Pools of natural words, built once per language."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest
from syncproof.population.countries import COUNTRIES, LOCALES
from syncproof.population.pools import pool
from syncproof.population.wording import careless_company, domain_of, local_date, postal_code, slug, street_of

BENCH = Path(__file__).parents[2] / "bench" / "population.py"


@pytest.mark.parametrize("locale", LOCALES)
def test_every_language_offers_enough_natural_words(locale: str) -> None:
    words = pool(locale)

    assert words.country == LOCALES[locale]
    for choices in (*words.first_names, *words.last_names, words.streets, words.cities, words.jobs):
        assert len(set(choices)) == len(choices) >= 30
        assert not [c for c in choices if re.search(r"[\d()/,]", c)]


def test_pools_are_built_once() -> None:
    assert pool("pl_PL") is pool("pl_PL")


def test_an_unknown_language_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="'fr_FR'; known: pl_PL, cs_CZ"):
        pool("fr_FR")


def test_faker_is_imported_only_when_people_are_made() -> None:
    code = "import sys, syncproof.population.make, syncproof.population.trace; sys.exit('faker' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_slugs_are_ascii_in_every_language() -> None:
    assert [slug(t) for t in ("Łódź", "Straße", "São João", "Kateřina", "D'Arcy")] == [
        "lodz", "strasse", "saojoao", "katerina", "darcy",
    ]
    assert slug("Wolfeschlegelsteinhausen", 8) == "wolfesch"


def test_streets_and_codes_have_the_shape_of_the_country() -> None:
    assert street_of("US", "Main Street", "Bodera", 11) == "12 Main Street Bodera"
    assert street_of("BR", "Rua Verde", "Bodera", 11) == "Rua Verde Bodera, 12"
    assert street_of("PL", "Mokra", "Bodera", 11) == "ul. Mokra Bodera 12"
    assert street_of("DE", "Marktstraße", "Bodera", 11) == "Marktstraße Bodera 12"
    shapes = {"PL": r"\d\d-\d{3}", "CZ": r"\d{3} \d\d", "DE": r"\d{5}", "US": r"\d{5}-\d{4}", "BR": r"\d{5}-\d{3}"}
    for country, shape in shapes.items():
        codes = [postal_code(country, n) for n in range(2_000)]
        assert all(re.fullmatch(shape, code) for code in codes)
        assert any(code.startswith("0") for code in codes)


def test_all_hundred_thousand_postal_codes_differ() -> None:
    assert len({postal_code("DE", n) for n in range(100_000)}) == 100_000


def test_a_careless_hand_keeps_the_name_and_spoils_its_form() -> None:
    for code, country in COUNTRIES.items():
        careless = careless_company(f"Nowak Bodera {country.legal_form}", code)
        assert careless.startswith("NOWAK BODERA ")
        assert country.legal_form not in careless


def test_dates_are_written_as_at_home() -> None:
    written = [local_date("2026-02-03", locale) for locale in ("pl_PL", "cs_CZ", "en_US", "de_DE", "pt_BR")]

    assert written == ["03.02.2026", "3. 2. 2026", "02/03/2026", "03.02.2026", "03/02/2026"]


def test_domains_lie_under_the_reserved_ones() -> None:
    assert [domain_of("Nowak & Söhne", "Bodera", n) for n in range(3)] == [
        f"nowaksohne-bodera.example.{top}" for top in ("com", "org", "net")
    ]


def test_the_bench_runs(capsys: pytest.CaptureFixture[str]) -> None:
    spec = importlib.util.spec_from_file_location("bench_population", BENCH)
    assert spec is not None
    assert spec.loader is not None
    bench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    bench.main(50)

    assert "records per CPU s" in capsys.readouterr().out
