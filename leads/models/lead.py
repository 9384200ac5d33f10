"""A person who may buy, known once however often they come back."""

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from handoff.people.access import reach_of
from handoff.people.models import Side, Team, User
from leads.models.source import Campaign, Source
from leads.stages import LeadStage


class LegalBasis(models.TextChoices):
    """LGPD art. 7: the ground on which the person's data are kept."""

    CONSENT = "consent", _("Consent")
    CONTRACT = "contract", _("Contract or steps before one")
    LEGITIMATE_INTEREST = "legitimate_interest", _("Legitimate interest")
    LEGAL_OBLIGATION = "legal_obligation", _("Legal obligation")
    UNKNOWN = "unknown", _("Not stated")


class LeadQuerySet(models.QuerySet["Lead"]):
    def visible_to(self, user: User) -> Self:
        """Leads of the person's marketing teams, and those handed to their sales teams."""
        reach = reach_of(user)
        if reach.everywhere:
            return self
        handed = Lead.objects.filter(handoffs__team_id__in=reach.team_ids(Side.SALES))
        return self.filter(
            Q(team_id__in=reach.team_ids(Side.MARKETING)) | Q(pk__in=handed.values("pk"))
        )

    def at(self, *stages: LeadStage) -> Self:
        return self.filter(stage__in=stages)


class Lead(models.Model):
    """The thing handed over. `team` is the marketing team that owns it.

    `email_key`, `phone_key` (E.164) and (`source`, `external_id`) identify a person; `search` is
    the accent-folded text that search reads. `inbound_at` is the first time they came, and
    `touched_at` the latest; both UTC. `qualified_under` is the version of the criteria that made it
    an MQL, or whose proposal somebody followed.
    """

    team = models.ForeignKey(
        Team, models.PROTECT, db_index=False, related_name="+", verbose_name=_("team")
    )
    stage = models.CharField(_("stage"), max_length=16, choices=LeadStage, default=LeadStage.NEW)
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    email_key = models.CharField(max_length=254, blank=True, default="")
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    phone_key = models.CharField(max_length=20, blank=True, default="")
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("source"),
    )
    external_id = models.CharField(_("external id"), max_length=120, blank=True)
    company = models.CharField(_("company"), max_length=200, blank=True)
    cnpj = models.CharField("CNPJ", max_length=14, blank=True)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    region = models.CharField(_("state or region"), max_length=60, blank=True)
    origin = models.CharField(_("origin"), max_length=60, blank=True)
    campaign = models.ForeignKey(
        Campaign,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name=_("campaign"),
    )
    utm = models.JSONField(default=dict, blank=True)
    landing_page = models.CharField(_("landing page"), max_length=500, blank=True)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    pains = models.JSONField(_("pains"), default=list, blank=True)
    legal_basis = models.CharField(
        _("legal basis"), max_length=24, choices=LegalBasis, default=LegalBasis.UNKNOWN
    )
    search = models.TextField(blank=True, default="")
    inbound_at = models.DateTimeField(_("came in"))
    touched_at = models.DateTimeField(_("latest touch"))
    marketing_qualified_at = models.DateTimeField(null=True, blank=True)
    marketing_qualified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )
    qualification_reason = models.TextField(blank=True, default="")
    qualified_under = models.ForeignKey(
        "leads.RuleSet", models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    disqualified_at = models.DateTimeField(null=True, blank=True)
    disqualified_reason = models.TextField(blank=True, default="")
    recycle_on = models.DateField(null=True, blank=True)
    batch = models.ForeignKey(
        "leads.ImportBatch",
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = LeadQuerySet.as_manager()
    handoffs: "models.Manager[Any]"

    class Meta:
        indexes = [
            # the lead list and its stage filter, newest touch first, keyset paged
            models.Index(fields=("team", "-touched_at", "-id"), name="lead_list"),
            models.Index(fields=("stage", "-touched_at", "-id"), name="lead_stage_list"),
            models.Index(fields=("-touched_at", "-id"), name="lead_all_list"),
            # leads.actions.intake finds a returning person by phone
            models.Index(fields=("phone_key",), condition=~Q(phone_key=""), name="lead_phone"),
            # the search box
            GinIndex(SearchVector("search", config="simple"), name="lead_search"),
            # reports by origin and cohort
            models.Index(fields=("origin", "inbound_at"), name="lead_origin"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("email_key",), condition=~Q(email_key=""), name="lead_email_once"
            ),
            models.UniqueConstraint(
                fields=("phone_key",),
                condition=~Q(phone_key="") & Q(email_key=""),
                name="lead_phone_once_without_email",
            ),
            models.UniqueConstraint(
                fields=("source", "external_id"),
                condition=~Q(external_id=""),
                name="lead_external_id_once",
            ),
            models.CheckConstraint(
                condition=~Q(email_key="") | ~Q(phone_key="") | ~Q(external_id=""),
                name="lead_is_known_by_something",
            ),
            models.CheckConstraint(
                condition=Q(external_id="") | Q(source__isnull=False),
                name="lead_external_id_has_source",
            ),
            models.CheckConstraint(
                condition=Q(marketing_qualified_at__isnull=False)
                | Q(marketing_qualified_by__isnull=True),
                name="lead_mql_by_has_when",
            ),
            models.CheckConstraint(
                condition=Q(marketing_qualified_at__isnull=False) | Q(qualified_under__isnull=True),
                name="lead_mql_under_has_when",
            ),
            models.CheckConstraint(
                condition=~Q(stage=LeadStage.DISQUALIFIED) | Q(disqualified_at__isnull=False),
                name="lead_disqualified_has_when",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.company or self.phone or self.external_id

    def get_absolute_url(self) -> str:
        return reverse("leads:lead", args=[self.pk])
