"""Whose promises somebody may read, and one version of them as a page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from handoff.calendars.models import CalendarVersion
from handoff.people.access import reach_of
from handoff.people.models import Side, Team, User
from sla.models import Agreement, Clause

MOST_VERSIONS = 50


@dataclass(frozen=True)
class Promises:
    """One version with its clauses, and the calendar version that counts today."""

    agreement: Agreement
    clauses: Sequence[Clause]
    hours: CalendarVersion


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


def versions_towards(team_id: int | None, user: User) -> QuerySet[Agreement]:
    """The versions towards a team, or towards every other, the newest first."""
    found = Agreement.objects.visible_to(user).select_related("calendar", "published_by", "team")
    towards = found.filter(team_id=team_id) if team_id else found.filter(team__isnull=True)
    return towards.order_by("-number")


def own_in_force(user: User, teams: Sequence[Team]) -> set[int]:
    """Ids of those teams that have an agreement of their own."""
    found = Agreement.objects.visible_to(user).in_force().filter(team__in=teams)
    return {team_id for team_id in found.values_list("team_id", flat=True) if team_id}
