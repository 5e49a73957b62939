"""Countries by their ISO 3166 code, whatever people call them: the usual ones from a table, the rest from pycountry."""

from __future__ import annotations

from functools import cache

# Loading pycountry takes longer than all other work of a quiet run; these names are most of what is met.
_TABLE = """
AT Austria|Österreich
BE Belgium|Belgique|België
BG Bulgaria
BR Brazil|Brasil
CA Canada
CH Switzerland|Schweiz|Suisse|Svizzera
CN China
CZ Czechia|Czech Republic|Česko|Česká republika|Czechy
DE Germany|Deutschland|Niemcy
DK Denmark|Danmark
EE Estonia
ES Spain|España
FI Finland|Suomi
FR France
GB United Kingdom|UK|Great Britain|England
GR Greece
HR Croatia|Hrvatska
HU Hungary|Magyarország
IE Ireland
IN India
IT Italy|Italia
JP Japan
LT Lithuania|Lietuva
LV Latvia
LU Luxembourg
MX Mexico|México
NL Netherlands|Nederland|Holland|The Netherlands
NO Norway|Norge
PL Poland|Polska|Polsko|Polen
PT Portugal
RO Romania|România
RS Serbia
SE Sweden|Sverige
SI Slovenia|Slovenija
SK Slovakia|Slovensko
TR Türkiye|Turkey|Turkiye|Turcja|Turecko|Turquia
MK North Macedonia|Macedonia|Macedonia, The Former Yugoslav Republic of
SZ Eswatini|Swaziland
UA Ukraine|Ukraina
US United States|USA|U.S.|United States of America|Stany Zjednoczone
"""


@cache
def _known() -> tuple[dict[str, str], dict[str, str]]:
    """Return folded name -> code, and code -> English name."""
    codes: dict[str, str] = {}
    names: dict[str, str] = {}
    for line in _TABLE.strip().splitlines():
        code, _, spellings = line.partition(" ")
        names[code] = spellings.split("|")[0]
        codes[code.casefold()] = code
        codes |= {spelling.casefold(): code for spelling in spellings.split("|")}
    return codes, names


def country_code(text: str) -> str:
    """Return the ISO 3166 alpha-2 code of a country, or the text itself when nobody knows it."""
    found = _known()[0].get(text.strip().casefold())
    return found or _looked_up(text, "alpha_2")


def country_name(code: str) -> str:
    """Return the English name of a country by its code; any other text is returned as it is."""
    if len(code) != 2:
        return code
    return _known()[1].get(code) or _looked_up(code, "name")


@cache
def _looked_up(text: str, attribute: str) -> str:
    import pycountry

    try:
        country = pycountry.countries.lookup(text.strip())
    except LookupError:
        return text
    if attribute == "name":
        return str(getattr(country, "common_name", country.name))
    return str(getattr(country, attribute))
