"""A handoff's clocks, each with how its deadline or its verdict came about."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import cached_property

from handoff.people.models import User
from leads.models import Handoff
from sla import sentences
from sla.derivation import due_sentence, used, used_sentence
from sla.models import Clock, Escalation


@dataclass(frozen=True)
class ClockRow:
    """One clock as a person reads it."""

    clock: Clock

    @property
    def promise(self) -> str:
        return sentences.promise(self.clock.clause)

    @property
    def verdict(self) -> str:
        return sentences.verdict(self.clock)

    @cached_property
    def sentence(self) -> str:
        """How the deadline came about; once stopped, how the open time until then adds up."""
        clock, schedule = self.clock, self.clock.calendar.schedule()
        days = clock.calendar.holiday_names(self._years)
        if clock.stopped_at is None:
            target = clock.clause.target
            return due_sentence(schedule, start=clock.started_at, target=target, holidays=days)
        return used_sentence(schedule, start=clock.started_at, end=clock.stopped_at, holidays=days)

    @cached_property
    def seconds(self) -> int | None:
        """Open time until it was stopped."""
        clock = self.clock
        if clock.stopped_at is None:
            return None
        length = used(clock.calendar.schedule(), start=clock.started_at, end=clock.stopped_at)
        return int(length.total_seconds())

    @property
    def stages(self) -> Sequence[Escalation]:
        """What was told to somebody; stages that a later one overtook are not."""
        return [stage for stage in self.clock.escalations.all() if not stage.superseded]

    @property
    def _years(self) -> set[int]:
        ends = self.clock.stopped_at or self.clock.due_at
        return set(range(self.clock.started_at.year, ends.year + 1))


def clocks_of(handoff: Handoff, user: User) -> list[ClockRow]:
    """The newest first, those still open before all others."""
    clocks = (
        Clock.objects.visible_to(user)
        .filter(handoff=handoff)
        .select_related("clause__agreement", "calendar", "owner")
        .prefetch_related("escalations")
        .order_by("-started_at", "-pk")
    )
    return sorted(map(ClockRow, clocks), key=lambda row: row.clock.stopped_at is not None)
