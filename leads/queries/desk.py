"""A marketer's desk: what to hand off, decide, look at, answer and try again, each list short."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from handoff.people.models import User
from leads.models import Handoff, Interaction, Lead
from leads.models.interaction import STRONG
from leads.models.lead import LeadQuerySet
from leads.models.rule import Score
from leads.package import Package
from leads.queries.evidence import package_now, signal_text
from leads.queries.explanation import Part
from leads.queries.proposals import evidence_of, proposed
from leads.stages import ENDED, LeadStage, ReasonGroup

SHOWN: Final = 8
AFTER_THE_END: Final = (
    LeadStage.WON,
    LeadStage.LOST,
    LeadStage.RECYCLED,
    LeadStage.DISQUALIFIED,
)


@dataclass(frozen=True)
class DeskRow:
    """A lead on the desk. `note` is what the list is about: a signal, a reason, a day. `score` is
    what the criteria make of it, `parts` what earned it the most points."""

    lead: Lead
    title: str
    signal: str
    signal_at: datetime | None
    package: Package | None = None
    reason: str = ""
    note: str = ""
    by: str = ""
    score: Score | None = None
    parts: Sequence[Part] = ()


@dataclass(frozen=True)
class DeskList:
    """A short list and how many there are in all."""

    key: str
    rows: Sequence[DeskRow]
    count: int


@dataclass(frozen=True)
class Desk:
    ready: DeskList
    proposed: DeskList
    answers: DeskList
    news: DeskList
    again: DeskList


def desk_of(user: User, *, today: date, at: datetime) -> Desk:
    """The five lists in eight queries, and one for each version that proposes. `today` is the
    reader's own date; `at` is UTC."""
    mine = Lead.objects.visible_to(user)
    counts, proposals = _counts(mine, today), proposed(today)
    others = mine.exclude(proposals)
    return Desk(
        ready=DeskList("ready", _ready(mine), counts["ready"]),
        proposed=DeskList(
            "proposed", _proposed(mine.filter(proposals), at), mine.filter(proposals).count()
        ),
        answers=DeskList("answers", _answers(mine), counts["answers"]),
        news=DeskList("news", _news(others), counts["news"]),
        again=DeskList("again", _again(others, today), counts["again"]),
    )


def _counts(mine: LeadQuerySet, today: date) -> dict[str, int]:
    return mine.order_by().aggregate(
        ready=Count("pk", filter=Q(stage=LeadStage.MQL)),
        answers=Count("pk", filter=Q(stage=LeadStage.RETURNED)),
        news=Count("pk", filter=Q(stage=LeadStage.NEW)),
        again=Count("pk", filter=Q(stage=LeadStage.RECYCLED) & _due(today)),
    )


def _signalled(leads: LeadQuerySet) -> QuerySet[Lead]:
    """Leads with their newest strong touch, read in the same query."""
    newest = Interaction.objects.filter(lead=OuterRef("pk"), kind__in=STRONG).order_by(
        "-occurred_at", "-pk"
    )
    return leads.select_related("campaign", "score").annotate(
        signal_kind=Subquery(newest.values("kind")[:1]),
        signal_text=Subquery(newest.values("text")[:1]),
        signal_material=Subquery(newest.values("material__name")[:1]),
        signal_at=Subquery(newest.values("occurred_at")[:1]),
    )


def _row(lead: Lead, *, with_package: bool = False, **more: Any) -> DeskRow:
    kind = getattr(lead, "signal_kind", None)
    signal = (
        signal_text(
            kind, getattr(lead, "signal_material", "") or "", getattr(lead, "signal_text", "") or ""
        )
        if kind
        else ""
    )
    return DeskRow(
        lead,
        str(lead),
        signal,
        getattr(lead, "signal_at", None),
        package=package_now(lead, signal) if with_package else None,
        score=getattr(lead, "score", None),
        **more,
    )


def _ready(mine: LeadQuerySet) -> list[DeskRow]:
    ready = _signalled(mine.at(LeadStage.MQL)).select_related("qualified_under")
    rows = ready.order_by("-touched_at", "-pk")[:SHOWN]
    return [_row(lead, with_package=True) for lead in rows]


def _proposed(leads: LeadQuerySet, at: datetime) -> list[DeskRow]:
    found = _signalled(leads).select_related("score__rule_set")
    rows = list(found.order_by("-touched_at", "-pk")[:SHOWN])
    parts = evidence_of([lead.score for lead in rows], at=at)
    return [_row(lead, parts=parts[lead.pk]) for lead in rows]


def _news(mine: LeadQuerySet) -> list[DeskRow]:
    new = _signalled(mine.at(LeadStage.NEW)).order_by("-touched_at", "-pk")[:SHOWN]
    latest = sorted([*new, *_back(mine)], key=lambda lead: lead.touched_at, reverse=True)
    return [_row(lead) for lead in latest[:SHOWN]]


def _back(mine: LeadQuerySet) -> QuerySet[Lead]:
    """Those who came back after their journey had ended."""
    ended_later = Handoff.objects.filter(lead=OuterRef("pk"), ended_at__gte=OuterRef("touched_at"))
    return (
        _signalled(mine.at(*AFTER_THE_END))
        .exclude(Exists(ended_later))
        .exclude(disqualified_at__gte=F("touched_at"))
        .order_by("-touched_at", "-pk")[:SHOWN]
    )


def _answers(mine: LeadQuerySet) -> list[DeskRow]:
    returned = mine.at(LeadStage.RETURNED).select_related("campaign", "score")
    leads = list(returned.order_by("-updated_at", "-pk")[:SHOWN])
    last = _last_journeys(leads)
    return [
        _row(
            lead,
            reason=str(ReasonGroup(last[lead.pk].reason).label),
            note=last[lead.pk].reason_note,
            by=str(last[lead.pk].ended_by or ""),
        )
        for lead in leads
        if lead.pk in last
    ]


def _last_journeys(leads: Iterable[Lead]) -> dict[int, Handoff]:
    ended = Handoff.objects.filter(lead__in=[lead.pk for lead in leads], state__in=ENDED)
    newest = ended.order_by("lead_id", "-ended_at").distinct("lead_id")
    return {row.lead_id: row for row in newest.select_related("ended_by", "team")}


def _again(mine: LeadQuerySet, today: date) -> list[DeskRow]:
    due = mine.at(LeadStage.RECYCLED).filter(_due(today))
    return [_row(lead) for lead in _signalled(due).order_by("recycle_on", "pk")[:SHOWN]]


def _due(today: date) -> Q:
    """Recycled for a day that has come, or for no day in particular."""
    return Q(recycle_on__lte=today) | Q(recycle_on__isnull=True)
