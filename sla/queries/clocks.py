"""A handoff's clocks, each with how its deadline or its verdict came about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from handoff.calendars.derivation import Gap
from handoff.people.models import User
from leads.models import Handoff
from sla import sentences
from sla.derivation import Standing
from sla.models import Clock, ClockEvent, Escalation, Occurrence, Verdict
from sla.queries import rights
from sla.queries.histories import Versions, standing_of, versions_of
from sla.stages import EVIDENCE


@dataclass(frozen=True)
class ClockRow:
    """One clock as a person reads it."""

    clock: Clock
    versions: Versions
    at: datetime
    reader: User
    last: bool = True

    @property
    def promise(self) -> str:
        return sentences.promise(self.clock.clause)

    @property
    def verdict(self) -> str:
        return sentences.verdict(self.clock)

    @cached_property
    def standing(self) -> Standing:
        return standing_of(self.clock, at=self.at, versions=self.versions)

    @cached_property
    def sentence(self) -> str:
        """How the deadline came about; once stopped, how the open time until then adds up."""
        clock = self.clock
        days = clock.calendar.holiday_names(self._years)
        gaps = list(self._gaps())
        return self.standing.sentence(clock.clause.target, gaps=gaps, holidays=days)

    @cached_property
    def seconds(self) -> int | None:
        """Open time until it was stopped."""
        if self.clock.stopped_at is None:
            return None
        return int(self.standing.used.total_seconds())

    @property
    def stages(self) -> Sequence[Escalation]:
        """What was told to somebody; stages that a later one overtook are not."""
        return [stage for stage in self.clock.escalations.all() if not stage.superseded]

    @property
    def flags(self) -> list[str]:
        """What makes its evidence hard to believe, and what became of it."""
        return sentences.flags(self.clock, self._evidence)

    @property
    def events(self) -> Sequence[ClockEvent]:
        """What people did to it, apart from starting and stopping it."""
        plain = {Occurrence.STARTED, Occurrence.CANCELLED, Occurrence.FLAGGED, *EVIDENCE}
        return [event for event in self.clock.events.all() if event.kind not in plain]

    @property
    def may_pause(self) -> bool:
        clock = self.clock
        running = clock.verdict == Verdict.RUNNING and clock.due_at >= self.at
        return running and clock.paused_at is None and rights.may_hold(clock, self.reader)

    @property
    def may_resume(self) -> bool:
        return self.clock.paused_at is not None and rights.may_hold(self.clock, self.reader)

    @property
    def may_contest(self) -> bool:
        clock = self.clock
        late = clock.verdict == Verdict.BREACHED and clock.contested_at is None
        return late and rights.may_contest(clock, self.reader)

    @property
    def may_settle(self) -> bool:
        clock = self.clock
        asked = clock.verdict == Verdict.BREACHED and clock.is_contested
        return asked and rights.may_settle(clock, self.reader)

    @property
    def may_reopen(self) -> bool:
        over = self.last and rights.can_reopen(self.clock)
        return over and rights.may_reopen(self.clock, self.reader)

    @property
    def _evidence(self) -> ClockEvent | None:
        """What the verdict rests on: the last that was believed."""
        found = [event for event in self.clock.events.all() if event.kind in EVIDENCE]
        return found[-1] if found else None

    def _gaps(self) -> Iterator[Gap]:
        """Pauses, and moves to another version of the calendar, in the order of time."""
        paused: ClockEvent | None = None
        for event in self.clock.events.all():
            if event.kind == Occurrence.PAUSED:
                paused = event
            elif event.kind == Occurrence.RESUMED and paused is not None:
                yield Gap(paused.at, event.at, _paused(_("paused %(from)s–%(to)s"), paused))
                paused = None
            elif event.kind == Occurrence.MOVED:
                number = {"n": self.versions[event.data["calendar"]].number}
                said = _("from %(at)s by calendar version %(n)s")
                yield Gap(event.at, None, said % {"at": "%(from)s", **number})
        if paused is not None:
            yield Gap(paused.at, None, _paused(_("paused since %(from)s"), paused))

    @property
    def _years(self) -> set[int]:
        ends = self.clock.stopped_at or self.clock.due_at
        return set(range(self.clock.started_at.year, ends.year + 1))


def _paused(when: str, event: ClockEvent) -> str:
    why = event.why.replace("%", "%%")
    return f"{when}: {why}" if why else when


def clocks_of(handoff: Handoff, user: User, *, at: datetime) -> list[ClockRow]:
    """The newest first, those still open before all others."""
    events = ClockEvent.objects.select_related("by").order_by("id")
    clocks = list(
        Clock.objects.visible_to(user)
        .filter(handoff=handoff)
        .select_related("clause__agreement", "calendar", "owner", "handoff__lead")
        .prefetch_related("escalations", Prefetch("events", events))
        .order_by("-started_at", "-pk")
    )
    versions = versions_of(clocks)
    last = {clock.kind: clock.pk for clock in sorted(clocks, key=lambda clock: clock.pk)}
    rows = (
        ClockRow(clock, versions, at, user, last=last[clock.kind] == clock.pk) for clock in clocks
    )
    return sorted(rows, key=lambda row: row.clock.stopped_at is not None)


def clock_row(clock_id: int, user: User, *, at: datetime) -> ClockRow | None:
    """One clock by itself; None where the person does not see it."""
    clock = Clock.objects.visible_to(user).select_related("handoff").filter(pk=clock_id).first()
    if clock is None:
        return None
    rows = clocks_of(clock.handoff, user, at=at)
    return next((row for row in rows if row.clock.pk == clock_id), None)
