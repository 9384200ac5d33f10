"""Names of the countries and regions whose holidays are known, in the reader's language."""

from functools import cache

import holidays
from django.utils.translation import get_language
from phonenumbers.geodata.locale import LOCALE_DATA

from handoff.calendars.public_holidays import places


@cache
def country_name(code: str, language: str = "en") -> str:
    """Brazil, or Brasil; the code itself where no name is known."""
    names = LOCALE_DATA.get(code, {})
    name = str(names.get(language) or names.get("en") or code)
    return str(names.get(name[1:], code)) if name.startswith("*") else name


def spoken_country(code: str) -> str:
    return country_name(code, (get_language() or "en").split("-")[0])


def countries() -> list[tuple[str, str]]:
    """Code and name of each country, by name."""
    return sorted(((code, spoken_country(code)) for code in places()), key=lambda pair: pair[1])


@cache
def regions(country: str) -> list[tuple[str, str]]:
    """What a country calls its regions in code, and by name where it gives one."""
    if country not in places():
        return []
    aliases = getattr(getattr(holidays, country), "subdivisions_aliases", {})
    named = {code: name for name, code in aliases.items()}
    labels = (
        (code, f"{named[code]} ({code})" if code in named else code) for code in places()[country]
    )
    return sorted(labels, key=lambda pair: pair[1])
