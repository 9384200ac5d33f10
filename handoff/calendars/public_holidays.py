"""Holidays by country, state and year, with their names, from the `holidays` package.

What a package says changes with its release: a calendar version therefore keeps the holidays of
the years around it (`pin`) and asks the package for the years beyond alone (`pinned`).
"""

from collections.abc import Collection, Mapping
from datetime import date
from functools import cache, lru_cache, partial
from typing import Any, Final

import holidays
from django.utils.translation import get_language

from handoff.calendars.working_time import Holidays

YEARS_BACK: Final = 3
YEARS_AHEAD: Final = 3
_LANGUAGES = {"pt-br": ("pt_BR", "pt_PT")}
_ENGLISH = "en_US"
_NONE: Mapping[date, str] = {}


@cache
def places() -> Mapping[str, Collection[str]]:
    """Two-letter country codes known, each with the names of its subdivisions."""
    return holidays.list_supported_countries(include_aliases=False)


@lru_cache(maxsize=1_024)
def named(
    country: str, subdivision: str, optional: bool, year: int, language: str = _ENGLISH
) -> Mapping[date, str]:
    """A year's holidays; `optional` adds those of ponto facultativo where a country has them.

    A place that this release of the package does not know has none.
    """
    if subdivision not in ("", *places().get(country, ())) or country not in places():
        return _NONE
    wanted = {"public", "optional"} if optional else {"public"}
    supported = getattr(holidays, country).supported_categories
    return dict(
        holidays.country_holidays(
            country,
            subdiv=subdivision or None,
            years=year,
            language=language,
            categories=tuple(sorted(wanted.intersection(supported))),
        )
    )


def by_year(*, country: str, subdivision: str, optional: bool) -> Holidays:
    """What a schedule asks for each year it meets."""
    return partial(named, country, subdivision, optional)


def spoken_names(
    *, country: str, subdivision: str, optional: bool, years: Collection[int]
) -> dict[date, str]:
    """Names of the holidays of some years in the active language."""
    language = _language(country, get_language() or "")
    return {
        day: name
        for year in years
        for day, name in named(country, subdivision, optional, year, language).items()
    }


def _language(country: str, reader: str) -> str:
    """The reader's language, or its sister, where the country's holidays are named in it."""
    known = getattr(holidays, country).supported_languages if country in places() else ()
    wanted = _LANGUAGES.get(reader, ())
    return next((language for language in wanted if language in known), _ENGLISH)


def pin(*, country: str, subdivision: str, optional: bool, year: int) -> dict[str, Any]:
    """What a version made in a year keeps: `years`, both ends included, and their `days`.

    Each day has its name by language, the English one always. Nothing for no country.
    """
    if not country:
        return {}
    years = range(year - YEARS_BACK, year + YEARS_AHEAD + 1)
    days = {
        day.isoformat(): {"en": name}
        for each in years
        for day, name in named(country, subdivision, optional, each).items()
    }
    for reader in _LANGUAGES:
        language = _language(country, reader)
        for each in years:
            for day, name in named(country, subdivision, optional, each, language).items():
                days[day.isoformat()][reader] = name
    return {"years": [years[0], years[-1]], "days": dict(sorted(days.items()))}


def pinned_years(kept: Mapping[str, Any]) -> range:
    """The years that a version answers for by itself."""
    first, last = kept.get("years", (1, 0))
    return range(first, last + 1)


def pinned(kept: Mapping[str, Any], otherwise: Holidays) -> Holidays:
    """The days kept, and for a year that is not among theirs what `otherwise` says."""
    by_year: dict[int, set[date]] = {year: set() for year in pinned_years(kept)}
    for text in kept.get("days", ()):
        day = date.fromisoformat(text)
        by_year[day.year].add(day)

    def holidays_of(year: int) -> Collection[date]:
        return by_year[year] if year in by_year else otherwise(year)

    return holidays_of


def pinned_names(kept: Mapping[str, Any], years: Collection[int]) -> dict[date, str]:
    """Names of the days kept that lie in some years, in the active language."""
    reader = get_language() or ""
    wanted = {str(year) for year in years}
    return {
        date.fromisoformat(text): names.get(reader, names["en"])
        for text, names in kept.get("days", {}).items()
        if text[:4] in wanted
    }
