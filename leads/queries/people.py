"""Lists of leads: filtered, searched, paged by key, and as a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from handoff.people.models import User
from leads.identity import search_words
from leads.models import Campaign, Handoff, Lead
from leads.models.lead import LeadQuerySet
from leads.queries.proposals import proposed
from leads.stages import LeadStage

PAGE: Final = 50
BLANK: Final = "-"
"""How a filter names what has no origin."""
COLUMNS: Final = (
    *("grade", "company", "job_title", "origin", "campaign", "city", "email", "phone"),
    *("inbound_at", "touched_at"),
)
SHOWN_FIRST: Final = ("grade", "company", "origin", "campaign", "touched_at")
READ: Final = (
    *("pk", "name", "email", "phone", "company", "external_id", "stage", "job_title"),
    *("origin", "city", "campaign__name", "inbound_at", "touched_at", "score__grade"),
)
FILE: Final = (
    *("id", "stage", "name", "email", "phone", "company", "cnpj", "job_title", "city", "region"),
    *("origin", "campaign", "source", "external_id", "legal_basis", "inbound_at", "touched_at"),
    *("marketing_qualified_at", "grade"),
)
ELSEWHERE: Final = {"campaign": "campaign__name", "source": "source__name", "grade": "score__grade"}
FILE_READ: Final = tuple(ELSEWHERE.get(name, name) for name in FILE)


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed by; empty means everything. `proposed_on`: only whom the criteria
    propose on that day."""

    query: str = ""
    stages: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    campaigns: tuple[int, ...] = ()
    grades: tuple[str, ...] = ()
    mine: bool = False
    proposed_on: date | None = None

    @property
    def any(self) -> bool:
        return self != Filters()


@dataclass(frozen=True)
class LeadRow:
    """One line of a list, its words ready to be shown."""

    pk: int
    title: str
    stage: str
    stage_label: str
    cells: dict[str, Any]


@dataclass(frozen=True)
class LeadPage:
    rows: Sequence[LeadRow]
    next: str = ""


def leads_of(user: User, filters: Filters) -> LeadQuerySet:
    """The leads that a person may see, narrowed."""
    rows = Lead.objects.visible_to(user)
    if filters.stages:
        rows = rows.filter(stage__in=filters.stages)
    if filters.origins:
        rows = rows.filter(origin__in=["" if one == BLANK else one for one in filters.origins])
    if filters.campaigns:
        rows = rows.filter(campaign_id__in=filters.campaigns)
    if filters.grades:
        rows = rows.filter(score__grade__in=filters.grades)
    if filters.proposed_on is not None:
        rows = rows.filter(proposed(filters.proposed_on))
    if filters.mine:
        rows = rows.filter(marketing_qualified_by=user)
    return found(rows, filters.query) if filters.query else rows


def found(rows: LeadQuerySet, query: str) -> LeadQuerySet:
    """The leads whose words begin with each word of the query."""
    words = search_words(query)
    if not words:
        return rows.none()
    wanted = SearchQuery(
        " & ".join(f"{word}:*" for word in words), config="simple", search_type="raw"
    )
    vector = SearchVector("search", config="simple")
    return rows.alias(words=vector).filter(words=wanted)


def lead_page(user: User, filters: Filters, *, after: str = "", limit: int = PAGE) -> LeadPage:
    """One page, latest touch first; `after` is the place where the one before ended."""
    rows = leads_of(user, filters).filter(beyond(after)).order_by("-touched_at", "-pk")
    read = list(rows.values_list(*READ)[: limit + 1])
    page = [_row(dict(zip(READ, values, strict=True))) for values in read[:limit]]
    more = len(read) > limit
    return LeadPage(page, place_of(page[-1]) if more else "")


def place_of(row: LeadRow) -> str:
    return place_after(row.cells["touched_at"], row.pk)


def place_after(touched_at: datetime, pk: int) -> str:
    """The cursor of a page that ended with this lead; `beyond` reads it."""
    return f"{touched_at.timestamp():.6f}-{pk}"


def beyond(after: str) -> Q:
    """What lies after a cursor; everything where it is none."""
    seconds, _dash, pk = after.partition("-")
    try:
        instant = datetime.fromtimestamp(float(seconds), tz=timezone.get_default_timezone())
        number = int(pk[:18])
    except (ValueError, OverflowError, OSError):
        return Q()
    return Q(touched_at__lt=instant) | Q(touched_at=instant, pk__lt=number)


def _row(values: dict[str, Any]) -> LeadRow:
    title = next(filter(None, (values[name] for name in TITLE)), "")
    values["campaign"] = values.pop("campaign__name") or ""
    values["grade"] = values.pop("score__grade") or ""
    label = str(LeadStage(values["stage"]).label)
    return LeadRow(values["pk"], title, values["stage"], label, values)


TITLE: Final = ("name", "email", "company", "phone", "external_id")


@dataclass(frozen=True)
class Found:
    """A lead that search found; `journey` is its latest handoff, if there is one to see."""

    row: LeadRow
    journey: int | None


def search_page(
    user: User, query: str, *, after: str = "", limit: int = PAGE
) -> tuple[Sequence[Found], str]:
    """What begins with the query's words, latest touch first, and where the page ended."""
    journeys = Handoff.objects.visible_to(user).filter(lead=OuterRef("pk")).order_by("-offered_at")
    rows = found(Lead.objects.visible_to(user).filter(beyond(after)), query)
    read = list(
        rows.order_by("-touched_at", "-pk")
        .annotate(journey=Subquery(journeys.values("pk")[:1]))
        .values_list(*READ, "journey")[: limit + 1]
    )
    page = [
        Found(_row(dict(zip(READ, values[:-1], strict=True))), values[-1])
        for values in read[:limit]
    ]
    return page, place_of(page[-1].row) if len(read) > limit else ""


def file_rows(user: User, filters: Filters) -> Iterator[Sequence[object]]:
    """Every lead of a list for a file, read as it is written."""
    rows = leads_of(user, filters).order_by("-touched_at", "-pk")
    yield from rows.values_list(*FILE_READ).iterator(chunk_size=2_000)


def origins() -> list[str]:
    """Every origin there is, found by jumping from one to the next in the index."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE jump AS (
                (SELECT origin FROM leads_lead ORDER BY origin LIMIT 1)
                UNION ALL
                SELECT (SELECT origin FROM leads_lead WHERE origin > jump.origin
                        ORDER BY origin LIMIT 1)
                FROM jump WHERE jump.origin IS NOT NULL
            )
            SELECT origin FROM jump WHERE origin IS NOT NULL LIMIT 200
            """
        )
        return [origin for (origin,) in cursor.fetchall()]


def campaigns_of(user: User) -> list[tuple[int, str]]:
    rows = Campaign.objects.visible_to(user).order_by("name")
    return list(rows.values_list("pk", "name")[:500])
