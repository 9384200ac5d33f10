"""What happened: one append-only table that is history and outbox at once."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q


class EntryQuerySet(models.QuerySet["Entry"]):
    def about(self, kind: str, pk: int) -> Self:
        return self.filter(about=kind, about_id=pk)

    def due(self, at: datetime) -> Self:
        return self.filter(next_at__lte=at).order_by("next_at", "id")


class Entry(models.Model):
    """One thing that happened, about one thing, by somebody or by the house (`by` empty).

    `at` is when it happened. An entry is delivered once every `@after` reaction to it has run;
    until then `next_at` says when it is tried next. Only those four delivery columns change.
    `delivering_at` is no column: the instant at which the relay runs the reactions.
    """

    delivering_at: datetime | None = None

    event = models.CharField(max_length=64)
    about = models.CharField(max_length=16)
    about_id = models.BigIntegerField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    delivered_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True, default="")

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            # the history on a lead's page
            models.Index(fields=("about", "about_id", "-id"), name="entry_about"),
            # journal.outbox.fire_next
            models.Index(
                fields=("next_at", "id"), condition=Q(next_at__isnull=False), name="entry_due"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True, next_at__isnull=False)
                | Q(delivered_at__isnull=False, next_at__isnull=True),
                name="entry_delivered_or_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.about} {self.about_id}"


class Heartbeat(models.Model):
    """When a loop last came round, whoever ran it; health reads it."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
