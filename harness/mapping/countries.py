"""Countries as people and systems spell them, and the ISO 3166-1 code they mean.

Names come from pycountry (ISO 3166 with its translations by the Debian iso-codes project); what people write beside
those stands in `_ALSO`. Letter case, diacritics and punctuation never matter.
"""

from __future__ import annotations

import gettext
import unicodedata
from functools import cache, lru_cache

import pycountry

# The languages of the people we seed and their neighbours. A name that means two countries in two of them is dropped.
_LANGUAGES = (
    "pl",
    "cs",
    "sk",
    "de",
    "pt",
    "pt_BR",
    "es",
    "fr",
    "it",
    "nl",
    "hu",
    "ro",
    "uk",
    "sv",
    "da",
    "nb_NO",
    "fi",
)

# English spellings beside ISO's own that vendors and people use.
_ALSO_ENGLISH = {
    "CZ": ("Czech Republic",),
    "US": ("USA", "U.S.A.", "U.S.", "United States of America"),
    "GB": ("UK", "U.K.", "Great Britain", "England", "Scotland", "Wales", "Northern Ireland"),
    "RU": ("Russia",),
    "TR": ("Turkey",),
    "NL": ("Netherlands", "The Netherlands", "Holland"),
    "KR": ("South Korea", "Korea, Republic of"),
    "KP": ("North Korea",),
    "VN": ("Vietnam",),
    "SY": ("Syria",),
    "IR": ("Iran",),
    "MK": ("Macedonia",),
    "CI": ("Ivory Coast",),
    "CV": ("Cape Verde",),
    "SZ": ("Swaziland",),
    "MM": ("Burma",),
    "VA": ("Vatican", "Vatican City"),
    "CD": ("Democratic Republic of the Congo",),
    "BN": ("Brunei",),
    "LA": ("Laos",),
    "PS": ("Palestine",),
    "XK": ("Kosovo",),
}
_ALSO_LOCAL = {
    "PL": ("Rzeczpospolita Polska", "RP"),
    "CZ": ("Česko", "Česká republika", "ČR", "Republika Czeska"),
    "SK": ("Slovenská republika", "SR"),
    "DE": ("Bundesrepublik Deutschland", "BRD", "RFN"),
    "BR": ("Brasil",),
    "US": ("Stany Zjednoczone Ameryki", "Spojené státy americké", "EUA", "Estados Unidos da América", "EEUU"),
    "GB": ("Wielka Brytania", "Anglia", "Velká Británie", "Großbritannien", "Reino Unido", "Grã-Bretanha"),
    "NL": ("Holandia", "Niderlandy"),
    "GR": ("EL", "Hellas", "Ελλάδα"),
    "AT": ("Österreich",),
    "CH": ("Schweiz", "Suisse", "Svizzera"),
    "HR": ("Hrvatska",),
    "BG": ("България",),
    "RS": ("Srbija", "Србија"),
    "LT": ("Lietuva",),
    "LV": ("Latvija",),
    "EE": ("Eesti",),
    "SI": ("Slovenija",),
    "IE": ("Éire",),
}


@lru_cache(maxsize=4096)
def iso2_of(text: str) -> str | None:
    """Return the ISO 3166 alpha-2 code that a code (2 or 3 letters) or a name in some language means, or None."""
    return _codes().get(folded := _fold(text)) or _english().get(folded) or _local().get(folded)


@cache
def english_name(iso2: str) -> str:
    """Return the short English name of a country by code: `Poland`, `Taiwan`. Raises KeyError for no such code."""
    if iso2 == "XK":
        return "Kosovo"
    country = pycountry.countries.get(alpha_2=iso2)
    if country is None:
        raise KeyError(iso2)
    return str(getattr(country, "common_name", country.name))


def is_english_name(text: str) -> bool:
    """Tell whether the text is a name of a country in English (short, official or usual), not a code."""
    return _fold(text) in _english()


def is_code(text: str) -> bool:
    """Tell whether the text is an ISO 3166 alpha-2 code as it should be written: two capitals."""
    return len(text) == 2 and text.isupper() and _codes().get(text.casefold()) == text


@lru_cache(maxsize=4096)
def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l"))
    kept = "".join(" " if not c.isalnum() else c for c in plain if not unicodedata.combining(c))
    # U.S.A. and USA are one: letters that stand alone are drawn together.
    words = kept.split()
    return "".join(words) if len(words) > 1 and all(len(w) == 1 for w in words) else " ".join(words)


@cache
def _codes() -> dict[str, str]:
    found = {c.alpha_2.casefold(): c.alpha_2 for c in pycountry.countries}
    found |= {c.alpha_3.casefold(): c.alpha_2 for c in pycountry.countries}
    # Kosovo's code is user-assigned; vendors and the EU use it.
    return found | {"xk": "XK"}


@cache
def _english() -> dict[str, str]:
    found: dict[str, str] = {}
    for country in pycountry.countries:
        for kind in ("name", "common_name", "official_name"):
            if hasattr(country, kind):
                found[_fold(getattr(country, kind))] = country.alpha_2
    return found | {_fold(name): code for code, names in _ALSO_ENGLISH.items() for name in names}


@cache
def _local() -> dict[str, str]:
    meanings: dict[str, set[str]] = {}
    for language in _LANGUAGES:
        words = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True)
        for country in pycountry.countries:
            for kind in ("name", "common_name", "official_name"):
                if hasattr(country, kind):
                    meanings.setdefault(_fold(words.gettext(getattr(country, kind))), set()).add(country.alpha_2)
    clear = {name: next(iter(codes)) for name, codes in meanings.items() if len(codes) == 1 and name}
    return clear | {_fold(name): code for code, names in _ALSO_LOCAL.items() for name in names}
