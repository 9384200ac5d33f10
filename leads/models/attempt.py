"""What the seller did: attempts and contacts, and the next step they planned."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from leads.models.handoff import Handoff


class AttemptChannel(models.TextChoices):
    CALL = "call", _("Call")
    WHATSAPP = "whatsapp", "WhatsApp"
    EMAIL = "email", _("E-mail")
    MEETING = "meeting", _("Meeting")
    VISIT = "visit", _("Visit in person")


class AttemptResult(models.TextChoices):
    """How far it got: tried, reached one way, or a conversation."""

    NO_ANSWER = "no_answer", _("No answer")
    LEFT_MESSAGE = "left_message", _("Left a message")
    CONTACT = "contact", _("Reached")
    TWO_WAY = "two_way", _("Talked")


REACHED = (AttemptResult.CONTACT, AttemptResult.TWO_WAY)


class Attempt(models.Model):
    """One try to reach a lead. `occurred_at` is not `recorded_at`; a gap is shown, not hidden.

    `automatic` messages are never a response and stop no clock.
    """

    handoff = models.ForeignKey(Handoff, models.CASCADE, related_name="attempts")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    channel = models.CharField(_("channel"), max_length=12, choices=AttemptChannel)
    result = models.CharField(_("result"), max_length=16, choices=AttemptResult)
    note = models.TextField(_("note"), blank=True, default="")
    automatic = models.BooleanField(default=False)
    occurred_at = models.DateTimeField(_("happened"))
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("-occurred_at", "-id")
        indexes = [
            models.Index(fields=("handoff", "-occurred_at"), name="attempt_timeline"),
            # sla.actions.touches: what a person records within a minute
            models.Index(fields=("by", "recorded_at"), name="attempt_logged"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(occurred_at__lte=models.F("recorded_at")),
                name="attempt_not_from_the_future",
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.result}"


class NextStep(models.Model):
    """What the seller will do next, and when (UTC). One open step a handoff."""

    handoff = models.ForeignKey(Handoff, models.CASCADE, related_name="next_steps")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    what = models.CharField(_("what"), max_length=200)
    due_at = models.DateTimeField(_("when"))
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("due_at",)
        constraints = [
            models.UniqueConstraint(
                fields=("handoff",),
                condition=Q(done_at__isnull=True),
                name="next_step_one_open_per_handoff",
            )
        ]

    def __str__(self) -> str:
        return self.what
