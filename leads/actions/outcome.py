"""How a journey goes on and ends: accepted, returned with a reason, won or lost."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from handoff.journal.record import record
from handoff.journal.vocabulary import msgid
from handoff.people.models import User
from leads import events, refusals
from leads.actions import steps
from leads.actions.scoring import reopen
from leads.models import Handoff, Lead, NextStep
from leads.stages import (
    NEEDS_DATE,
    NEEDS_NOTE,
    PROPOSABLE,
    RETURN_ROUTE,
    HandoffState,
    LeadStage,
    ReasonGroup,
)

LARGEST_VALUE: Final = Decimal("9999999999.99")
FURTHEST_RECYCLE_DAYS: Final = 3 * 366
LONGEST_NOTE: Final = 4_000


@transaction.atomic
def accept(*, handoff_id: int, by: User, at: datetime, implied: bool = False) -> Handoff:
    """Take a claimed lead as sales-accepted and sales-qualified; `implied` where a claim says so.

    Accepting what is accepted changes nothing.
    """
    handoff = steps.lock(handoff_id, by=by)
    steps.require_holder(handoff, by)
    if handoff.state == HandoffState.ACCEPTED:
        return handoff
    handoff.state = steps.next_or_refuse("accept", handoff)
    handoff.accepted_at = handoff.sales_qualified_at = at
    handoff.save(update_fields=("state", "accepted_at", "sales_qualified_at"))
    data = steps.told(handoff, implied=implied)
    record(events.ACCEPTED, about_id=handoff.pk, at=at, by=by, **data)
    return handoff


@transaction.atomic
def give_back(
    *,
    handoff_id: int,
    reason: str,
    note: str,
    recycle_on: date | None = None,
    by: User,
    at: datetime,
) -> Handoff:
    """Return a held lead with a reason of the taxonomy, which decides what becomes of the lead.

    “Not now” needs the day on which the lead comes back, “other” needs a note.
    """
    handoff = steps.lock(handoff_id, by=by)
    steps.require_holder(handoff, by)
    state = steps.next_or_refuse("return", handoff)
    _check_reason(reason, note)
    if reason in NEEDS_DATE:
        _check_recycling(recycle_on, at)
    _end(handoff, state, by=by, at=at, reason=reason, note=note)
    _route(handoff.lead, reason, note, recycle_on if reason in NEEDS_DATE else None, at)
    data = steps.told(
        handoff, reason_code=reason, reason=msgid(ReasonGroup(reason).label), note=note.strip()
    )
    record(events.RETURNED, about_id=handoff.pk, at=at, by=by, **data)
    return handoff


@transaction.atomic
def win(*, handoff_id: int, value: Decimal, by: User, at: datetime) -> Handoff:
    """The lead bought, for `value` in the site's currency; what was won was accepted."""
    handoff = steps.lock(handoff_id, by=by)
    steps.require_holder(handoff, by)
    state = steps.next_or_refuse("win", handoff)
    if not value.is_finite() or not 0 <= value <= LARGEST_VALUE:
        raise refusals.wrong(value=_("Give a value from 0 to 9,999,999,999.99."))
    handoff.value = value.quantize(Decimal("0.01"))
    handoff.accepted_at = handoff.accepted_at or at
    handoff.sales_qualified_at = handoff.sales_qualified_at or at
    handoff.save(update_fields=("value", "accepted_at", "sales_qualified_at"))
    _end(handoff, state, by=by, at=at)
    _move(handoff.lead, LeadStage.WON, at)
    data = steps.told(handoff, value=str(handoff.value))
    record(events.WON, about_id=handoff.pk, at=at, by=by, **data)
    return handoff


@transaction.atomic
def lose(*, handoff_id: int, reason: str, note: str, by: User, at: datetime) -> Handoff:
    """The lead did not buy, for a reason of the taxonomy."""
    handoff = steps.lock(handoff_id, by=by)
    steps.require_holder(handoff, by)
    state = steps.next_or_refuse("lose", handoff)
    _check_reason(reason, note)
    _end(handoff, state, by=by, at=at, reason=reason, note=note)
    _move(handoff.lead, LeadStage.LOST, at)
    data = steps.told(
        handoff, reason_code=reason, reason=msgid(ReasonGroup(reason).label), note=note.strip()
    )
    record(events.LOST, about_id=handoff.pk, at=at, by=by, **data)
    return handoff


def _check_reason(reason: str, note: str) -> None:
    if reason not in ReasonGroup.values:
        raise refusals.wrong(reason=_("Choose a reason."))
    if reason in NEEDS_NOTE and not note.strip():
        raise refusals.wrong(note=_("Say in a note what the reason is."))
    if len(note) > LONGEST_NOTE:
        raise refusals.wrong(note=_("This is too long."))


def _check_recycling(day: date | None, at: datetime) -> None:
    if day is None:
        raise refusals.wrong(recycle_on=_("Say on which day to try again."))
    today = timezone.localdate(at)
    if not 0 < (day - today).days <= FURTHEST_RECYCLE_DAYS:
        raise refusals.wrong(recycle_on=_("Choose a day from tomorrow to three years ahead."))


def _end(
    handoff: Handoff,
    state: HandoffState,
    *,
    by: User,
    at: datetime,
    reason: str = "",
    note: str = "",
) -> None:
    handoff.state, handoff.ended_at, handoff.ended_by = state, at, by
    handoff.reason, handoff.reason_note = reason, note.strip()
    handoff.save(update_fields=("state", "ended_at", "ended_by", "reason", "reason_note"))
    NextStep.objects.filter(handoff=handoff, done_at__isnull=True).delete()


def _move(lead: Lead, stage: LeadStage, at: datetime) -> None:
    Lead.objects.filter(pk=lead.pk).update(stage=stage, updated_at=at)


def _route(lead: Lead, reason: str, note: str, recycle_on: date | None, at: datetime) -> None:
    """The reason decides what the lead becomes."""
    lead.stage = RETURN_ROUTE[reason]
    lead.recycle_on, lead.updated_at = recycle_on, at
    if lead.stage == LeadStage.DISQUALIFIED:
        lead.disqualified_at = at
        lead.disqualified_reason = note.strip() or str(ReasonGroup(reason).label)
    lead.save(
        update_fields=(
            *("stage", "recycle_on", "updated_at"),
            *("disqualified_at", "disqualified_reason"),
        )
    )
    if lead.stage in PROPOSABLE:
        reopen(lead_id=lead.pk)
