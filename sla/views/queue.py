"""The live queue. Everybody who looks at the same teams in the same language sees one picture of
it, which is drawn once for all of them whenever it changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from django.db import close_old_connections
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from handoff.people.access import reach_of
from handoff.people.models import Team, User
from handoff.people.pages import PersonRequest, needs
from sla.queries.keyset import Place, place_from
from sla.queries.queue import counts_of, load_of, queue_page, queue_teams
from sla.views.queue_rows import Rows


@dataclass(frozen=True)
class Picture:
    """What two people see alike: the teams (with their names where there are several), whether
    they may claim, and how they read."""

    teams: tuple[tuple[int, str], ...]
    claims: bool
    language: str
    zone: str

    @classmethod
    def seen_by(cls, user: User, *, team_id: int | None, language: str) -> Self:
        teams = shown(queue_teams(user), team_id)
        named = tuple((team.pk, team.name) for team in teams)
        zone = user.zone or timezone.get_default_timezone_name()
        return cls(named, reach_of(user).holds("claim"), language, zone)

    @property
    def topics(self) -> list[str]:
        return [f"queue:{pk}" for pk, _name in self.teams]

    def context(self, *, at: datetime, after: Place | None = None) -> dict[str, object]:
        """What the fragment takes."""
        ids = [pk for pk, _name in self.teams]
        page = queue_page(ids, after=after)
        names = dict(self.teams) if len(self.teams) > 1 else {}
        return {
            "rows": Rows(page, names, self.claims, at).html(),
            "next": page.next,
            "first": after is None,
            "claims": self.claims,
            "only": ids[0] if len(ids) == 1 else None,
            "counts": counts_of(ids, at=at),
        }

    def drawn(self, *, at: datetime) -> str:
        """The fragment as HTML, whoever asks; with what else on the page changes by it."""
        with translation.override(self.language), timezone.override(ZoneInfo(self.zone)):
            context = self.context(at=at) | {"live": True}
            return render_to_string("sla/_queue_rows.html", context)

    def paint(self) -> str:
        """The same as it is now, for the streams, which live outside any request."""
        close_old_connections()
        try:
            return self.drawn(at=timezone.now())
        finally:
            close_old_connections()


@require_GET
@needs("see_queue")
def queue(request: PersonRequest) -> HttpResponse:
    team_id = chosen_team(request)
    picture = picture_of(request)
    teams = queue_teams(request.user)
    context = {
        **picture.context(at=timezone.now(), after=place_from(request.GET.get("after", ""))),
        "picture": picture,
        "load": load_of(request.user),
        "tabs": tabs(teams, team_id) if len(teams) > 1 else [],
        "query": request.GET.urlencode(),
    }
    return render(request, "sla/queue.html", context)


@require_GET
@needs("see_queue")
def rows(request: PersonRequest) -> HttpResponse:
    """The list alone, for a page that was told that it changed."""
    after = place_from(request.GET.get("after", ""))
    context = picture_of(request).context(at=timezone.now(), after=after)
    return render(request, "sla/_queue_rows.html", context | {"live": True})


def picture_of_queue(user: User, team: str, language: str) -> Picture:
    """The queue that a stream shows; `team` is the id of the chosen one, if one is."""
    return Picture.seen_by(user, team_id=team_number(team), language=language)


def picture_of(request: PersonRequest) -> Picture:
    language = translation.get_language() or "en"
    return Picture.seen_by(request.user, team_id=chosen_team(request), language=language)


def chosen_team(request: PersonRequest) -> int | None:
    return team_number(request.GET.get("team", ""))


def team_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def shown(teams: Sequence[Team], team_id: int | None) -> list[Team]:
    """The team that is chosen, if it is one of theirs; else all."""
    return [team for team in teams if team.pk == team_id] or list(teams)


def tabs(teams: Sequence[Team], team_id: int | None) -> list[tuple[str, str, bool, str]]:
    known = any(team.pk == team_id for team in teams)
    every = ("?", _("All teams"), not known, "")
    return [every, *((f"?team={one.pk}", one.name, one.pk == team_id, "") for one in teams)]
