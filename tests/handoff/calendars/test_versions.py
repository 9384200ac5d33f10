"""Calendars are published in versions that never change."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any

import holidays
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import translation

from handoff.calendars import models, public_holidays
from handoff.calendars.actions import archive, create, publish
from handoff.calendars.hours import Hours
from handoff.calendars.models import Calendar, CalendarVersion, Immutable
from handoff.calendars.working_time import deadline

pytestmark = pytest.mark.django_db

AT = datetime(2026, 9, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY_HOURS = [["09:00", "18:00"]]
OFFICE: Hours = {
    "zone": "America/Sao_Paulo",
    "weekly": dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), DAY_HOURS),
    "country": "BR",
    "subdivision": "SP",
}


def office() -> CalendarVersion:
    return create(name="São Paulo office", by=None, at=AT, **OFFICE)


def refused(**changes: object) -> dict[str, list[str]]:
    version = office()
    hours: Hours = {**OFFICE, **changes}  # type: ignore[typeddict-item]
    with translation.override("en"), pytest.raises(ValidationError) as caught:
        publish(calendar_id=version.calendar_id, by=None, at=AT, **hours)
    assert version.calendar.versions.count() == 1
    return caught.value.message_dict


def test_a_new_calendar_has_its_first_version() -> None:
    version = office()
    assert (version.number, version.created_at, version.closed) == (1, AT, [])
    assert version.calendar.current() == version


def test_publishing_counts_on_and_leaves_the_past_alone() -> None:
    first = office()
    longer: Hours = {**OFFICE, "weekly": {"mon": [["8:00", "20:00"]]}}
    second = publish(calendar_id=first.calendar_id, by=None, at=AT + HOUR, **longer)
    assert second.number == 2
    assert second.weekly == {"mon": [["08:00", "20:00"]]}
    assert first.calendar.current() == second
    monday = datetime(2026, 9, 14, 11, 30, tzinfo=UTC)
    assert deadline(first.schedule(), start=monday, target=HOUR) == monday + 1.5 * HOUR
    assert deadline(second.schedule(), start=monday, target=HOUR) == monday + HOUR


def test_a_calendar_without_versions_says_so() -> None:
    with pytest.raises(CalendarVersion.DoesNotExist):
        Calendar.objects.create(name="Empty").current()


def test_a_version_neither_changes_nor_goes() -> None:
    version = office()
    version.zone = "Europe/Lisbon"
    with pytest.raises(Immutable):
        version.save()
    with pytest.raises(Immutable):
        version.delete()
    with pytest.raises(Immutable):
        CalendarVersion.objects.all().update(zone="Europe/Lisbon")
    with pytest.raises(Immutable):
        CalendarVersion.objects.bulk_update([version], ["zone"])
    with pytest.raises(Immutable):
        CalendarVersion.objects.all().delete()
    version.refresh_from_db()
    assert version.zone == "America/Sao_Paulo"


def test_schedule_knows_state_holidays_of_any_year() -> None:
    schedule = office().schedule()
    for year in (2024, 2026, 2030):
        assert schedule.windows_on(date(year, 9, 7)) == ()
        assert schedule.windows_on(date(year, 7, 9)) == ()


def test_optional_holidays_by_choice() -> None:
    first = office()
    carnival = date(2027, 2, 9)
    assert first.schedule().windows_on(carnival)
    with_optional: Hours = {**OFFICE, "optional_holidays": True}
    second = publish(calendar_id=first.calendar_id, by=None, at=AT, **with_optional)
    assert not second.schedule().windows_on(carnival)
    with translation.override("pt-br"):
        assert second.holiday_names([2027])[carnival] == "Carnaval"


NEW_DAY, MOVED = date(2026, 10, 15), date(2026, 9, 7)


@pytest.fixture
def next_release(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Puts another release of the holidays' package in its place, one that knows other days."""
    known = holidays.country_holidays

    def others(*args: Any, **options: Any) -> Mapping[date, str]:
        days = known(*args, **options)
        year = options["years"]
        return {
            **{day: name for day, name in days.items() if (day.month, day.day) != (9, 7)},
            date(year, 10, 15): "Teachers' Day",
        }

    def forget() -> None:
        public_holidays.named.cache_clear()
        models._schedule.cache_clear()

    def put() -> None:
        forget()
        monkeypatch.setattr(holidays, "country_holidays", others)

    yield put
    monkeypatch.undo()
    forget()


def test_a_new_release_of_the_holidays_moves_no_verdict(next_release: Callable[[], None]) -> None:
    version = office()
    start = datetime(2026, 9, 4, 20, 30, tzinfo=UTC)
    due_at = deadline(version.schedule(), start=start, target=HOUR)
    assert due_at == datetime(2026, 9, 8, 12, 30, tzinfo=UTC)
    names = version.holiday_names([2026])
    next_release()
    again = CalendarVersion.objects.get(pk=version.pk)
    assert deadline(again.schedule(), start=start, target=HOUR) == due_at
    assert again.schedule().windows_on(NEW_DAY)
    assert again.holiday_names([2026]) == names


def test_control_a_version_that_keeps_nothing_does_move(next_release: Callable[[], None]) -> None:
    number = office().calendar.versions.count() + 1
    loose = CalendarVersion.objects.create(
        calendar=Calendar.objects.get(),
        number=number,
        zone="America/Sao_Paulo",
        country="BR",
        weekly=OFFICE["weekly"],
        created_at=AT,
    )
    assert not loose.schedule().windows_on(MOVED)
    next_release()
    assert loose.schedule().windows_on(MOVED)


def test_what_is_published_after_it_knows_the_new_days(next_release: Callable[[], None]) -> None:
    first = office()
    next_release()
    second = publish(calendar_id=first.calendar_id, by=None, at=AT + HOUR, **OFFICE)
    assert second.schedule().windows_on(NEW_DAY) == ()
    assert second.schedule().windows_on(MOVED)
    assert first.schedule().windows_on(NEW_DAY)


def test_a_place_that_a_release_no_longer_knows_is_still_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    version = office()
    models._schedule.cache_clear()
    monkeypatch.setattr(public_holidays, "places", lambda: {"PT": ()})
    public_holidays.named.cache_clear()
    schedule = CalendarVersion.objects.get(pk=version.pk).schedule()
    assert schedule.windows_on(MOVED) == ()
    assert schedule.windows_on(date(2040, 9, 7))
    assert version.holiday_names([2026])[MOVED] == "Independence Day"
    public_holidays.named.cache_clear()
    models._schedule.cache_clear()


def test_holidays_are_kept_three_years_to_either_side_in_both_languages() -> None:
    version = office()
    assert version.holidays["years"] == [2023, 2029]
    assert version.holidays_until == 2029
    assert version.holidays["days"]["2026-09-07"] == {
        "en": "Independence Day",
        "pt-br": "Independência do Brasil",
    }
    with translation.override("pt-br"):
        names = version.holiday_names([2026, 2030])
    assert names[MOVED] == names[date(2030, 9, 7)] == "Independência do Brasil"
    abroad: Hours = {**OFFICE, "country": "US", "subdivision": ""}
    days = publish(calendar_id=version.calendar_id, by=None, at=AT, **abroad).holidays["days"]
    assert set(days["2026-12-25"].values()) == {"Christmas Day"}


def test_dates_of_every_year_close_and_are_named_with_the_holidays() -> None:
    with_city: Hours = {
        **OFFICE,
        "yearly": {"01-25": " City of São Paulo ", "09-07": "", "07-04": ""},
    }
    version = create(name="São Paulo office", by=None, at=AT, **with_city)
    assert version.yearly == {"01-25": "City of São Paulo", "07-04": "", "09-07": ""}
    for year in (2020, 2027, 2040):
        assert version.schedule().windows_on(date(year, 1, 25)) == ()
    with translation.override("pt-br"):
        names = version.holiday_names([2027])
        assert names[date(2027, 1, 25)] == "City of São Paulo"
        assert names[date(2027, 7, 4)] == "feriado municipal"
        assert names[date(2027, 9, 7)] == "Independência do Brasil"


def test_a_date_of_no_year_is_refused() -> None:
    assert list(refused(yearly=["02-30"])) == ["yearly"]


def test_without_a_country_nothing_is_kept() -> None:
    nowhere: Hours = {"zone": "UTC", "weekly": {"mon": DAY_HOURS}}
    version = create(name="UTC", by=None, at=AT, **nowhere)
    assert (version.holidays, version.holidays_until, version.holiday_names([2026])) == (
        {},
        None,
        {},
    )


def test_versions_from_before_keep_what_is_known_now() -> None:
    version = office()
    old = CalendarVersion.objects.create(
        calendar=version.calendar,
        number=2,
        zone="America/Sao_Paulo",
        country="BR",
        subdivision="SP",
        weekly=OFFICE["weekly"],
        created_at=AT,
    )
    name = "0003_keep_known_holidays"
    apps = MigrationLoader(connection).project_state(("calendars", name)).apps
    import_module(f"handoff.calendars.migrations.{name}").keep(apps, None)
    old.refresh_from_db()
    assert old.holidays == version.holidays


def test_schedule_is_built_once_per_version() -> None:
    version = office()
    again = CalendarVersion.objects.get(pk=version.pk)
    assert again.schedule() is version.schedule()


def test_an_unsaved_version_has_a_schedule_too() -> None:
    draft = CalendarVersion(zone="Europe/Lisbon", weekly={"mon": DAY_HOURS})
    assert draft.schedule().windows_on(date(2026, 9, 14))


def test_a_calendar_that_never_opens_is_refused() -> None:
    message = "This calendar has no open minute in the next 60 days."
    assert refused(weekly={}) == {"weekly": [message]}


def test_a_date_both_closed_and_partial_is_refused() -> None:
    found = refused(closed=["2026-12-24"], partial={"2026-12-24": DAY_HOURS})
    assert found == {"partial": ["2026-12-24 is both closed and partly open: keep one."]}


def test_hours_that_cannot_be_read_are_refused_by_field() -> None:
    assert sorted(refused(zone="nowhere", weekly={"mon": ["x"]})) == ["weekly", "zone"]


@pytest.mark.parametrize("name", ["", "   ", "a\x00b", "x" * 121])
def test_a_calendar_needs_a_name(name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        create(name=name, by=None, at=AT, **OFFICE)
    assert list(caught.value.message_dict) == ["name"]


def test_names_are_told_apart_without_case_until_archived() -> None:
    version = office()
    with pytest.raises(ValidationError) as caught:
        create(name="são paulo OFFICE ", by=None, at=AT, **OFFICE)
    assert list(caught.value.message_dict) == ["name"]
    archive(calendar_id=version.calendar_id, at=AT)
    create(name="São Paulo office", by=None, at=AT, **OFFICE)


def test_nothing_is_published_to_an_archived_calendar() -> None:
    version = office()
    archive(calendar_id=version.calendar_id, at=AT)
    with pytest.raises(ValidationError) as caught:
        publish(calendar_id=version.calendar_id, by=None, at=AT, **OFFICE)
    assert list(caught.value.message_dict) == ["calendar"]


def test_a_refused_first_version_leaves_no_calendar() -> None:
    never: Hours = {**OFFICE, "weekly": {}}
    with pytest.raises(ValidationError):
        create(name="Never", by=None, at=AT, **never)
    assert not Calendar.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": 0},
        {"number": 1},
        {"zone": ""},
        {"subdivision": "SP", "country": ""},
        {"weekly": []},
        {"closed": {}},
        {"partial": []},
        {"holidays": []},
        {"yearly": []},
    ],
)
def test_the_database_keeps_the_shape(wrong: dict[str, object]) -> None:
    version = office()
    row = {"calendar": version.calendar, "number": 2, "zone": "UTC", "weekly": {}, "created_at": AT}
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarVersion.objects.create(**{**row, **wrong})
