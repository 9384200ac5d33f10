"""The way of an agreement into force: one side proposes, the other signs or sends back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from handoff.calendars.models import Calendar
from handoff.journal.record import record
from handoff.people.access import reach_of
from handoff.people.models import Side, Team, User
from leads import refusals
from leads.refusals import Refusal
from sla import events
from sla.actions.agreements import next_number, wait_for_others
from sla.actions.reasons import given
from sla.actions.terms import Terms, check, write
from sla.models import Agreement, AgreementState, Clause
from sla.queries.agreements import sides_of
from sla.stages import other_side

LONGEST_WHY: Final = 1_000
FURTHEST_START: Final = timedelta(days=366)


@transaction.atomic
def draft(
    *,
    team_id: int | None,
    calendar_id: int,
    clauses: Sequence[Terms],
    claim_accepts: bool,
    by: User,
    at: datetime,
) -> Agreement:
    """A new draft of the promises towards a team, or towards every other team.

    Raises the refusals `not_allowed`, `unknown` and `invalid`, whose fields are named
    `<clause>_<term>`.
    """
    _require_writer(team_id, by)
    calendar = _checked(calendar_id, clauses, at)
    wait_for_others()
    agreement = Agreement.objects.create(
        team_id=team_id,
        number=next_number(team_id),
        calendar=calendar,
        claim_accepts=claim_accepts,
        created_at=at,
        created_by=by,
    )
    write(clauses, agreement=agreement)
    return agreement


def copy(*, agreement_id: int, by: User, at: datetime) -> Agreement:
    """A new draft with the words of a version: to sign what nobody signed, or to go back to it.

    Raises what `draft` raises.
    """
    row = Agreement.objects.visible_to(by).filter(pk=agreement_id).first()
    if row is None:
        raise refusals.unknown()
    return draft(
        team_id=row.team_id,
        calendar_id=row.calendar_id,
        clauses=[Terms.of(clause) for clause in Clause.objects.filter(agreement=row)],
        claim_accepts=row.claim_accepts,
        by=by,
        at=at,
    )


@transaction.atomic
def revise(
    *,
    agreement_id: int,
    calendar_id: int,
    clauses: Sequence[Terms],
    claim_accepts: bool,
    revision: int,
    by: User,
    at: datetime,
) -> Agreement:
    """Change a draft. `revision` is the one on screen: a draft changed since is refused.

    Raises the refusals `unknown`, `not_allowed`, `not_possible`, `changed_meanwhile`, `invalid`.
    """
    row = _lock(agreement_id, by)
    _require_writer(row.team_id, by)
    if row.state != AgreementState.DRAFT:
        raise refusals.not_now("revise", row.get_state_display())
    calendar = _checked(calendar_id, clauses, at)
    if row.revision != revision:
        raise refusals.changed_meanwhile()
    row.calendar, row.claim_accepts, row.revision = calendar, claim_accepts, revision + 1
    row.save(update_fields=("calendar", "claim_accepts", "revision"))
    Clause.objects.filter(agreement=row).delete()
    write(clauses, agreement=row)
    return row


@transaction.atomic
def propose(
    *,
    agreement_id: int,
    why: str,
    starts_at: datetime | None = None,
    side: str = "",
    by: User,
    at: datetime,
) -> Agreement:
    """Put a draft before the other side, to begin at `starts_at` or once it is signed.

    `side` is the one that proposes, where a person could speak for both. Raises the refusals
    `unknown`, `not_allowed`, `not_possible`, `already_proposed` and `invalid`.
    """
    row = _lock(agreement_id, by)
    _require_writer(row.team_id, by)
    if row.state == AgreementState.PROPOSED:
        return row
    if row.state != AgreementState.DRAFT:
        raise refusals.not_now("propose", row.get_state_display())
    row.proposed_side = _side_of(by, side, row)
    row.why = given(why, longest=LONGEST_WHY)
    _check_start(starts_at, at)
    _check_no_other(row)
    _checked(row.calendar_id, [Terms.of(one) for one in Clause.objects.filter(agreement=row)], at)
    row.state, row.started_at, row.answer = AgreementState.PROPOSED, starts_at, ""
    row.proposed_at, row.proposed_by = at, by
    row.save(
        update_fields=(
            *("state", "started_at", "answer", "why"),
            *("proposed_side", "proposed_at", "proposed_by"),
        )
    )
    _tell(events.PROPOSED, row, by=by, at=at, why=row.why)
    return row


@transaction.atomic
def send_back(*, agreement_id: int, why: str, by: User, at: datetime) -> Agreement:
    """The other side answers a proposal with what it misses; it is a draft again.

    Raises the refusals `unknown`, `not_allowed`, `not_possible` and `invalid`.
    """
    row = _proposed(agreement_id, by, "send back")
    why, proposed_by = given(why, longest=LONGEST_WHY), row.proposed_by
    row.state, row.started_at, row.answer = AgreementState.DRAFT, None, why
    side, row.proposed_side, row.proposed_at, row.proposed_by = row.proposed_side, "", None, None
    row.save(
        update_fields=(
            *("state", "started_at", "answer"),
            *("proposed_side", "proposed_at", "proposed_by"),
        )
    )
    proposer_id = proposed_by.pk if proposed_by else None
    _tell(events.SENT_BACK, row, by=by, at=at, why=why, side=side, proposer_id=proposer_id)
    return row


@transaction.atomic
def sign(*, agreement_id: int, by: User, at: datetime) -> Agreement:
    """The other side signs: the version begins at its start, where the one before ends.

    Whoever proposed cannot sign. What was signed for a later start is overtaken and never begins.
    Raises the refusals `unknown`, `not_allowed` and `not_possible`.
    """
    wait_for_others()
    row = _proposed(agreement_id, by, "sign")
    starts_at = max(row.started_at or at, at)
    others = Agreement.objects.towards(row.team_id).not_over(at)
    others.filter(started_at__gte=starts_at).update(ended_at=at)
    others.filter(started_at__lt=starts_at).update(ended_at=starts_at)
    row.state, row.started_at = AgreementState.SIGNED, starts_at
    row.signed_at, row.signed_by = at, by
    row.save(update_fields=("state", "started_at", "signed_at", "signed_by"))
    _tell(events.SIGNED, row, by=by, at=at, started_at=starts_at.isoformat())
    return row


def _tell(event: str, row: Agreement, *, by: User, at: datetime, **more: object) -> None:
    facts = {
        "team_id": row.team_id,
        "team": str(row.team or ""),
        "number": row.number,
        "side": row.proposed_side,
        "proposer_id": row.proposed_by_id,
    }
    record(event, about_id=row.pk, at=at, by=by, **{**facts, **more})


def _lock(agreement_id: int, by: User) -> Agreement:
    rows = Agreement.objects.visible_to(by).select_related("team", "proposed_by")
    row = rows.select_for_update(of=("self",)).filter(pk=agreement_id).first()
    if row is None:
        raise refusals.unknown()
    return row


def _proposed(agreement_id: int, by: User, step: str) -> Agreement:
    """A proposal, for somebody of the side that did not make it."""
    row = _lock(agreement_id, by)
    if not reach_of(by).holds("sign_agreement"):
        raise refusals.not_allowed()
    if row.state != AgreementState.PROPOSED:
        raise refusals.not_now(step, row.get_state_display())
    answers = other_side(row.proposed_side) in sides_of(by, "sign_agreement", row.team_id)
    if not answers or row.proposed_by_id == by.pk:
        raise refusals.not_allowed()
    return row


def _require_writer(team_id: int | None, by: User) -> None:
    teams = Team.objects.filter(side=Side.SALES, archived_at__isnull=True)
    if not reach_of(by).holds("propose_agreement"):
        raise refusals.not_allowed()
    if team_id is not None and not teams.filter(pk=team_id).exists():
        raise refusals.unknown()
    if not sides_of(by, "propose_agreement", team_id):
        raise refusals.not_allowed()


def _side_of(by: User, side: str, row: Agreement) -> str:
    sides = sides_of(by, "propose_agreement", row.team_id)
    if not side and len(sides) == 1:
        return sides[0]
    if side not in sides:
        raise refusals.wrong(side=_("Say for which side you propose it."))
    return side


def _check_start(starts_at: datetime | None, at: datetime) -> None:
    if starts_at is not None and not at < starts_at <= at + FURTHEST_START:
        raise refusals.wrong(
            starts_at=_("Choose a moment from now to a year ahead, or leave it empty.")
        )


def _check_no_other(row: Agreement) -> None:
    wait_for_others()
    proposed = Agreement.objects.towards(row.team_id).filter(state=AgreementState.PROPOSED)
    if (other := proposed.first()) is not None:
        sentence = _("Version %(n)d is proposed already. It is signed or sent back first.")
        raise Refusal("already_proposed", sentence % {"n": other.number}, icon="send")


def _checked(calendar_id: int, clauses: Sequence[Terms], at: datetime) -> Calendar:
    calendar = Calendar.objects.filter(pk=calendar_id, archived_at__isnull=True).first()
    if calendar is None:
        raise refusals.wrong(calendar=_("Choose a calendar that is in use."))
    check(clauses, schedule=calendar.current().schedule(), at=at)
    return calendar
