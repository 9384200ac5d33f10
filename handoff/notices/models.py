"""Who is told of what, by which channel, and how it went."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, at: datetime) -> Self:
        return self.filter(next_at__lte=at).order_by("next_at", "id")

    def bell_of(self, user_id: int) -> Self:
        return self.filter(recipient_id=user_id, channel=Delivery.Channel.BELL).order_by("-id")

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class Delivery(models.Model):
    """One message to one person by one channel. `key` makes telling twice impossible.

    Texts are rendered at the moment of telling, in the recipient's language.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        BELL = "bell", _("Bell")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        SILENT = "silent", _("not wanted")
        FAILED = "failed", _("failed")

    entry = models.ForeignKey("journal.Entry", models.PROTECT, related_name="+", db_index=False)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    channel = models.CharField(max_length=12, choices=Channel)
    event = models.CharField(max_length=64)
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True, default="")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            # notices.outbox.fire_next
            models.Index(
                fields=("next_at", "id"), condition=Q(next_at__isnull=False), name="delivery_due"
            ),
            # the bell
            models.Index(fields=("recipient", "channel", "-id"), name="delivery_bell"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("entry", "recipient", "channel"), name="delivery_told_once"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", next_at__isnull=False, sent_at__isnull=True)
                | Q(state="sent", next_at__isnull=True, sent_at__isnull=False)
                | Q(state__in=("silent", "failed"), next_at__isnull=True, sent_at__isnull=True),
                name="delivery_state_and_instants",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.recipient_id} ({self.channel})"
