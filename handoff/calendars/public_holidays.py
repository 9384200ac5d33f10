"""Holidays by country, state and year, with their names, from the `holidays` package."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import cache, lru_cache, partial

import holidays
from django.utils.translation import get_language

from handoff.calendars.working_time import Holidays

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
    """A year's holidays; `optional` adds those of ponto facultativo where a country has them."""
    if not country:
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
    language = _language(country)
    return {
        day: name
        for year in years
        for day, name in named(country, subdivision, optional, year, language).items()
    }


def _language(country: str) -> str:
    """The active language, or its sister, where the country's holidays are named in it."""
    known = getattr(holidays, country).supported_languages if country else ()
    wanted = _LANGUAGES.get(get_language() or "", ())
    return next((language for language in wanted if language in known), _ENGLISH)
