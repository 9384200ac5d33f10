"""A team's period replayed: what really came, how well the replay meets it, and what if."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from handoff.calendars.models import CalendarVersion
from handoff.calendars.working_time import Schedule, local_instant
from handoff.people.access import reach_of
from handoff.people.models import Side, Team, User
from leads import refusals
from leads.models.rule import Score
from sla.models import ClauseKind, Clock
from sla.queries.board import led
from sla.simulation.arrivals import Arrival, halves
from sla.simulation.axis import Axis
from sla.simulation.figures import Band, Figures, Plan, axis_for, band_of, experiment, really
from sla.simulation.learning import Learnt, learn
from sla.simulation.scenario import Scenario

MOST: Final = 5_000
FEWEST: Final = 20
"""Below this a replay would be a guess."""
LOST: Final = frozenset({"breached", "waived"})

Row = dict[str, Any]


@dataclass(frozen=True)
class Days:
    """Whole days of a zone, both ends included."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        return local_instant(self.zone, self.first, 0)

    @property
    def end(self) -> datetime:
        return local_instant(self.zone, self.last + timedelta(days=1), 0)


@dataclass(frozen=True)
class Came:
    """What came in a period, the newest `MOST` of it; `left_out` was withdrawn or still waits in
    time. `calendar` counts for most of it, `calendars` says how many versions counted at all."""

    arrivals: Sequence[Arrival]
    left_out: int
    total: int
    calendar: CalendarVersion | None
    calendars: int


@dataclass(frozen=True)
class Half:
    """The later half of a period, replayed with what the earlier half had taught."""

    really: Figures
    runs: Sequence[Figures]

    @property
    def holds(self) -> bool:
        return meets(self.runs, self.really)


@dataclass(frozen=True)
class Replay:
    """The answer. `scenario` is None where nothing was changed, `half` where there is too little.

    All replays of one answer draw the same handlings, seed by seed.
    """

    came: Came
    schedule: Schedule
    learnt: Learnt
    really: Figures
    runs: Sequence[Figures]
    half: Half | None
    plan: Plan | None
    others: Sequence[Figures] | None

    @property
    def band(self) -> Band | None:
        return band_of(self.runs, attainment)

    @property
    def holds(self) -> bool:
        """Whether the replay of what was meets what was, within its own band."""
        return meets(self.runs, self.really)


def attainment(figures: Figures) -> float | None:
    return figures.attainment


def meets(runs: Sequence[Figures], figures: Figures) -> bool:
    band, value = band_of(runs, attainment), figures.attainment
    return band is not None and value is not None and band.holds(value)


def replayed_teams(user: User) -> QuerySet[Team]:
    """Sales teams that the person leads, or all of them for who manages."""
    reach = reach_of(user)
    teams = Team.objects.filter(side=Side.SALES, archived_at__isnull=True).order_by("name")
    if reach.holds_everywhere("board"):
        return teams
    return teams.filter(pk__in=led(reach, Side.SALES))


def replay_of(team: Team, days: Days, scenario: Scenario, *, at: datetime) -> Replay | Came:
    """Replay a period of a team; what came alone where that is too little.

    Raises the refusal `invalid` where the other hours are never open.
    """
    came = came_to(team, days, at=at)
    if came.calendar is None or len(came.arrivals) < FEWEST:
        return came
    schedule, arrivals = came.calendar.schedule(), came.arrivals
    axis = axis_for(schedule, arrivals)
    learnt = learn(arrivals, axis, schedule)
    plan = None
    if scenario != Scenario():
        plan = scenario.plan(schedule, sellers=learnt.sellers)
        if not axis_for(plan.schedule, arrivals).length:
            raise refusals.wrong(weekdays=_("With these hours it is never open."))
    return Replay(
        came=came,
        schedule=schedule,
        learnt=learnt,
        really=really(arrivals, axis),
        runs=experiment(arrivals, learnt, Plan(schedule)),
        half=_half(arrivals, axis, schedule),
        plan=plan,
        others=experiment(arrivals, learnt, plan) if plan else None,
    )


def _half(arrivals: Sequence[Arrival], axis: Axis, schedule: Schedule) -> Half | None:
    earlier, later = halves(arrivals)
    if len(earlier) < FEWEST:
        return None
    taught = learn(earlier, axis, schedule)
    return Half(really(later, axis), experiment(later, taught, Plan(schedule), ahead=True))


def came_to(team: Team, days: Days, *, at: datetime) -> Came:
    """What was offered to a team's queue in a period, in that order, with how it went by `at`."""
    claims = (
        Clock.objects.filter(
            kind=ClauseKind.CLAIM,
            team=team,
            handoff__imported=False,
            handoff__offered_at__gte=days.start,
            handoff__offered_at__lt=days.end,
        )
        .order_by("-started_at", "-pk")
        .values(*_COLUMNS, "calendar_id", "handoff__lead_id", "handoff__claimed_by_id")
    )
    total = claims.count()
    rows = list(claims[:MOST])[::-1]
    counted = [row for row in rows if _kept(row, at) is not None]
    calendars = Counter(row["calendar_id"] for row in counted)
    usual = calendars.most_common(1)[0][0] if calendars else None
    return Came(
        _arrivals(counted, at),
        left_out=len(rows) - len(counted),
        total=total,
        calendar=CalendarVersion.objects.get(pk=usual) if usual else None,
        calendars=len(calendars),
    )


_COLUMNS: Final = (
    *("handoff_id", "owner_id", "started_at", "due_at", "stopped_at", "verdict"),
    *("clause__target", "handoff__first_attempt_at"),
)


def _arrivals(claims: Sequence[Row], at: datetime) -> list[Arrival]:
    held: dict[int, list[Row]] = defaultdict(list)
    attempts = Clock.objects.filter(
        kind=ClauseKind.FIRST_ATTEMPT, handoff__in={row["handoff_id"] for row in claims}
    )
    for row in attempts.order_by("started_at", "pk").values(*_COLUMNS):
        held[row["handoff_id"]].append(row)
    leads = {row["handoff__lead_id"] for row in claims}
    grades = dict(Score.objects.filter(lead__in=leads).values_list("lead_id", "grade"))
    again: dict[int, datetime] = {}  # when a handoff was next offered, seen from the newest back
    found = []
    for row in reversed(claims):
        until = again.get(row["handoff_id"], at)
        mine = [one for one in held[row["handoff_id"]] if _within(one, row, until)]
        found.append(_arrival(row, mine[-1] if mine else None, grades, at))
        again[row["handoff_id"]] = row["started_at"]
    return found[::-1]


def _within(attempt: Row, claim: Row, until: datetime) -> bool:
    return bool(claim["stopped_at"] and claim["started_at"] <= attempt["started_at"] < until)


def _arrival(claim: Row, attempt: Row | None, grades: dict[int, str], at: datetime) -> Arrival:
    claimed_at = max(claim["stopped_at"] or at, claim["started_at"])
    freed_at = (attempt["stopped_at"] or at) if attempt else claimed_at
    return Arrival(
        offered_at=claim["started_at"],
        claimed_at=claimed_at,
        freed_at=max(freed_at, claimed_at),
        tried=bool(attempt and _tried(attempt)),
        seller=attempt["owner_id"] if attempt else None,
        claim_target=claim["clause__target"],
        attempt_target=attempt["clause__target"] if attempt else None,
        claim_kept=_kept(claim, at),
        attempt_kept=_kept(attempt, at) if attempt else None,
        grade=grades.get(claim["handoff__lead_id"], ""),
    )


def _tried(attempt: Row) -> bool:
    """Whether an attempt stopped it, and not the end of the claim."""
    tried_at, stopped_at = attempt["handoff__first_attempt_at"], attempt["stopped_at"]
    return bool(tried_at and stopped_at and tried_at <= stopped_at)


def _kept(clock: Row, at: datetime) -> bool | None:
    """Met, or not; None for what is undecided or was not needed. Waived is breached, before it
    was waived."""
    if clock["verdict"] == "met":
        return True
    if clock["verdict"] in LOST or (clock["verdict"] == "running" and clock["due_at"] < at):
        return False
    return None
