"""Open clocks with their events, and a calendar that changes under them. Needs `house()` first."""

from datetime import timedelta
from typing import Final

from django.db import connection
from django.utils import timezone

from bench.due import Ground as Due
from handoff.calendars import actions as calendars
from sla.actions import moving
from sla.models import Clock, Move
from sla.queries.verification import verify

BEGAN: Final = """
INSERT INTO sla_clockevent (clock_id, kind, at, recorded_at, why, data)
SELECT id, 'started', started_at, started_at, '', jsonb_build_object('calendar', calendar_id)
FROM sla_clock
"""
SPREAD: Final = """
UPDATE sla_clock SET started_at = %(at)s - id %% 200 * interval '1 minute'
"""
WEEK: Final = {day: [["08:00", "20:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


class Ground:
    """As many clocks as asked for, begun within the last hours under one version of a calendar."""

    def __init__(self, count: int) -> None:
        due = Due()
        due.grow(count)
        self.at, self.count = timezone.now(), count
        with connection.cursor() as cursor:
            cursor.execute(SPREAD, {"at": self.at})
            cursor.execute(BEGAN)
        version = Clock.objects.select_related("calendar__calendar").latest("pk").calendar
        calendars.publish(
            calendar_id=version.calendar_id,
            by=None,
            at=self.at,
            zone=version.zone,
            weekly=WEEK,
        )
        self.calendar_id, self.ada = version.calendar_id, due.cast.ada

    def move(self) -> None:
        moving.begin(calendar_id=self.calendar_id, by=self.ada, at=self.at)
        while moving.move_next(at=self.at + timedelta(minutes=1)):
            pass
        moved = Move.objects.get().moved
        if moved != self.count:
            raise SystemExit(f"{moved} of {self.count} clocks were moved.")

    def verify(self) -> None:
        seen = verify(at=self.at)
        if seen.wrong or seen.clocks != self.count:
            raise SystemExit("\n".join(map(str, (seen.clocks, *seen.first))))
