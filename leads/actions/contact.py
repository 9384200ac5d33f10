"""Reaching the lead: attempts as they happened, and the next step as it is planned."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from handoff.journal.record import record
from handoff.people.models import User
from leads import events, refusals
from leads.actions import steps
from leads.models import Attempt, AttemptChannel, AttemptResult, Handoff, NextStep
from leads.models.attempt import REACHED

WRITTEN_TO_THE_MINUTE: Final = timedelta(minutes=1)
FURTHEST_PLAN: Final = timedelta(days=2 * 366)
LONGEST_NOTE: Final = 4_000


@transaction.atomic
def attempt(
    *,
    handoff_id: int,
    channel: str,
    result: str,
    occurred_at: datetime,
    note: str = "",
    automatic: bool = False,
    by: User,
    at: datetime,
) -> Attempt:
    """Log one try to reach the lead, as it happened at `occurred_at`, maybe long before `at`.

    The earliest one that is not automatic is the evidence of response. Raises the refusals
    `not_possible` unless somebody holds the lead, `not_yours`, `not_allowed`, `invalid`, `unknown`.
    """
    handoff = steps.lock(handoff_id, by=by)
    steps.require_holder(handoff, by)
    if not handoff.is_held:
        raise refusals.not_now("attempt", handoff.get_state_display())
    occurred_at = _believable(handoff, occurred_at, at)
    _check(channel, result, note)
    row = Attempt.objects.create(
        handoff=handoff,
        by=by,
        channel=channel,
        result=result,
        note=note.strip(),
        automatic=automatic,
        occurred_at=occurred_at,
        recorded_at=at,
    )
    if not automatic:
        _keep_earliest(handoff, row)
    event = events.CONTACTED if result in REACHED and not automatic else events.ATTEMPTED
    data = steps.told(
        handoff,
        occurred_at=occurred_at.isoformat(),
        channel=channel,
        result=result,
        automatic=automatic,
    )
    record(event, about_id=handoff.pk, at=at, by=by, **data)
    return row


@transaction.atomic
def plan(*, handoff_id: int, what: str, due_at: datetime, by: User, at: datetime) -> NextStep:
    """Say what comes next and when; it takes the place of the step planned before."""
    handoff = steps.lock(handoff_id, by=by)
    steps.require_holder(handoff, by)
    if not handoff.is_held:
        raise refusals.not_now("plan", handoff.get_state_display())
    what = what.strip()
    if not 0 < len(what) <= 200:
        raise refusals.wrong(what=_("Say in at most 200 characters what comes next."))
    if not at - WRITTEN_TO_THE_MINUTE <= due_at <= at + FURTHEST_PLAN:
        raise refusals.wrong(due_at=_("Choose a moment from now to two years ahead."))
    NextStep.objects.filter(handoff=handoff, done_at__isnull=True).delete()
    step = NextStep.objects.create(handoff=handoff, by=by, what=what, due_at=due_at, created_at=at)
    data = steps.told(handoff, what=what, due_at=due_at.isoformat())
    record(events.PLANNED, about_id=handoff.pk, at=at, by=by, **data)
    return step


@transaction.atomic
def step_done(*, step_id: int, by: User, at: datetime) -> NextStep:
    """Tick a planned step off; one that is done stays as it is."""
    handoff_id = NextStep.objects.filter(pk=step_id).values_list("handoff_id", flat=True).first()
    if handoff_id is None:
        raise refusals.unknown()
    handoff = steps.lock(handoff_id, by=by)
    steps.require_holder(handoff, by)
    step = NextStep.objects.filter(pk=step_id).first()
    if step is None:
        raise refusals.unknown()
    if step.done_at is None:
        step.done_at = at
        step.save(update_fields=("done_at",))
        data = steps.told(handoff, what=step.what)
        record(events.STEP_DONE, about_id=handoff.pk, at=at, by=by, **data)
    return step


def _believable(handoff: Handoff, occurred_at: datetime, at: datetime) -> datetime:
    """The instant, unless it is in the future or before the lead was offered.

    A clock on a form shows minutes: within the minute of the offer, the offer's instant stands.
    """
    if occurred_at > at:
        raise refusals.wrong(occurred_at=_("This is in the future."))
    if occurred_at <= handoff.offered_at - WRITTEN_TO_THE_MINUTE:
        raise refusals.wrong(occurred_at=_("This is before the lead was handed off."))
    return max(occurred_at, handoff.offered_at)


def _check(channel: str, result: str, note: str) -> None:
    if channel not in AttemptChannel.values:
        raise refusals.wrong(channel=_("Choose a channel."))
    if result not in AttemptResult.values:
        raise refusals.wrong(result=_("Choose how far it got."))
    if len(note) > LONGEST_NOTE:
        raise refusals.wrong(note=_("This is too long."))


def _keep_earliest(handoff: Handoff, row: Attempt) -> None:
    """Evidence logged late still counts from when it happened."""
    first = handoff.first_attempt_at
    handoff.first_attempt_at = min(first or row.occurred_at, row.occurred_at)
    if row.result in REACHED:
        contact = handoff.first_contact_at
        handoff.first_contact_at = min(contact or row.occurred_at, row.occurred_at)
    handoff.save(update_fields=("first_attempt_at", "first_contact_at"))
