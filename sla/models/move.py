"""Open clocks on their way to another version of their calendar."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from handoff.calendars.models import CalendarVersion


class Move(models.Model):
    """Somebody's word that the open clocks of a calendar are counted by this version of it.

    Clocks are taken by id, from `low` up to `last`, in chunks; `next_at` (UTC) is when the next
    chunk is due, empty once it is finished. `rounds` counts how often it went over them.
    """

    version = models.ForeignKey(CalendarVersion, models.PROTECT, related_name="+")
    low = models.PositiveBigIntegerField(default=0)
    last = models.PositiveBigIntegerField()
    moved = models.PositiveIntegerField(default=0)
    rounds = models.PositiveSmallIntegerField(default=0)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            # sla.actions.moving.move_next
            models.Index(
                fields=("next_at", "id"), condition=Q(next_at__isnull=False), name="move_due"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(next_at__isnull=True) ^ Q(finished_at__isnull=True),
                name="move_goes_on_or_is_finished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.low}/{self.last}"
