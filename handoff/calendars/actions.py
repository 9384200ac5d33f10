"""Verbs on calendars and absences.

Each raises ValidationError, by field, for what it cannot accept.
"""

from datetime import date, datetime, timedelta
from typing import Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from handoff.calendars import hours as writing
from handoff.calendars import public_holidays
from handoff.calendars.hours import Hours
from handoff.calendars.models import Absence, Calendar, CalendarVersion, zone_of
from handoff.calendars.working_time import DAY, Schedule, Unreachable, local_instant, validate
from handoff.people.models import User

LONGEST_ABSENCE = timedelta(days=366)


@transaction.atomic
def create(*, name: str, by: User | None, at: datetime, **hours: Unpack[Hours]) -> CalendarVersion:
    """A new calendar with its first version."""
    kept = name.strip()
    if not kept or "\x00" in kept or len(kept) > 120:
        raise ValidationError({"name": _("Give the calendar a name of at most 120 characters.")})
    if Calendar.objects.filter(name__iexact=kept, archived_at__isnull=True).exists():
        raise ValidationError({"name": _("Another calendar has this name.")})
    calendar = Calendar.objects.create(name=kept)
    return publish(calendar_id=calendar.pk, by=by, at=at, **hours)


@transaction.atomic
def publish(
    *, calendar_id: int, by: User | None, at: datetime, **hours: Unpack[Hours]
) -> CalendarVersion:
    """A new version of a calendar, in force from now on for what is started from now on."""
    calendar = _locked(calendar_id)
    schedule = checked(hours, at=at)
    newest = calendar.versions.order_by("-number").values_list("number", flat=True).first()
    country, subdivision = hours.get("country", ""), hours.get("subdivision", "")
    optional = bool(hours.get("optional_holidays", False))
    return CalendarVersion.objects.create(
        calendar=calendar,
        number=(newest or 0) + 1,
        zone=hours["zone"],
        country=country,
        subdivision=subdivision,
        optional_holidays=optional,
        holidays=public_holidays.pin(
            country=country, subdivision=subdivision, optional=optional, year=at.year
        ),
        weekly=writing.weekly_text(schedule),
        closed=writing.closed_text(schedule),
        partial=writing.partial_text(schedule),
        yearly=writing.yearly_from(hours.get("yearly", {})),
        created_by=by,
        created_at=at,
    )


@transaction.atomic
def archive(*, calendar_id: int, at: datetime) -> Calendar:
    """Take a calendar out of choice; its versions stay for whatever pins them."""
    calendar = _locked(calendar_id)
    calendar.archived_at = at
    calendar.save(update_fields=["archived_at"])
    return calendar


@transaction.atomic
def be_away(*, person: User, first: date, last: date, why: str, by: User, at: datetime) -> Absence:
    """A person is away from the first day to the last, both whole days where they are.

    Days already past may be among them, but not all. The same days said twice are one absence.
    """
    zone = zone_of(person)
    if last < first:
        raise ValidationError({"last": _("The last day lies before the first.")})
    if last - first > LONGEST_ABSENCE:
        raise ValidationError({"last": _("An absence lasts at most a year.")})
    if not date.min + LONGEST_ABSENCE < first < date.max - 2 * LONGEST_ABSENCE:
        raise ValidationError({"first": _("Choose days that lie ahead.")})
    until = local_instant(zone, last, DAY)
    if until <= at:
        raise ValidationError({"last": _("Choose days that lie ahead.")})
    kept = why.strip()
    if len(kept) > 120 or not kept.isprintable():
        raise ValidationError({"why": _("Say why in at most 120 characters.")})
    begins = local_instant(zone, first, 0)
    same = Absence.objects.ahead(at).filter(person=person, from_at=begins, until_at=until).first()
    return same or Absence.objects.create(
        person=person, from_at=begins, until_at=until, why=kept, created_by=by, created_at=at
    )


@transaction.atomic
def come_back(*, absence_id: int, by: User, at: datetime) -> Absence:
    """End an absence now, or take back one that has not begun. Ended is ended: twice is once."""
    absence = Absence.objects.select_for_update(of=("self",)).get(pk=absence_id)
    if absence.ended_at is None:
        absence.ended_by, absence.ended_at = by, at
        absence.save(update_fields=["ended_by", "ended_at"])
    return absence


def checked(hours: Hours, *, at: datetime) -> Schedule:
    """The schedule of these hours, if it can be published at this instant."""
    schedule = writing.schedule_from(hours)
    twice = schedule.closed.intersection(schedule.partial)
    if twice:
        clash = ValidationError(
            _("%(day)s is both closed and partly open: keep one."),
            params={"day": min(twice).isoformat()},
        )
        raise ValidationError({"partial": clash})
    try:
        validate(schedule, at=at)
    except Unreachable as error:
        raise ValidationError(
            {"weekly": _("This calendar has no open minute in the next 60 days.")}
        ) from error
    return schedule


def _locked(calendar_id: int) -> Calendar:
    calendar = Calendar.objects.select_for_update().get(pk=calendar_id)
    if calendar.archived_at is not None:
        raise ValidationError({"calendar": _("This calendar is archived.")})
    return calendar
