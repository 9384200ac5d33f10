"""Calendars with what they say now, in a constant number of queries."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery

from handoff.calendars.models import Calendar, CalendarVersion
from handoff.calendars.week import spoken_week
from sla.models import Agreement

MOST = 200


@dataclass(frozen=True)
class CalendarRow:
    """A calendar with its newest version; `used` says that an agreement counts by it."""

    version: CalendarVersion
    used: bool

    @property
    def week(self) -> list[tuple[str, str]]:
        return spoken_week(self.version.schedule())


def in_use(*, at: datetime) -> list[CalendarRow]:
    """Calendars that are not archived, by name."""
    used = set(Agreement.objects.not_over(at).values_list("calendar_id", flat=True))
    newest = _newest().filter(calendar__archived_at__isnull=True).order_by("calendar__name", "pk")
    return [CalendarRow(version, version.calendar_id in used) for version in newest[:MOST]]


def _newest() -> QuerySet[CalendarVersion]:
    numbers = CalendarVersion.objects.filter(calendar=OuterRef("calendar")).order_by("-number")
    return CalendarVersion.objects.filter(
        number=Subquery(numbers.values("number")[:1])
    ).select_related("calendar", "created_by")


def versions_of(calendar: Calendar) -> QuerySet[CalendarVersion]:
    """The newest first."""
    return CalendarVersion.objects.filter(calendar=calendar).select_related("created_by")[:50]
