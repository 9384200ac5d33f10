"""What the two teams promise each other: an agreement and its clauses."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from handoff.calendars.models import Calendar
from handoff.people.access import reach_of
from handoff.people.models import Side, Team, User
from sla.stages import BINDING, AgreementState, ClauseKind, Evidence


def _together(when: str, who: str, *, name: str) -> models.CheckConstraint:
    """Both are set, or neither is."""
    both = Q(**{f"{when}__isnull": False, f"{who}__isnull": False})
    neither = Q(**{f"{when}__isnull": True, f"{who}__isnull": True})
    return models.CheckConstraint(condition=both | neither, name=name)


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, user: User) -> Self:
        """Marketing reads every promise made to it, sales the promises of its own teams."""
        reach = reach_of(user)
        if reach.everywhere or reach.team_ids(Side.MARKETING):
            return self
        return self.filter(Q(team__isnull=True) | Q(team_id__in=reach.team_ids(Side.SALES)))

    def towards(self, team_id: int | None) -> Self:
        """The versions towards one team, or (None) towards every other team."""
        return self.filter(Q(team__isnull=True) if team_id is None else Q(team_id=team_id))

    def binding(self) -> Self:
        return self.filter(state__in=BINDING)

    def in_force(self, at: datetime) -> Self:
        return self.not_over(at).filter(started_at__lte=at)

    def not_over(self, at: datetime) -> Self:
        """In force, or to be so: nothing that ended, nor what was overtaken before its start."""
        return self.binding().filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at))


class Agreement(models.Model):
    """One version of the promises towards one sales team; `team` empty means every other team.

    One side proposes and the other signs; from then on a version never changes. It is in force from
    `started_at` until `ended_at` (UTC). Before it is signed, `started_at` is when it is to begin,
    empty for the moment of signing. A version whose end lies before its start was overtaken by a
    later one and never was in force. `revision` counts the changes of a draft, so that of two
    people who edit one the second is told.
    """

    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    number = models.PositiveIntegerField()
    state = models.CharField(
        _("state"), max_length=10, choices=AgreementState, default=AgreementState.DRAFT
    )
    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="+")
    claim_accepts = models.BooleanField(_("a claim counts as acceptance and SQL"), default=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    why = models.TextField(_("why"), blank=True, default="")
    answer = models.TextField(_("answer of the other side"), blank=True, default="")
    proposed_side = models.CharField(max_length=10, choices=Side, blank=True, default="")
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
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
                condition=Q(ended_at__isnull=True, state__in=BINDING),
                name="agreement_one_in_force",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=("team",),
                condition=Q(state=AgreementState.PROPOSED),
                name="agreement_one_proposed",
                nulls_distinct=False,
            ),
            _together("created_at", "created_by", name="agreement_created_when_and_by"),
            _together("proposed_at", "proposed_by", name="agreement_proposed_when_and_by"),
            _together("signed_at", "signed_by", name="agreement_signed_when_and_by"),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "unsigned"), proposed_at__isnull=True)
                | Q(state__in=("proposed", "signed"), proposed_at__isnull=False)
                & ~Q(proposed_side=""),
                name="agreement_proposed_by_a_side",
            ),
            models.CheckConstraint(
                condition=Q(state=AgreementState.SIGNED, signed_at__isnull=False)
                | ~Q(state=AgreementState.SIGNED) & Q(signed_at__isnull=True),
                name="agreement_signed_has_when",
            ),
            models.CheckConstraint(
                condition=~Q(signed_by=F("proposed_by")), name="agreement_signed_by_another"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "proposed"), ended_at__isnull=True)
                | Q(state__in=BINDING, started_at__isnull=False),
                name="agreement_binding_has_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team or '*'} v{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("sla:agreement_version", args=[self.pk])


class Clause(models.Model):
    """One promise, in business seconds of the agreement's calendar.

    `warn_before` is counted back from the deadline, `escalate_after` on from it. `evidence` is what
    stops the clauses that run against who holds a lead; for all others it means nothing.
    """

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="clauses")
    kind = models.CharField(_("clause"), max_length=16, choices=ClauseKind)
    target = models.PositiveIntegerField(_("target"))
    evidence = models.CharField(
        _("counts once there is"), max_length=10, choices=Evidence, default=Evidence.ATTEMPT
    )
    warn_before = models.PositiveIntegerField(_("warned before"), default=0)
    escalate_after = models.PositiveIntegerField(_("manager told after"), null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=("agreement", "kind"), name="clause_once"),
            models.CheckConstraint(condition=Q(target__gt=0), name="clause_target_positive"),
            models.CheckConstraint(
                condition=Q(warn_before__lt=F("target")), name="clause_warns_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
