"""What one seller has in hand: planned steps, open claims, and this month's figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db.models import Count, Q, Sum
from django.utils import timezone

from handoff.people.access import reach_of
from handoff.people.models import Side, User
from leads.models import Handoff, NextStep
from leads.stages import HELD, HandoffState
from sla.models import Clock
from sla.queries.queue import Signal, signals_of
from sla.stages import ClauseKind, Verdict

MOST: Final = 200
MOST_OWED: Final = 8


@dataclass(frozen=True)
class Claim:
    """An open claim; `clock` is its first attempt's, gone once somebody tried."""

    handoff: Handoff
    clock: Clock | None
    signal: Signal | None = None


@dataclass(frozen=True)
class Month:
    """A person's figures since the first of the month, by the day each thing happened.

    `in_time` is met ÷ (met + breached) of their first attempts begun this month, None without any.
    """

    since: datetime
    claimed: int
    won: int
    value: Decimal
    returned: int
    lost: int
    judged: int
    met: int

    @property
    def in_time(self) -> float | None:
        return self.met / self.judged if self.judged else None


def planned_by(user: User) -> Sequence[NextStep]:
    """Open steps on leads that the person holds, the soonest first."""
    rows = NextStep.objects.filter(
        done_at__isnull=True, handoff__claimed_by=user, handoff__state__in=HELD
    )
    return list(rows.select_related("handoff__lead").order_by("due_at", "id")[:MOST])


def owed_by_marketing(user: User) -> Sequence[Clock]:
    """The open promises of the person's marketing teams, of every team for who sees all, the most
    urgent first."""
    reach = reach_of(user)
    clocks = Clock.objects.open().filter(side=Side.MARKETING)
    if not reach.everywhere:
        clocks = clocks.filter(team_id__in=reach.team_ids(Side.MARKETING))
    rows = clocks.select_related("handoff__lead", "handoff__team", "owner")
    return list(rows.order_by("due_at", "id")[:MOST_OWED])


def claims_of(user: User) -> list[Claim]:
    """Open claims: those still to be tried by deadline, then the rest, the newest first."""
    held = Handoff.objects.held_by(user).select_related("lead", "team")
    rows = list(held.order_by("-claimed_at", "-id")[:MOST])
    clocks = Clock.objects.open().filter(handoff__in=rows, kind=ClauseKind.FIRST_ATTEMPT)
    running = {clock.handoff_id: clock for clock in clocks}
    signals = signals_of([row.lead_id for row in rows])
    found = [Claim(row, running.get(row.pk), signals.get(row.lead_id)) for row in rows]
    return sorted(found, key=lambda one: one.clock.due_at if one.clock else _LAST)


_LAST: Final = datetime.max.replace(tzinfo=timezone.get_fixed_timezone(0))


def month_of(user: User, *, at: datetime) -> Month:
    """The month is that of the reader's own zone."""
    since = timezone.localtime(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    mine = Handoff.objects.filter(claimed_by=user, imported=False)
    ended = {
        state: Count("pk", filter=Q(state=state, ended_at__gte=since))
        for state in (HandoffState.WON, HandoffState.RETURNED, HandoffState.LOST)
    }
    told = mine.aggregate(
        claimed=Count("pk", filter=Q(claimed_at__gte=since)),
        value=Sum("value", filter=Q(state=HandoffState.WON, ended_at__gte=since)),
        **{state.value: count for state, count in ended.items()},
    )
    judged = Q(verdict__in=(Verdict.MET, Verdict.BREACHED))
    tries = Clock.objects.filter(
        owner=user, kind=ClauseKind.FIRST_ATTEMPT, started_at__gte=since
    ).aggregate(judged=Count("pk", filter=judged), met=Count("pk", filter=Q(verdict="met")))
    return Month(since=since, **{**told, "value": told["value"] or Decimal(0)}, **tries)
