"""Touches as evidence: believed from when they happened, and flagged where that is hard to do."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from leads.models import Attempt
from sla.actions import clocks
from sla.models import Clock, ClockEvent, Occurrence
from sla.stages import OWNERS

AT_ONCE: Final = timedelta(minutes=1)
MANY: Final = 3
"""Whoever records so many touches within a minute was not busy with them at that time."""


@transaction.atomic
def believe(
    *,
    handoff_id: int,
    happened: datetime,
    proves: Collection[str],
    by_id: int | None,
    at: datetime,
) -> None:
    """A touch that somebody made stops what its owner owes and it `proves`, from when it happened.

    From the third touch that one person records within a minute, it and those before are flagged
    as logged in bulk.
    """
    among = _recorded_with(by_id, at)
    bulk = len(among) >= MANY
    clocks.stop_all(
        handoff_id=handoff_id,
        kinds=OWNERS,
        at=happened,
        noticed_at=at,
        by_id=by_id,
        bulk=bulk,
        proves=proves,
    )
    if bulk:
        _flag(among, by_id, at)


def _recorded_with(by_id: int | None, at: datetime) -> list[int]:
    """The handoffs of all touches that the person has recorded within the minute, this one too."""
    recent = Attempt.objects.filter(
        by_id=by_id, recorded_at__gt=at - AT_ONCE, recorded_at__lte=at, automatic=False
    )
    return list(recent.values_list("handoff_id", flat=True))


def _flag(handoff_ids: Sequence[int], by_id: int | None, at: datetime) -> None:
    """Those whose clocks were stopped by what was recorded a moment ago.

    What another touch of the same person holds at this moment is passed over: to wait for it,
    with this touch's own rows in hand, could be for ever.
    """
    stopped = (
        Clock.objects.filter(handoff_id__in=handoff_ids, kind__in=OWNERS, bulk_logged=False)
        .filter(
            events__kind__in=(Occurrence.STOPPED, Occurrence.CORRECTED),
            events__by_id=by_id,
            events__recorded_at__gt=at - AT_ONCE,
        )
        .order_by("pk")
        .select_for_update(no_key=True, skip_locked=True, of=("self",))
    )
    found = list({clock.pk: clock for clock in stopped}.values())
    Clock.objects.filter(pk__in=[clock.pk for clock in found]).update(bulk_logged=True)
    ClockEvent.objects.bulk_create(
        ClockEvent(clock=clock, kind=Occurrence.FLAGGED, at=at, recorded_at=at, by_id=by_id)
        for clock in found
    )
