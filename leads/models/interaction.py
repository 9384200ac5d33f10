"""What a person did: visits, e-mails, downloads, events, requests and words."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from leads.models.lead import Lead
from leads.models.source import Campaign, Material


class InteractionKind(models.TextChoices):
    VISIT = "visit", _("Visit")
    EMAIL_OPEN = "email_open", _("E-mail opened")
    EMAIL_CLICK = "email_click", _("E-mail clicked")
    DOWNLOAD = "download", _("Download")
    EVENT = "event", _("Event")
    FORM = "form", _("Form")
    DEMO_REQUEST = "demo_request", _("Demo request")
    PRICE_REQUEST = "price_request", _("Price request")
    MESSAGE = "message", _("Message")

    def said(self, what: str) -> str:
        """ "Download: Price list", or the kind alone."""
        return f"{self.label}: {what}" if what else str(self.label)


STRONG = (
    InteractionKind.DEMO_REQUEST,
    InteractionKind.PRICE_REQUEST,
    InteractionKind.MESSAGE,
    InteractionKind.EVENT,
    InteractionKind.DOWNLOAD,
)
"""Kinds that say why now, strongest first."""
ASKED = frozenset(
    {InteractionKind.DEMO_REQUEST, InteractionKind.PRICE_REQUEST, InteractionKind.MESSAGE}
)
"""What people do who mean to buy: intent; all else is engagement."""


class Interaction(models.Model):
    """One touch. `occurred_at` is when it happened, `recorded_at` when we heard; both UTC.

    `external_key` is the sender's own id, by which the same touch sent twice is one.
    """

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="interactions")
    kind = models.CharField(_("kind"), max_length=16, choices=InteractionKind)
    occurred_at = models.DateTimeField(_("happened"))
    recorded_at = models.DateTimeField()
    text = models.TextField(_("text"), blank=True, default="")
    url = models.CharField(_("address"), max_length=500, blank=True, default="")
    material = models.ForeignKey(Material, models.SET_NULL, null=True, blank=True, related_name="+")
    campaign = models.ForeignKey(Campaign, models.SET_NULL, null=True, blank=True, related_name="+")
    external_key = models.CharField(max_length=160, blank=True, default="")

    class Meta:
        indexes = [
            # the timeline, and the newest strong signal of a lead; scores are counted from what
            # it includes, without a look at the rows
            models.Index(
                fields=("lead", "-occurred_at"),
                include=("kind", "material", "recorded_at"),
                name="interaction_of_lead",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("external_key",),
                condition=~models.Q(external_key=""),
                name="interaction_key_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.lead_id}"
