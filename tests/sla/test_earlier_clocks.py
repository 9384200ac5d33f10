"""Clocks from before events were kept get theirs from what their columns say."""

from datetime import timedelta
from importlib import import_module

from django.db import connection

from leads.actions import contact
from leads.stages import HandoffState
from sla.actions import clocks
from sla.models import ClockEvent
from sla.queries.verification import verify
from tests.cast import MONDAY, Cast
from tests.walk import handoff_at

HOUR = timedelta(hours=1)


def test_what_their_columns_say_is_what_is_derived(cast: Cast) -> None:
    for state in HandoffState:
        handoff_at(state, cast)
    held = handoff_at(HandoffState.CLAIMED, cast)
    for at in (MONDAY + HOUR, MONDAY + 2 * HOUR):
        while clocks.fire_next(at=at):
            pass
    contact.attempt(
        handoff_id=held.pk,
        channel="call",
        result="two_way",
        occurred_at=MONDAY + HOUR / 4,
        by=cast.sam,
        at=MONDAY + HOUR / 4 + 2 * HOUR,
    )
    while clocks.fire_next(at=MONDAY + 9 * HOUR):
        pass
    ClockEvent.objects.all().delete()
    earlier = import_module("sla.migrations.0006_events_of_earlier_clocks")
    with connection.cursor() as cursor:
        cursor.execute(earlier.STARTED)
        cursor.execute(earlier.ENDED)
    kinds = set(ClockEvent.objects.values_list("kind", flat=True))
    assert kinds == {"started", "stopped", "corrected", "cancelled", "rescued"}
    seen = verify(at=MONDAY + 9 * HOUR)
    assert set(seen.by_what) <= {"late_logged"}, seen.first
