"""What speaks for a lead on three axes: who they are, what they did, what they asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Max
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.identity import cnpj_text
from leads.models import Interaction, InteractionKind, Lead
from leads.models.interaction import ASKED, STRONG
from leads.package import Package, package_of
from leads.queries.grounds import text_of
from leads.queries.timeline import ICONS

MOST_ATTRIBUTES: Final = 12


@dataclass(frozen=True)
class Sign:
    """One piece of evidence, and when it was last seen where that is known."""

    icon: str
    label: str
    text: str = ""
    instant: datetime | None = None


@dataclass(frozen=True)
class Axis:
    """One way to look at a lead; `lacks` says what is missing where there is no evidence."""

    key: str
    title: str | Promise
    lacks: str | Promise
    signs: Sequence[Sign]


@dataclass(frozen=True)
class Strongest:
    """The newest touch that says why now."""

    text: str
    icon: str
    instant: datetime


def axes_of(lead: Lead) -> tuple[Axis, Axis, Axis]:
    """Fit, engagement and intent, in one query."""
    engagement, intent = _deeds(lead)
    return (
        Axis(
            "fit",
            gettext_lazy("Fit"),
            gettext_lazy("Nothing is known about the company or the person yet."),
            _fit(lead),
        ),
        Axis(
            "engagement",
            gettext_lazy("Engagement"),
            gettext_lazy("No visits, e-mails or downloads were recorded."),
            engagement,
        ),
        Axis(
            "intent",
            gettext_lazy("Intent"),
            gettext_lazy("They have not asked for a demo, a price or an answer yet."),
            intent,
        ),
    )


def _fit(lead: Lead) -> list[Sign]:
    place = ", ".join(filter(None, (lead.city, lead.region)))
    known = (
        ("building-2", _("Company"), lead.company),
        ("briefcase", _("Job title"), lead.job_title),
        ("map-pin", _("Place"), place),
        ("file-badge", "CNPJ", cnpj_text(lead.cnpj)),
    )
    signs = [Sign(icon, label, text) for icon, label, text in known if text]
    more = list(lead.attributes.items())[:MOST_ATTRIBUTES]
    return signs + [Sign("tag", _words(name), text_of(value)) for name, value in more]


def _words(name: str) -> str:
    return capfirst(name.replace("_", " ").strip())


def _deeds(lead: Lead) -> tuple[list[Sign], list[Sign]]:
    engagement: list[Sign] = []
    intent: list[Sign] = []
    counted = (
        Interaction.objects.filter(lead=lead)
        .order_by()
        .values_list("kind", "material__name")
        .annotate(n=Count("pk"), last=Max("occurred_at"))
        .order_by("-last")
    )
    for kind, material, n, last in counted[:40]:
        word = InteractionKind(kind)
        sign = Sign(ICONS[word], word.said(material or ""), f"× {n}" if n > 1 else "", last)
        (intent if word in ASKED else engagement).append(sign)
    return engagement, intent


def strongest_of(lead: Lead) -> Strongest | None:
    """The newest strong touch of a lead."""
    row = (
        Interaction.objects.filter(lead=lead, kind__in=STRONG)
        .select_related("material")
        .order_by("-occurred_at", "-pk")
        .first()
    )
    if row is None:
        return None
    return Strongest(signal_text(row.kind, str(row.material or ""), row.text), *_seen(row))


def _seen(row: Interaction) -> tuple[str, datetime]:
    return ICONS[InteractionKind(row.kind)], row.occurred_at


def signal_text(kind: str, material: str, text: str) -> str:
    """A strong touch in a few words, such as “Download: Price list”."""
    return InteractionKind(kind).said(material or text.strip())[:160]


def package_now(lead: Lead, why_now: str) -> Package:
    """The package as it would be handed over today."""
    promise = lead.campaign.promise if lead.campaign else ""
    return package_of(lead, why_now=why_now, promise=promise)
