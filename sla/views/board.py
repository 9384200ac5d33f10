"""Board: what needs somebody who leads, right now."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from handoff.people.pages import PersonRequest, needs
from sla.queries.board import CONTESTED, LATE, RISK, SHOWN, WAITING, Board, PersonRow, TeamRow
from sla.queries.keyset import place_from

LARGEST_ID = 18
"""Digits of an id that any row could have."""


@dataclass(frozen=True)
class Choice:
    """What the address asks for: which promises, of which team, of whom."""

    shown: str
    team: TeamRow | None = None
    person: PersonRow | None = None

    @property
    def chips(self) -> list[tuple[str, object, str]]:
        chips: list[tuple[str, object, str]] = []
        if self.team is not None:
            chips.append(("team", self.team.team.pk, str(self.team.team)))
        if self.person is not None:
            chips.append(("person", self.person.user.pk, str(self.person.user)))
        return chips


@require_GET
@needs("board")
def board(request: PersonRequest) -> HttpResponse:
    """The page, or for htmx the part of it that goes stale."""
    at = timezone.now()
    found = Board(request.user, at=at)
    choice = _choice(request, found)
    after = place_from(request.GET.get("after", ""))
    page = found.page(
        choice.shown,
        team_id=choice.team.team.pk if choice.team else None,
        owner_id=choice.person.user.pk if choice.person else None,
        after=after,
    )
    template = "sla/_board.html" if request.headers.get("HX-Request") else "sla/board.html"
    return render(
        request,
        template,
        {
            "board": found,
            "page": page,
            "choice": choice,
            "tabs": _tabs(request, found, choice),
            "first": after is None,
            "waited": at - found.total.since if found.total.since else None,
        },
    )


def _choice(request: PersonRequest, found: Board) -> Choice:
    shown = request.GET.get("show", LATE)
    team_id, person_id = _id(request, "team"), _id(request, "person")
    people = [
        row for row in found.people if row.user.pk == person_id and team_id in (None, row.team.pk)
    ]
    unknown = team_id is not None and team_id not in found.teams
    if unknown or (person_id is not None and not people):
        raise Http404
    return Choice(
        shown if shown in SHOWN else LATE,
        found.teams[team_id] if team_id is not None else None,
        people[0] if people else None,
    )


def _id(request: PersonRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= LARGEST_ID):
        raise Http404
    return int(text)


def _tabs(request: PersonRequest, found: Board, choice: Choice) -> list[tuple[str, str, bool, int]]:
    """Address, label, whether current, and count of each list, of a team or person if chosen."""
    chosen = [row for row in (choice.person, choice.team) if row is not None]
    tally = chosen[0].tally if chosen else found.total
    labels = (
        (LATE, _("Late"), tally.late),
        (RISK, _("At risk"), tally.risk),
        (WAITING, _("Waiting"), tally.waiting),
        (CONTESTED, _("Contested"), tally.contested),
    )
    return [
        (_address(request, shown), label, shown == choice.shown, count)
        for shown, label, count in labels
    ]


def _address(request: PersonRequest, shown: str) -> str:
    query = request.GET.copy()
    query.pop("after", None)
    query["show"] = shown
    return f"?{query.urlencode()}"
