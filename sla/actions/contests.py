"""A breach is contested by the side that owes, and waived or kept by the other side alone."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from handoff.journal.record import record
from handoff.notices.live import changed
from handoff.people.models import User
from leads import refusals
from leads.refusals import Refusal
from sla import events
from sla.actions import escalations
from sla.actions.reasons import given
from sla.models import Clock, ClockEvent, Occurrence, Verdict
from sla.queries.rights import may_contest, may_settle

EVENT_OF: Final = {
    Occurrence.CONTESTED: events.CONTESTED,
    Occurrence.WAIVED: events.WAIVED,
    Occurrence.KEPT: events.KEPT,
}


@transaction.atomic
def contest(*, clock_id: int, why: str, by: User, at: datetime) -> Clock:
    """Say of a breach, with a reason, that it should not count; the other side is asked.

    For the one who owed it, their lead, or a manager. A breach is contested once. Raises the
    refusals `unknown`, `not_allowed`, `not_possible`, `already_contested` and `invalid`.
    """
    clock = _locked(clock_id, by)
    if not may_contest(clock, by):
        raise refusals.not_allowed()
    why = given(why)
    if clock.stopped_at is None and clock.paused_at is None:
        escalations.pass_one(clock, upto=at, noticed_at=at)
    if clock.contested_at is not None:
        raise Refusal("already_contested", _("This breach was contested already."), icon="scale")
    if clock.verdict != Verdict.BREACHED:
        raise refusals.not_now("contest", clock.get_verdict_display())
    clock.contested_at, clock.contested_by = at, by
    clock.save(update_fields=("contested_at", "contested_by"))
    _note(clock, Occurrence.CONTESTED, why, by, at)
    return clock


@transaction.atomic
def waive(*, clock_id: int, why: str, by: User, at: datetime) -> Clock:
    """Let a contested breach count neither for nor against; what is still owed stays owed.

    For the other side's lead, or a manager who did not contest it. Raises the refusals `unknown`,
    `not_allowed`, `not_possible` and `invalid`.
    """
    return _settle(Occurrence.WAIVED, clock_id, why, by, at)


@transaction.atomic
def keep(*, clock_id: int, why: str, by: User, at: datetime) -> Clock:
    """Answer a contested breach with a reason: it stays one. Refused as `waive` is."""
    return _settle(Occurrence.KEPT, clock_id, why, by, at)


def _settle(kind: Occurrence, clock_id: int, why: str, by: User, at: datetime) -> Clock:
    clock = _locked(clock_id, by)
    if not may_settle(clock, by):
        raise refusals.not_allowed()
    why = given(why)
    if not clock.is_contested or clock.verdict != Verdict.BREACHED:
        raise refusals.not_now(kind, clock.get_verdict_display())
    clock.settled_at, clock.settled_by = at, by
    if kind == Occurrence.WAIVED:
        clock.verdict, clock.next_at = Verdict.WAIVED, None
    clock.save(update_fields=("settled_at", "settled_by", "verdict", "next_at"))
    _note(clock, kind, why, by, at)
    return clock


def _locked(clock_id: int, by: User) -> Clock:
    found = (
        Clock.objects.visible_to(by)
        .filter(pk=clock_id)
        .select_related("handoff__lead", "clause", "team", "owner", "contested_by")
        .select_for_update(no_key=True, of=("self",))
        .first()
    )
    if found is None:
        raise refusals.unknown()
    return found


def _note(clock: Clock, kind: Occurrence, why: str, by: User, at: datetime) -> None:
    ClockEvent.objects.create(clock=clock, kind=kind, at=at, recorded_at=at, by=by, why=why)
    record(EVENT_OF[kind], about_id=clock.pk, at=at, by=by, **escalations.told(clock), why=why)
    changed("board", f"queue:{clock.handoff.team_id}")
