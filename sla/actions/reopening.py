"""What was ended is promised once more; how it ended stays as it is."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from handoff.journal.record import record
from handoff.notices.live import changed
from handoff.people.models import User
from leads import refusals
from leads.models import Handoff
from leads.refusals import Refusal
from sla import events
from sla.actions import clocks, escalations
from sla.actions.reasons import given
from sla.models import Clock, ClockEvent, Occurrence
from sla.queries.rights import can_reopen, may_reopen


@transaction.atomic
def reopen(*, clock_id: int, why: str, by: User, at: datetime) -> Clock:
    """Start a new clock for what an ended one promised; returns the new one.

    It runs under the agreement of this instant. The past verdict is frozen: evidence that comes
    from now on is the new one's. For the lead of who owed it, and managers. Raises the refusals
    `unknown`, `not_allowed`, `not_possible` and `invalid`.
    """
    clock = _locked(clock_id, by)
    if not may_reopen(clock, by):
        raise refusals.not_allowed()
    why = given(why)
    handoff = clock.handoff
    if not can_reopen(clock) or not _is_last(clock):
        raise refusals.not_now("reopen", clock.get_verdict_display())
    started = clocks.start(
        handoff_id=handoff.pk,
        team_id=clock.team_id,
        kinds=(clock.kind,),
        owner_id=handoff.claimed_by_id,
        by_id=by.pk,
        why=why,
        at=at,
        reopens=clock.pk,
    )
    if not started:
        sentence = _("The agreement in force promises nothing of this kind.")
        raise Refusal("not_promised", sentence, icon="handshake")
    ClockEvent.objects.create(
        clock=clock,
        kind=Occurrence.REOPENED,
        at=at,
        recorded_at=at,
        by=by,
        why=why,
        data={"as": started[0].pk},
    )
    record(events.REOPENED, about_id=clock.pk, at=at, by=by, **escalations.told(clock), why=why)
    changed("board", f"queue:{handoff.team_id}")
    return started[0]


def _is_last(clock: Clock) -> bool:
    """Only the last of its kind is opened again."""
    of = Clock.objects.filter(handoff_id=clock.handoff_id, kind=clock.kind)
    return not of.filter(pk__gt=clock.pk).exists()


def _locked(clock_id: int, by: User) -> Clock:
    """The handoff first, so that no step of it begins the same clock meanwhile."""
    found = Clock.objects.visible_to(by).filter(pk=clock_id)
    handoff_id = found.values_list("handoff_id", flat=True).first()
    if handoff_id is None:
        raise refusals.unknown()
    handoff = Handoff.objects.select_for_update(no_key=True).get(pk=handoff_id)
    clock = (
        Clock.objects.select_related("clause", "team")
        .select_for_update(no_key=True, of=("self",))
        .get(pk=clock_id)
    )
    clock.handoff = handoff
    return clock
