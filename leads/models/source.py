"""Where leads come from: sources of record, campaigns and their materials."""

from typing import Self

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from handoff.people.access import reach_of
from handoff.people.models import Side, Team, User


class Source(models.Model):
    """A system whose records we take in and whose ids we keep, such as a form or a CRM."""

    name = models.CharField(_("name"), max_length=120, unique=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, user: User) -> Self:
        """Campaigns of the person's marketing teams."""
        reach = reach_of(user)
        if reach.everywhere:
            return self
        return self.filter(team_id__in=reach.team_ids(Side.MARKETING))


class Campaign(models.Model):
    """What marketing ran: what it cost, and what it promised the person who answered it.

    `cost` is in the site's currency, for the whole run.
    """

    team = models.ForeignKey(Team, models.PROTECT, related_name="+", verbose_name=_("team"))
    name = models.CharField(_("name"), max_length=160)
    origin = models.CharField(_("origin"), max_length=60, blank=True)
    cost = models.DecimalField(_("cost"), max_digits=12, decimal_places=2, default=0)
    promise = models.TextField(_("promise"), blank=True, max_length=2_000)
    playbook = models.TextField(_("playbook"), blank=True, max_length=4_000)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_on", "name")
        constraints = [
            models.UniqueConstraint(fields=("team", "name"), name="campaign_name_once_a_team"),
            models.CheckConstraint(
                condition=models.Q(cost__gte=0), name="campaign_cost_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Material(models.Model):
    """Something to read or watch that a lead can have taken: an e-book, a price list."""

    name = models.CharField(_("name"), max_length=160, unique=True)
    url = models.URLField(_("address"), blank=True, max_length=500)
    campaign = models.ForeignKey(
        Campaign, models.SET_NULL, null=True, blank=True, related_name="materials"
    )

    class Meta:
        ordering = ("name",)
        indexes = [
            # criteria name materials without regard to case, and every touch asks for them
            models.Index(Lower("name"), name="material_lower"),
        ]

    def __str__(self) -> str:
        return self.name
