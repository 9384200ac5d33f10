"""Whose promises somebody may read, and one version of them as a page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from handoff.calendars.models import CalendarVersion
from handoff.people.access import reach_of
from handoff.people.models import Side, Team, User
from sla.models import Agreement, Clause
from sla.models.agreement import AgreementQuerySet

MOST_VERSIONS: Final = 50
PEOPLE: Final = ("team", "calendar", "created_by", "proposed_by", "signed_by")


@dataclass(frozen=True)
class Promises:
    """One version with its clauses, and the calendar version that counts today."""

    agreement: Agreement
    clauses: Sequence[Clause]
    hours: CalendarVersion


def sides_of(user: User, word: str, team_id: int | None) -> list[str]:
    """The sides for which somebody may do `word` in what is agreed with a sales team, or (None)
    with every other team: there any of the teams of sales speaks for sales."""
    reach = reach_of(user)
    if reach.holds_everywhere(word):
        return [Side.MARKETING, Side.SALES]
    sales = reach.team_ids(Side.SALES)
    teams = {
        Side.MARKETING: reach.team_ids(Side.MARKETING),
        Side.SALES: sales if team_id is None else [pk for pk in sales if pk == team_id],
    }
    return [side for side, pks in teams.items() if any(reach.holds(word, pk) for pk in pks)]


def teams_read_by(user: User) -> QuerySet[Team]:
    """Sales teams whose agreement somebody may read: marketing reads all of them."""
    reach = reach_of(user)
    teams = Team.objects.filter(side=Side.SALES, archived_at__isnull=True)
    if reach.everywhere or reach.team_ids(Side.MARKETING):
        return teams
    return teams.filter(pk__in=reach.team_ids(Side.SALES))


def promises_of(agreement: Agreement) -> Promises:
    clauses = list(Clause.objects.filter(agreement=agreement))
    return Promises(agreement, clauses, agreement.calendar.current())


def versions_towards(team_id: int | None, user: User) -> AgreementQuerySet:
    """The versions towards a team, or towards every other, the newest first."""
    found = Agreement.objects.visible_to(user).select_related(*PEOPLE)
    return found.towards(team_id).order_by("-number")


def own_agreements(user: User, teams: Sequence[Team], *, at: datetime) -> set[int]:
    """Ids of those teams that have an agreement of their own, in force or on its way."""
    on_its_way = Agreement.objects.filter(state__in=("draft", "proposed"))
    found = (Agreement.objects.not_over(at) | on_its_way).visible_to(user).filter(team__in=teams)
    return {team_id for team_id in found.values_list("team_id", flat=True) if team_id}
