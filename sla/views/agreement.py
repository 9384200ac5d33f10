"""Agreement: what the two teams promise each other, each version as both would sign it."""

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from handoff.calendars.places import spoken_country
from handoff.calendars.week import spoken_week
from handoff.people.access import reach_of
from handoff.people.models import Side, Team, User
from handoff.people.pages import PersonRequest, needs
from sla import sentences
from sla.actions import agreements
from sla.derivation import due_sentence
from sla.forms.agreement import AnswerForm, ProposeForm
from sla.models import Agreement, AgreementState, ClauseKind
from sla.queries.agreements import (
    MOST_VERSIONS,
    PEOPLE,
    Promises,
    own_agreements,
    promises_of,
    sides_of,
    teams_read_by,
    versions_towards,
)
from sla.sentences import ICONS, consequences, promise
from sla.stages import SIDE_OF, other_side


@require_GET
@needs("read_agreement")
def agreement(request: PersonRequest, team_id: int | None = None) -> HttpResponse:
    """The agreement towards a team: its own, else the one for every other team."""
    team = _team(request, team_id)
    found = agreements.in_force(team.pk if team else None, at=timezone.now())
    return page(request, found, team)


@require_GET
@needs("read_agreement")
def version(request: PersonRequest, pk: int) -> HttpResponse:
    """One version as it was, is or would be."""
    return page(request, row_of(request, pk))


def row_of(request: PersonRequest, pk: int) -> Agreement:
    rows = Agreement.objects.visible_to(request.user).select_related(*PEOPLE)
    return get_object_or_404(rows, pk=pk)


def page(
    request: PersonRequest,
    found: Agreement,
    team: Team | None = None,
    *,
    form: ProposeForm | None = None,
    answer: AnswerForm | None = None,
    status: int = 200,
) -> HttpResponse:
    team, at = team or found.team, timezone.now()
    sides = sides_of(request.user, "propose_agreement", team.pk if team else None)
    draft = found.state == AgreementState.DRAFT
    context = {
        "team": team,
        "inherited": team is not None and found.team_id is None,
        **_words(found, at),
        **_others(request, found, team, at),
        "tabs": _tabs(request, team, at),
        "writes": bool(sides),
        "draft": address(team, "sla:draft_agreement"),
        "propose": (form or ProposeForm(sides=sides)) if draft and sides else None,
        "answer": (answer or AnswerForm()) if may_answer(request.user, found) else None,
    }
    return render(request, "sla/agreement.html", context, status=status)


def _words(found: Agreement, at: datetime) -> dict[str, object]:
    """One version as it would be signed."""
    promises = promises_of(found)
    hours = promises.hours
    return {
        "row": found,
        "promises": promises,
        "sides": _sides(promises),
        "signatures": _signatures(found),
        "standing": sentences.standing(found, at),
        "week": spoken_week(hours.schedule()),
        "country": spoken_country(hours.country) if hours.country else "",
        "example": _example(promises),
    }


def _others(
    request: PersonRequest, found: Agreement, team: Team | None, at: datetime
) -> dict[str, object]:
    """The versions beside it, and what it says otherwise than one of them. A team under the common
    agreement may have its own on the way."""
    against = _against(request, found, at)
    scopes = dict.fromkeys((team.pk if team else None, found.team_id))
    listed = [
        row for scope in scopes for row in versions_towards(scope, request.user)[:MOST_VERSIONS]
    ]
    proposed = (row for row in listed if row.state == AgreementState.PROPOSED and row != found)
    return {
        "waits": next(proposed, None),
        "versions": [(row, sentences.standing(row, at)) for row in listed],
        "against": against,
        "changes": _changes(against, promises_of(found)) if against else [],
    }


def may_answer(user: User, row: Agreement) -> bool:
    """Whether somebody may sign a proposal or send it back."""
    if row.state != AgreementState.PROPOSED or row.proposed_by_id == user.pk:
        return False
    return other_side(row.proposed_side) in sides_of(user, "sign_agreement", row.team_id)


def address(team: Team | None, name: str = "sla:agreement") -> str:
    return reverse(f"{name}_of", args=[team.pk]) if team else reverse(name)


def _team(request: PersonRequest, team_id: int | None) -> Team | None:
    """The team asked for; without one, the only team that a seller sells in."""
    teams = teams_read_by(request.user)
    if team_id is not None:
        return get_object_or_404(teams, pk=team_id)
    reach = reach_of(request.user)
    mine = reach.team_ids(Side.SALES)
    if reach.everywhere or reach.team_ids(Side.MARKETING) or len(mine) != 1:
        return None
    return teams.filter(pk=mine[0]).first()


Line = tuple[str, str, list[str]]


def _sides(promises: Promises) -> list[tuple[str, list[Line]]]:
    """What each side promises: icon, promise and what follows from it."""
    lines: dict[str, list[Line]] = {Side.MARKETING: [], Side.SALES: []}
    for clause in promises.clauses:
        kind = ClauseKind(clause.kind)
        lines[SIDE_OF[kind]].append((ICONS[kind], promise(clause), consequences(clause)))
    lines[Side.SALES].append(("thumbs-up", sentences.accepting(promises.agreement), []))
    said = {Side.MARKETING: _("Marketing promises"), Side.SALES: _("Sales promises")}
    return [(said[Side(side)], found) for side, found in lines.items() if found]


def _signatures(row: Agreement) -> list[tuple[str, User | None, datetime | None]]:
    """Who stands for each side and since when: one proposed, the other signed."""
    by = {row.proposed_side: (row.proposed_by, row.proposed_at)}
    if row.proposed_side:
        by[other_side(row.proposed_side)] = (row.signed_by, row.signed_at)
    return [(str(side.label), *by.get(side, (None, None))) for side in Side]


def _example(promises: Promises) -> str:
    """When a lead handed over at this moment would have to be claimed, and why then."""
    target = next(clause.target for clause in promises.clauses if clause.kind == ClauseKind.CLAIM)
    at = timezone.now().replace(microsecond=0, second=0)
    days = promises.hours.holiday_names({at.year, at.year + 1})
    return due_sentence(promises.hours.schedule(), start=at, target=target, holidays=days)


def _against(request: PersonRequest, found: Agreement, at: datetime) -> Agreement | None:
    """The version chosen for comparison; else what is in force, or for that the one before."""
    asked = request.GET.get("against", "")
    rows = Agreement.objects.visible_to(request.user).select_related(*PEOPLE)
    if asked.isascii() and asked.isdecimal() and len(asked) < 19:
        return rows.filter(pk=asked).exclude(pk=found.pk).first()
    current = agreements.in_force(found.team_id, at=at)
    if current.pk != found.pk and found.state in (AgreementState.DRAFT, AgreementState.PROPOSED):
        return current
    earlier = rows.towards(found.team_id).binding().filter(number__lt=found.number)
    return earlier.order_by("-number").first()


def _changes(against: Agreement, promises: Promises) -> list[sentences.Change]:
    was = promises_of(against)
    return sentences.changes(
        sentences.said(was.agreement, was.clauses),
        sentences.said(promises.agreement, promises.clauses),
    )


def _tabs(
    request: PersonRequest, shown: Team | None, at: datetime
) -> list[tuple[str, str, bool, int]]:
    """The common agreement and each team with its own; who writes them reaches every team."""
    teams: Sequence[Team] = list(teams_read_by(request.user))
    own = own_agreements(request.user, teams, at=at)
    writes = "propose_agreement" in reach_of(request.user).words
    listed = [team for team in teams if writes or team.pk in own or team == shown]
    tabs = [(address(team), str(team), team == shown, 0) for team in listed]
    rest = _("Every other team") if own else _("All teams")
    return [(address(None), rest, shown is None, 0), *tabs] if tabs else []
