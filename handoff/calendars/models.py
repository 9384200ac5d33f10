"""Calendars, their versions, and who is away.

A version never changes, so a verdict that pins one holds.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Never, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from handoff.calendars import public_holidays
from handoff.calendars.hours import LEAP_YEAR, schedule_from
from handoff.calendars.week import spoken_yearly
from handoff.calendars.working_time import Schedule
from handoff.people.models import User


class Immutable(TypeError):
    """A calendar version was about to be changed or deleted; publish a new one instead."""


def _is_json(column: str, kind: str) -> Exact:
    return Exact(
        Func(F(column), function="jsonb_typeof", output_field=models.TextField()), Value(kind)
    )


class Calendar(models.Model):
    """A named set of opening hours; what it says lies in its versions."""

    name = models.CharField(_("name"), max_length=120)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(
                Lower("name"), condition=Q(archived_at__isnull=True), name="calendar_name_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="calendar_has_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def current(self) -> "CalendarVersion":
        """The newest version. Raises CalendarVersion.DoesNotExist before the first."""
        return CalendarVersion.objects.filter(calendar=self).latest("number")


class CalendarVersionQuerySet(models.QuerySet["CalendarVersion"]):
    def _refuse(self) -> Never:
        raise Immutable("A calendar version does not change; publish a new one.")

    def update(self, **fields: Any) -> Never:
        self._refuse()

    def bulk_update(self, *args: Any, **options: Any) -> Never:
        self._refuse()

    def delete(self) -> Never:
        self._refuse()


class CalendarVersion(models.Model):
    """What a calendar says from one publication to the next.

    `weekly`, `closed`, `partial` and `yearly` are in the spelling of `hours`, local to `zone`.
    `holidays` keeps the public holidays of the years around the publication as they were known
    then (`public_holidays.pin`), so that a new release of their package moves no verdict.
    """

    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    zone = models.CharField(_("time zone"), max_length=64)
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    subdivision = models.CharField(_("state"), max_length=64, blank=True, default="")
    optional_holidays = models.BooleanField(_("optional holidays"), default=False)
    holidays = models.JSONField(_("holidays"), default=dict, blank=True)
    weekly = models.JSONField(_("week"))
    closed = models.JSONField(_("closed days"), default=list, blank=True)
    partial = models.JSONField(_("partial days"), default=dict, blank=True)
    yearly = models.JSONField(_("dates of every year"), default=dict, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    objects = CalendarVersionQuerySet.as_manager()

    class Meta:
        ordering = ("calendar_id", "-number")
        constraints = [
            models.UniqueConstraint(
                fields=("calendar", "number"), name="calendar_version_number_once"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="calendar_version_number_from_one"
            ),
            models.CheckConstraint(condition=~Q(zone=""), name="calendar_version_has_zone"),
            models.CheckConstraint(
                condition=Q(subdivision="") | ~Q(country=""),
                name="calendar_version_state_has_country",
            ),
            models.CheckConstraint(
                condition=Q(_is_json("weekly", "object"))
                & Q(_is_json("closed", "array"))
                & Q(_is_json("partial", "object")),
                name="calendar_version_hours_shaped",
            ),
            models.CheckConstraint(
                condition=Q(_is_json("holidays", "object")), name="calendar_version_holidays_shaped"
            ),
            models.CheckConstraint(
                condition=Q(_is_json("yearly", "object")), name="calendar_version_yearly_shaped"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.calendar} · {self.number}"

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            raise Immutable("A calendar version does not change; publish a new one.")
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> Never:
        raise Immutable("A calendar version is not deleted; archive its calendar.")

    def schedule(self) -> Schedule:
        """The arithmetic's view of this version; built once in a process and shared."""
        return _schedule(self, self.created_at) if self.pk else _build(self)

    def holiday_names(self, years: Collection[int]) -> dict[date, str]:
        """The holidays of some years, its own dates among them, named in the active language."""
        own = spoken_yearly(self.yearly, years)
        kept = public_holidays.pinned_years(self.holidays)
        beyond = public_holidays.spoken_names(
            country=self.country,
            subdivision=self.subdivision,
            optional=self.optional_holidays,
            years=[year for year in years if year not in kept],
        )
        return own | beyond | public_holidays.pinned_names(self.holidays, years)

    @property
    def every_year(self) -> list[tuple[date, str]]:
        """Its dates of every year, as they fall in a leap year, with their names."""
        return list(spoken_yearly(self.yearly, [LEAP_YEAR]).items())

    @property
    def holidays_until(self) -> int | None:
        """The last year whose holidays it keeps; none without a country."""
        kept = public_holidays.pinned_years(self.holidays)
        return kept[-1] if kept else None


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def current(self, at: datetime) -> Self:
        """Those within which an instant lies."""
        return self.filter(from_at__lte=at, until_at__gt=at, ended_at__isnull=True)

    def ahead(self, at: datetime) -> Self:
        """Those that last or are still to come."""
        return self.filter(until_at__gt=at, ended_at__isnull=True)


class Absence(models.Model):
    """Somebody is away, from a first instant to before a last one.

    It stops no promise: a team's closed days are its calendar's. It keeps the person from being
    offered work, and tells whoever leads them to give away what they hold.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    from_at = models.DateTimeField(_("from"))
    until_at = models.DateTimeField(_("until"))
    why = models.CharField(_("why"), max_length=120, blank=True, default="")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ("from_at", "id")
        constraints = [
            models.CheckConstraint(condition=Q(until_at__gt=F("from_at")), name="absence_lasts"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="absence_ended_by_somebody",
            ),
        ]
        indexes = [
            # who is away now: claim next, the board, lists of people to give a lead to
            models.Index(
                fields=["person", "until_at"],
                condition=Q(ended_at__isnull=True),
                name="absence_current",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.first}–{self.last}"

    @property
    def first(self) -> date:
        """The first day away, where the person is."""
        return self.from_at.astimezone(zone_of(self.person)).date()

    @property
    def last(self) -> date:
        """The last day away."""
        return (self.until_at - timedelta(microseconds=1)).astimezone(zone_of(self.person)).date()

    @property
    def back(self) -> date:
        """The day on which they are back."""
        return self.until_at.astimezone(zone_of(self.person)).date()


def zone_of(person: User) -> ZoneInfo:
    return ZoneInfo(person.zone or settings.TIME_ZONE)


def away(people: Collection[int], at: datetime) -> dict[int, date]:
    """Who of them is away at an instant, by id, and the day on which they are back."""
    rows = Absence.objects.current(at).filter(person__in=people).select_related("person")
    return {row.person_id: row.back for row in rows.order_by("until_at")}


@lru_cache(maxsize=512)
def _schedule(version: CalendarVersion, created_at: datetime) -> Schedule:
    """Rows are equal by id; the instant tells two databases in one process apart."""
    return _build(version)


def _build(version: CalendarVersion) -> Schedule:
    """Its place is not checked again: a release of the package may have dropped or renamed it."""
    beyond = public_holidays.by_year(
        country=version.country,
        subdivision=version.subdivision,
        optional=version.optional_holidays,
    )
    return schedule_from(
        {
            "zone": version.zone,
            "weekly": version.weekly,
            "closed": version.closed,
            "partial": version.partial,
            "yearly": version.yearly,
        },
        holidays=public_holidays.pinned(version.holidays, beyond),
    )
