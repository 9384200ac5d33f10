"""Criteria as both teams agreed on them, what they make of each lead, and what was known when."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from handoff.people.access import allowed, reach_of
from handoff.people.models import Side, Team, User
from leads.models.lead import Lead
from leads.stages import RuleSetState


class RuleSetQuerySet(models.QuerySet["RuleSet"]):
    def visible_to(self, user: User) -> Self:
        """Sales reads the criteria of every lead it may get, marketing those of its own teams."""
        reach = reach_of(user)
        if reach.everywhere or reach.team_ids(Side.SALES):
            return self
        return self.filter(Q(team__isnull=True) | Q(team_id__in=reach.team_ids(Side.MARKETING)))

    def active(self) -> Self:
        return self.filter(state=RuleSetState.ACTIVE)

    def speaking_for(self, team_id: int | None) -> "RuleSet | None":
        """The active version for a team's leads: its own, else that of every team without one."""
        common = Q(team__isnull=True)
        rows = self.active().filter(common if team_id is None else common | Q(team_id=team_id))
        return rows.order_by(F("team_id").asc(nulls_last=True)).first()

    def scope_params(self, team_id: int | None) -> dict[str, Any]:
        """What `leads.rules.sql.scope_of` takes: the team, or those with active criteria of their
        own."""
        own = self.active().exclude(team=None).values_list("team_id", flat=True)
        return {"team": team_id, "but": list(own) if team_id is None else []}


class RuleSet(models.Model):
    """One version of the criteria for the leads of one marketing team; `team` empty means every
    team without active criteria of its own.

    `rules` is the JSON form of leads.rules; it never changes once the version is active. Marketing
    proposes and sales approves. `revision` counts the changes of a draft, so that of two people
    who edit one the second is told. `marks` says whether a lead that crosses the line becomes an
    MQL by itself, or is only proposed.
    """

    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    number = models.PositiveIntegerField()
    state = models.CharField(
        _("state"), max_length=10, choices=RuleSetState, default=RuleSetState.DRAFT
    )
    rules = models.JSONField(default=dict)
    marks = models.BooleanField(_("a lead that qualifies becomes an MQL by itself"), default=False)
    why = models.TextField(_("why"), blank=True, default="")
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    retired_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(_("answer of sales"), blank=True, default="")

    objects = RuleSetQuerySet.as_manager()

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(
                fields=("team", "number"), name="rule_set_number_once", nulls_distinct=False
            ),
            models.UniqueConstraint(
                fields=("team",),
                condition=Q(state=RuleSetState.ACTIVE),
                name="rule_set_one_active",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(proposed_at__isnull=True, proposed_by__isnull=True)
                | Q(proposed_at__isnull=False, proposed_by__isnull=False),
                name="rule_set_proposed_when_and_by",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, approved_by__isnull=True)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="rule_set_approved_when_and_by",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(RuleSetState.ACTIVE, RuleSetState.RETIRED))
                | Q(approved_at__isnull=False),
                name="rule_set_active_is_approved",
            ),
            models.CheckConstraint(
                condition=Q(state=RuleSetState.RETIRED, retired_at__isnull=False)
                | (~Q(state=RuleSetState.RETIRED) & Q(retired_at__isnull=True)),
                name="rule_set_retired_has_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team or '*'} v{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("leads:rule_set", args=[self.pk])

    def may_edit(self, user: User) -> bool:
        """Whether it is a draft, and one that the user may change."""
        return self.state == RuleSetState.DRAFT and allowed(user, "rules", on=self.team_id)

    def replaces(self) -> "RuleSet | None":
        """What is in force for the same leads, where this version is to take its place."""
        if self.state not in (RuleSetState.DRAFT, RuleSetState.PROPOSED):
            return None
        return RuleSet.objects.speaking_for(self.team_id)


class Score(models.Model):
    """What the active criteria make of a lead, in hundredths of a point.

    `revision` rises with every write, so that a wave that read an older state leaves a newer score
    alone. `stale_at` is when the mere passing of time may change it (UTC); empty: never.
    `proposes`: it speaks up for its lead, which stood before a verdict when it was scored.
    `dismissed_at` is when somebody set that aside; it is empty again once the lead drops below the
    line or another version speaks for it.
    """

    lead = models.OneToOneField(Lead, models.CASCADE, primary_key=True, related_name="score")
    rule_set = models.ForeignKey(RuleSet, models.PROTECT, db_index=False, related_name="+")
    fit = models.IntegerField()
    engagement = models.IntegerField()
    intent = models.IntegerField()
    grade = models.CharField(max_length=2)
    qualifies = models.BooleanField()
    revision = models.PositiveIntegerField(default=1)
    scored_at = models.DateTimeField()
    stale_at = models.DateTimeField(null=True, blank=True)
    proposes = models.BooleanField(default=False)
    dismissed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            # leads.actions.scoring.rescore_next
            models.Index(
                fields=("stale_at",), condition=Q(stale_at__isnull=False), name="score_stale"
            ),
            # leads.queries.proposals; the many above the line whose verdict is given are not in it
            models.Index(fields=("lead",), condition=Q(proposes=True), name="score_proposes"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(proposes=False) | Q(qualifies=True, dismissed_at__isnull=True),
                name="score_proposes_who_qualifies",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grade} {self.lead_id}"

    @property
    def total(self) -> int:
        return self.fit + self.engagement + self.intent


class Wave(models.Model):
    """All leads scored anew after criteria came into force, a chunk of ids at a time.

    It goes from `first`, below which there was no lead when it began, to `last`, the largest id;
    `low` is the id up to which it has come. `marked` of the leads became MQLs by it. `next_at` is
    empty once it is done.
    """

    rule_set = models.OneToOneField(RuleSet, models.CASCADE, related_name="wave")
    first = models.BigIntegerField(default=0)
    low = models.BigIntegerField(default=0)
    last = models.BigIntegerField()
    changed = models.PositiveIntegerField(default=0)
    marked = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True, next_at__isnull=False)
                | Q(finished_at__isnull=False, next_at__isnull=True),
                name="wave_finished_or_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_set}: {self.low} of {self.last}"

    @property
    def percent(self) -> int:
        if self.finished_at or self.last <= self.first:
            return 100
        return min(99, 100 * (self.low - self.first) // (self.last - self.first))


class LeadChange(models.Model):
    """What a lead's fields were before they changed, so that an earlier moment can be told.

    `before` maps each field that changed to its value until `at` (UTC); an attribute that was not
    there stands as `{"attributes": {"name": null}}`.
    """

    lead = models.ForeignKey(Lead, models.CASCADE, db_index=False, related_name="+")
    at = models.DateTimeField()
    before = models.JSONField()

    class Meta:
        indexes = [
            # leads.rules.sql looks for what changed after a moment
            models.Index(fields=("lead", "-at"), name="lead_change_after"),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.at:%Y-%m-%d}"
