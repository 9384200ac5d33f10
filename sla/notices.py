"""Who is told of a clock: the one who owes, then their lead, then the manager; each once. And who
is told of an agreement: the other side."""

from collections.abc import Iterator
from datetime import datetime

from handoff.journal.models import Entry
from handoff.journal.reactions import after
from handoff.notices.tell import tell
from handoff.people.models import Membership, Role, Side, User
from leads.events import RESCUED
from leads.models import Handoff
from sla.events import (
    BREACHED,
    CONTESTED,
    ESCALATED,
    KEPT,
    PROPOSED,
    SENT_BACK,
    SIGNED,
    WAIVED,
    WARNED,
)
from sla.models import Agreement, ClauseKind, Clock, Escalation, Stage
from sla.queries.rights import other_team_id
from sla.stages import other_side


@after(WARNED)
def remind_who_owes(entry: Entry) -> None:
    if _still_matters(entry):
        _tell(entry, *_owing(entry))


@after(BREACHED)
def tell_the_owner_and_the_lead(entry: Entry) -> None:
    if not entry.data["superseded"]:
        _tell(entry, *_owner(entry), *_leads(entry))


@after(ESCALATED)
def tell_the_managers(entry: Entry) -> None:
    """Where nobody looked before it came to this, owner and lead hear of it here."""
    unheard = (*_owner(entry), *_leads(entry)) if _breach_was_overtaken(entry) else ()
    _tell(entry, *_managers(), *unheard)


@after(RESCUED)
def tell_whose_claim_went_back(entry: Entry) -> None:
    _tell(entry, *_owner(entry), *_leads(entry))


@after(CONTESTED)
def ask_the_other_side(entry: Entry) -> None:
    """Its leads; where it has none, the managers but for who contested."""
    clock = _clock(entry)
    asked = list(_of_team(other_team_id(clock), Role.LEAD)) or _managers()
    _tell(entry, *(person for person in asked if person.pk != entry.by_id))


@after(WAIVED, KEPT)
def tell_who_contested(entry: Entry) -> None:
    contester = _clock(entry).contested_by
    _tell(entry, *((contester,) if contester else ()), *_owner(entry), *_leads(entry))


def _clock(entry: Entry) -> Clock:
    rows = Clock.objects.select_related("handoff__lead", "contested_by")
    return rows.get(pk=entry.about_id)


@after(PROPOSED)
def tell_who_may_sign(entry: Entry) -> None:
    """Who leads the other side; where nobody does, the managers."""
    signers = list(_leading(other_side(entry.data["side"]), entry.data["team_id"]))
    _tell_of_agreement(entry, *(signers or _managers()))


@after(SIGNED)
def tell_who_proposed_that_it_is_signed(entry: Entry) -> None:
    _tell_of_agreement(entry, *_proposers(entry))


@after(SENT_BACK)
def tell_who_proposed_what_is_missing(entry: Entry) -> None:
    _tell_of_agreement(entry, *_proposers(entry))


def _tell_of_agreement(entry: Entry, *recipients: User) -> None:
    """Nobody hears of what they did themselves."""
    row = Agreement.objects.get(pk=entry.about_id)
    people = [person for person in recipients if person.pk != entry.by_id]
    starts = entry.data.get("started_at")
    tell(
        entry=entry,
        recipients=people,
        url=row.get_absolute_url(),
        starts_at=datetime.fromisoformat(starts) if starts else None,
    )


def _proposers(entry: Entry) -> Iterator[User]:
    """Who proposed it, and who leads their side."""
    yield from User.objects.filter(pk=entry.data["proposer_id"])
    yield from _leading(entry.data["side"], entry.data["team_id"])


def _leading(side: str, team_id: int | None) -> Iterator[User]:
    """Leads of a side; of sales those of the team it is about, if it is about one."""
    rows = Membership.objects.filter(role=Role.LEAD, team__side=side, user__is_active=True)
    if side == Side.SALES and team_id is not None:
        rows = rows.filter(team_id=team_id)
    yield from (row.user for row in rows.select_related("user"))


def _tell(entry: Entry, *recipients: User) -> None:
    """`due_at` is the deadline, of entries about a clock."""
    handoff_id = entry.about_id if entry.event == RESCUED else entry.data["handoff_id"]
    handoff = Handoff.objects.select_related("lead", "team").get(pk=handoff_id)
    due_at = entry.data.get("due_at")
    tell(
        entry=entry,
        recipients=recipients,
        url=handoff.get_absolute_url(),
        lead=handoff.lead,
        team=handoff.team,
        due_at=datetime.fromisoformat(due_at) if due_at else None,
    )


def _still_matters(entry: Entry) -> bool:
    """A reminder that comes after the fact is only noise."""
    if entry.data["superseded"]:
        return False
    waits = Clock.objects.open().filter(pk=entry.about_id, paused_at__isnull=True)
    return waits.exists()


def _owing(entry: Entry) -> Iterator[User]:
    """The owner; for a lead that nobody claimed, every seller of the team; for what marketing owes
    and nobody handed over by name, the whole team."""
    if entry.data["kind"] == ClauseKind.CLAIM:
        yield from _members(entry, Role.SELLER, Role.LEAD)
    elif entry.data["owner_id"] is None:
        yield from _members(entry, Role.MARKETER, Role.LEAD)
    else:
        yield from _owner(entry)


def _owner(entry: Entry) -> Iterator[User]:
    if entry.data["owner_id"] is not None:
        yield from User.objects.filter(pk=entry.data["owner_id"])


def _leads(entry: Entry) -> Iterator[User]:
    yield from _members(entry, Role.LEAD)


def _members(entry: Entry, *roles: Role) -> Iterator[User]:
    yield from _of_team(entry.data["team_id"], *roles)


def _of_team(team_id: int, *roles: Role) -> Iterator[User]:
    rows = Membership.objects.filter(team_id=team_id, role__in=roles)
    yield from (row.user for row in rows.select_related("user"))


def _managers() -> list[User]:
    """Where nobody manages, the administrators do."""
    return _holding(Role.MANAGER) or _holding(Role.ADMINISTRATOR)


def _holding(role: Role) -> list[User]:
    rows = Membership.objects.filter(role=role, user__is_active=True).select_related("user")
    return [row.user for row in rows]


def _breach_was_overtaken(entry: Entry) -> bool:
    breach = Escalation.objects.filter(clock_id=entry.about_id, stage=Stage.BREACHED)
    return breach.filter(superseded=True).exists()
