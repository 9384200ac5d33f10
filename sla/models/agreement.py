"""What the two teams promise each other: an agreement and its clauses."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from handoff.calendars.models import Calendar
from handoff.people.access import reach_of
from handoff.people.models import Side, Team, User
from sla.stages import ClauseKind


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, user: User) -> Self:
        """Marketing reads every promise made to it, sales the promises of its own teams."""
        reach = reach_of(user)
        if reach.everywhere or reach.team_ids(Side.MARKETING):
            return self
        return self.filter(Q(team__isnull=True) | Q(team_id__in=reach.team_ids(Side.SALES)))

    def in_force(self) -> Self:
        return self.filter(ended_at__isnull=True)


class Agreement(models.Model):
    """One version of the promises towards one sales team; `team` empty means every other team.

    A published version never changes: publishing again ends this one and starts the next.
    """

    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    number = models.PositiveIntegerField()
    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="+")
    claim_accepts = models.BooleanField(_("a claim counts as acceptance and SQL"), default=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = AgreementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("team", "number"), name="agreement_number_once", nulls_distinct=False
            ),
            models.UniqueConstraint(
                fields=("team",),
                condition=Q(ended_at__isnull=True),
                name="agreement_one_in_force",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team or '*'} v{self.number}"


class Clause(models.Model):
    """One promise, in business seconds of the agreement's calendar.

    `warn_before` is counted back from the deadline, `escalate_after` on from it.
    """

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="clauses")
    kind = models.CharField(_("clause"), max_length=16, choices=ClauseKind)
    target = models.PositiveIntegerField(_("target"))
    warn_before = models.PositiveIntegerField(_("warned before"), default=0)
    escalate_after = models.PositiveIntegerField(_("manager told after"), null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=("agreement", "kind"), name="clause_once"),
            models.CheckConstraint(condition=Q(target__gt=0), name="clause_target_positive"),
            models.CheckConstraint(
                condition=Q(warn_before__lt=models.F("target")), name="clause_warns_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
