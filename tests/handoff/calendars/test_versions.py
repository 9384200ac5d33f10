"""Calendars are published in versions that never change."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

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
    ],
)
def test_the_database_keeps_the_shape(wrong: dict[str, object]) -> None:
    version = office()
    row = {"calendar": version.calendar, "number": 2, "zone": "UTC", "weekly": {}, "created_at": AT}
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarVersion.objects.create(**{**row, **wrong})
