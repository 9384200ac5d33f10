"""Who is told of a clock, each once, and what nobody needs to hear."""

from datetime import timedelta

from django.contrib.auth import get_user_model

from handoff.journal import outbox
from handoff.notices.models import Delivery
from handoff.people.models import Membership, Role, User
from leads.actions import claim
from leads.stages import HandoffState
from sla.actions import clocks
from tests.cast import MONDAY, Cast
from tests.walk import handoff_at

MINUTE = timedelta(minutes=1)
OFFERED = MONDAY + 2 * MINUTE


def told(event: str) -> set[User]:
    rows = Delivery.objects.filter(event=event, channel=Delivery.Channel.BELL)
    return {row.recipient for row in rows.select_related("recipient")}


def live_until(*minutes: int) -> None:
    for each in minutes:
        at = OFFERED + each * MINUTE
        while clocks.fire_some(at=at) or outbox.fire_next(at=at):
            pass


def test_a_lead_nobody_claims_goes_up_step_by_step(cast: Cast) -> None:
    handoff_at(HandoffState.WAITING, cast)
    live_until(11, 16, 46)
    assert told("clock.warned") == {cast.sam, cast.sol, cast.tess}
    assert told("clock.breached") == {cast.tess}
    assert told("clock.escalated") == {cast.max}


def test_a_missed_attempt_concerns_its_owner(cast: Cast) -> None:
    handoff_at(HandoffState.CLAIMED, cast)
    live_until(47, 62)
    assert told("clock.warned") == {cast.sam}
    assert told("clock.breached") == {cast.sam, cast.tess}


def test_after_a_late_sweep_each_person_hears_once(cast: Cast) -> None:
    handoff_at(HandoffState.WAITING, cast)
    live_until(360)
    assert told("clock.warned") == told("clock.breached") == set()
    assert told("clock.escalated") == {cast.max, cast.tess}


def test_a_reminder_that_comes_after_the_fact_is_dropped(cast: Cast) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    clocks.fire_due(at=OFFERED + 11 * MINUTE)
    claim.claim(handoff_id=row.pk, by=cast.sam, at=OFFERED + 12 * MINUTE)
    live_until(12)
    assert told("clock.warned") == set()


def test_a_rescue_is_told_to_who_held_it_and_who_leads(cast: Cast) -> None:
    handoff_at(HandoffState.CLAIMED, cast)
    live_until(240)
    assert told("handoff.rescued") == {cast.sam, cast.tess}


def test_where_nobody_manages_the_administrators_hear(cast: Cast) -> None:
    Membership.objects.filter(role=Role.MANAGER).delete()
    handoff_at(HandoffState.WAITING, cast)
    live_until(11, 16, 46)
    assert told("clock.escalated") == {cast.ada}


def test_who_left_is_told_nothing(cast: Cast) -> None:
    get_user_model().objects.filter(pk=cast.tess.pk).update(is_active=False)
    handoff_at(HandoffState.WAITING, cast)
    live_until(11, 16)
    assert told("clock.breached") == set()
