"""The baton itself: one journey of a lead through sales, from the offer to its end."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from handoff.people.access import reach_of
from handoff.people.models import Side, Team, User
from leads.models.lead import Lead
from leads.models.source import Campaign
from leads.stages import ENDED, HELD, OPEN, HandoffState, ReasonGroup


class HandoffQuerySet(models.QuerySet["Handoff"]):
    def visible_to(self, user: User) -> Self:
        """Handoffs to the person's sales teams, and of leads of their marketing teams."""
        reach = reach_of(user)
        if reach.everywhere:
            return self
        return self.filter(
            Q(team_id__in=reach.team_ids(Side.SALES))
            | Q(lead__team_id__in=reach.team_ids(Side.MARKETING))
        )

    def waiting(self) -> Self:
        return self.filter(state=HandoffState.WAITING)

    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def ended(self) -> Self:
        return self.filter(state__in=ENDED)

    def held_by(self, user: User) -> Self:
        return self.filter(claimed_by=user, state__in=HELD)


class Handoff(models.Model):
    """One lead offered to one sales team. A person who comes back gets a new one.

    `claimed_at`, `accepted_at` and `sales_qualified_at` are three separate instants. `pains` and
    `promise` are the package as it was handed over. `imported` marks history from elsewhere,
    which no clock ever ran on. All instants UTC; `value` in the site's currency.
    """

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="handoffs")
    team = models.ForeignKey(Team, models.PROTECT, related_name="+", verbose_name=_("team"))
    state = models.CharField(
        _("state"), max_length=12, choices=HandoffState, default=HandoffState.WAITING
    )
    campaign = models.ForeignKey(Campaign, models.SET_NULL, null=True, blank=True, related_name="+")
    note = models.TextField(_("note"), blank=True, default="")
    pains = models.JSONField(_("pains"), default=list, blank=True)
    promise = models.TextField(_("promise"), blank=True, default="")
    why_now = models.CharField(max_length=200, blank=True, default="")
    completeness = models.PositiveSmallIntegerField(default=0)
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    first_attempt_at = models.DateTimeField(null=True, blank=True)
    first_contact_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    sales_qualified_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(
        _("reason"), max_length=16, choices=ReasonGroup, blank=True, default=""
    )
    reason_note = models.TextField(blank=True, default="")
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=2, null=True, blank=True)
    rescues = models.PositiveSmallIntegerField(default=0)
    imported = models.BooleanField(default=False)

    objects = HandoffQuerySet.as_manager()

    class Meta:
        indexes = [
            # visible_to, the board's counts and reports by cohort
            models.Index(fields=("team", "state"), name="handoff_team_state"),
            models.Index(fields=("-offered_at", "-id"), name="handoff_cohort"),
            # leads.actions.claim: the next one waiting in a team, and what a loser is offered
            models.Index(
                fields=("team", "offered_at", "id"),
                condition=Q(state=HandoffState.WAITING),
                name="handoff_next",
            ),
            # "my claims" and the capacity check
            models.Index(fields=("claimed_by",), condition=Q(state__in=HELD), name="handoff_held"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("lead",), condition=Q(state__in=OPEN), name="handoff_one_open_per_lead"
            ),
            models.CheckConstraint(
                condition=Q(state__in=HELD, claimed_at__isnull=False, claimed_by__isnull=False)
                | Q(state=HandoffState.WAITING, claimed_at__isnull=True, claimed_by__isnull=True)
                | Q(state__in=ENDED),
                name="handoff_claimed_when_and_who",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, ended_at__isnull=True)
                | Q(state__in=ENDED, ended_at__isnull=False),
                name="handoff_ended_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=HandoffState.RETURNED) | ~Q(reason=""),
                name="handoff_returned_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state=HandoffState.ACCEPTED) | Q(accepted_at__isnull=False),
                name="handoff_accepted_has_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead} → {self.team}"

    def get_absolute_url(self) -> str:
        return reverse("leads:handoff", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_held(self) -> bool:
        return self.state in HELD
