"""What sales owes marketing when a journey ends, and what it answered."""

from typing import Final, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from handoff.people.access import reach_of
from handoff.people.models import Side, User
from leads.models import Handoff
from leads.stages import ReasonGroup

WEAK: Final = 2


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def visible_to(self, user: User) -> Self:
        reach = reach_of(user)
        if reach.everywhere:
            return self
        return self.filter(
            Q(handoff__team_id__in=reach.team_ids(Side.SALES))
            | Q(handoff__lead__team_id__in=reach.team_ids(Side.MARKETING))
        )

    def owed(self) -> Self:
        return self.filter(given_at__isnull=True)

    def given(self) -> Self:
        return self.filter(given_at__isnull=False)


class Feedback(models.Model):
    """Asked for once a journey ends; given when `given_at` is set (UTC).

    `quality` is 1 (waste of time) to 5 (ready to buy). `accepted` says whether the lead was what
    the agreement promises. `reply` is what marketing answered to it, once.
    """

    handoff = models.OneToOneField(Handoff, models.CASCADE, related_name="+")
    asked_of = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True, blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted = models.BooleanField(_("as agreed"), null=True, blank=True)
    quality = models.PositiveSmallIntegerField(
        _("quality"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    reason = models.CharField(
        _("reason"), max_length=16, choices=ReasonGroup, blank=True, default=""
    )
    comment = models.TextField(_("comment"), blank=True, default="", max_length=2_000)
    reply = models.TextField(_("answer of marketing"), blank=True, default="", max_length=2_000)
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "feedback"
        indexes = [
            # "waiting for feedback" in a seller's work
            models.Index(
                fields=("asked_of",), condition=Q(given_at__isnull=True), name="feedback_owed"
            ),
            # reports by period
            models.Index(fields=("given_at",), name="feedback_given"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(quality__isnull=True) | Q(quality__gte=1, quality__lte=5),
                name="feedback_quality_1_to_5",
            ),
            models.CheckConstraint(
                condition=Q(given_at__isnull=True, given_by__isnull=True)
                | Q(
                    given_at__isnull=False,
                    given_by__isnull=False,
                    quality__isnull=False,
                    accepted__isnull=False,
                ),
                name="feedback_given_when_and_who",
            ),
            models.CheckConstraint(
                condition=Q(replied_at__isnull=True, replied_by__isnull=True)
                | Q(replied_at__isnull=False, replied_by__isnull=False, given_at__isnull=False),
                name="feedback_replied_when_and_who",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handoff_id}: {self.quality or '–'}"

    @property
    def is_negative(self) -> bool:
        """Whether marketing owes it an answer: not as agreed, or two stars and less."""
        return self.given_at is not None and (not self.accepted or (self.quality or 0) <= WEAK)
