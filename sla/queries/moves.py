"""Open clocks that an earlier version of their calendar still counts."""

from django.db.models import QuerySet

from handoff.calendars.models import CalendarVersion
from sla.models import Clock, Move, Verdict


def counted_by_others(version: CalendarVersion) -> QuerySet[Clock]:
    """Running clocks of the same calendar that another version counts."""
    others = CalendarVersion.objects.filter(calendar=version.calendar_id).exclude(pk=version.pk)
    return Clock.objects.filter(
        verdict=Verdict.RUNNING,
        stopped_at__isnull=True,
        calendar_id__in=list(others.values_list("pk", flat=True)),
    )


def move_under_way(version: CalendarVersion) -> Move | None:
    return Move.objects.filter(version=version, finished_at__isnull=True).first()
