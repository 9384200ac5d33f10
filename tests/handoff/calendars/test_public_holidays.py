"""Holidays by place and choice."""

from datetime import date

from django.utils import translation

from handoff.calendars.public_holidays import named, spoken_names

CARNIVAL, CORPUS_CHRISTI = date(2026, 2, 17), date(2026, 6, 4)
SAO_PAULO_DAY = date(2026, 7, 9)
INDEPENDENCE = date(2026, 9, 7)


def test_national_and_state() -> None:
    assert INDEPENDENCE in named("BR", "", False, 2026)
    assert SAO_PAULO_DAY not in named("BR", "", False, 2026)
    assert SAO_PAULO_DAY in named("BR", "SP", False, 2026)


def test_ponto_facultativo_is_a_choice() -> None:
    assert CARNIVAL not in named("BR", "SP", False, 2026)
    with_optional = named("BR", "SP", True, 2026)
    assert CARNIVAL in with_optional
    assert CORPUS_CHRISTI in with_optional


def test_no_country_has_no_holidays() -> None:
    assert named("", "", True, 2026) == {}


def test_a_country_without_optional_holidays_keeps_its_own() -> None:
    assert date(2026, 12, 25) in named("US", "", True, 2026)


def test_names_are_in_the_readers_language() -> None:
    for language, name in (("en", "Independence Day"), ("pt-br", "Independência do Brasil")):
        with translation.override(language):
            found = spoken_names(country="BR", subdivision="", optional=False, years=[2026])
            assert found[INDEPENDENCE] == name
