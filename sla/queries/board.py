"""The board: how promises and people stand now, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Self

from django.db.models import Case, Count, F, IntegerField, Min, Q, QuerySet, When
from django.utils.functional import cached_property

from handoff.calendars.models import away
from handoff.people.access import Reach, reach_of
from handoff.people.models import Membership, Role, Side, Team, User
from leads.models import Handoff
from leads.stages import HELD, OPEN, HandoffState
from sla.models import Clock, ClockEvent, Occurrence
from sla.queries.keyset import Place, beyond_ranked
from sla.stages import PROMISES, URGENCY, ClauseKind, Verdict

PAGE: Final = 50
LATE: Final = "late"
RISK: Final = "risk"
WAITING: Final = "waiting"
CONTESTED: Final = "contested"
SHOWN: Final = (LATE, RISK, WAITING, CONTESTED)


@dataclass
class Tally:
    """Counts of what is open now. `late` and `risk` are promises, whoever owes them.

    `untried` are late first attempts, `owed` late feedback, `contested` breaches that wait for the
    other side's answer, also of what is over; `since` is when what waits longest was offered.
    """

    waiting: int = 0
    held: int = 0
    risk: int = 0
    late: int = 0
    untried: int = 0
    owed: int = 0
    contested: int = 0
    since: datetime | None = None

    def add(self, other: Self) -> None:
        for name in ("waiting", "held", "risk", "late", "untried", "owed", "contested"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.since = min((one for one in (self.since, other.since) if one), default=None)


@dataclass
class TeamRow:
    team: Team
    tally: Tally = field(default_factory=Tally)


@dataclass
class PersonRow:
    """Somebody who sells in a team, or still holds something there (then no member of it).

    `capacity` is their limit of open claims, None for no limit; `back` is the day on which
    somebody who is away is back, `given` says that the reader gives them work.
    """

    user: User
    team: Team
    member: bool = False
    capacity: int | None = None
    back: date | None = None
    given: bool = False
    tally: Tally = field(default_factory=Tally)

    @property
    def load(self) -> int | None:
        """Open claims in per cent of the limit."""
        return None if not self.capacity else min(100, round(100 * self.tally.held / self.capacity))


@dataclass(frozen=True)
class OpenRow:
    """A promise with those who could take its lead on, the least loaded first; `contest` is why
    its breach should not count, where that is asked."""

    clock: Clock
    receivers: list[PersonRow]
    contest: ClockEvent | None = None

    @property
    def handoff(self) -> Handoff:
        return self.clock.handoff


@dataclass(frozen=True)
class Page:
    rows: list[OpenRow]
    next: Place | None


class Board:
    """What somebody who leads or manages sees at an instant."""

    def __init__(self, user: User, *, at: datetime) -> None:
        self.reach = reach_of(user)
        self.user, self.at = user, at

    @cached_property
    def teams(self) -> dict[int, TeamRow]:
        """Sales teams within reach, and those of either side that owe something within reach."""
        owing = set(self._team_ids)
        if self.reach.everywhere:
            sells = Q(side=Side.SALES, archived_at__isnull=True)
        else:
            sells = Q(pk__in=led(self.reach, Side.SALES))
        found = Team.objects.filter(sells | Q(pk__in=owing))
        rows = {team.pk: TeamRow(team) for team in found}
        for team_id, _owner_id, tally in self._tallies:
            rows[team_id].tally.add(tally)
        return rows

    @cached_property
    def people(self) -> list[PersonRow]:
        """The sellers of each team within reach, and whoever else holds something there."""
        rows = {(row.team.pk, row.user.pk): row for row in self._members()}
        missing = self._holders() - rows.keys()
        known = User.objects.in_bulk({user_id for _team_id, user_id in missing})
        for team_id, user_id in missing:
            rows[team_id, user_id] = PersonRow(known[user_id], self.teams[team_id].team)
        for team_id, owner_id, tally in self._tallies:
            if owner_id is not None:
                rows[team_id, owner_id].tally.add(tally)
        backs = away({row.user.pk for row in rows.values()}, self.at)
        for row in rows.values():
            row.back = backs.get(row.user.pk)
            row.given = row.member and self.reach.holds("reassign", row.team.pk)
        return sorted(rows.values(), key=_by_need)

    @cached_property
    def total(self) -> Tally:
        whole = Tally()
        for row in self.teams.values():
            whole.add(row.tally)
        return whole

    def page(
        self,
        shown: str,
        *,
        team_id: int | None = None,
        owner_id: int | None = None,
        after: Place | None = None,
    ) -> Page:
        """One page of the promises that are late, at risk, waiting to be claimed or contested.

        The nearest deadline first; of what is late, first what a lead can still be saved by.
        """
        of = self._contested() if shown == CONTESTED else self._clocks().filter(self._shown(shown))
        clocks = of.annotate(rank=_rank(shown)).filter(beyond_ranked(after))
        if team_id is not None:
            clocks = clocks.filter(team_id=team_id)
        if owner_id is not None:
            clocks = clocks.filter(owner_id=owner_id)
        found = list(
            clocks.select_related("handoff__lead", "handoff__claimed_by", "team", "owner").order_by(
                "rank", "due_at", "pk"
            )[: PAGE + 1]
        )
        last = found[PAGE - 1] if len(found) > PAGE else None
        asked = _contests(found) if shown == CONTESTED else {}
        rows = [
            OpenRow(clock, self.receivers(clock), asked.get(clock.pk)) for clock in found[:PAGE]
        ]
        return Page(rows, Place(last.due_at, last.pk, last.rank) if last else None)

    def receivers(self, clock: Clock) -> list[PersonRow]:
        """Who else of the team could take the lead on, where it may be given at all."""
        if clock.handoff.state not in OPEN or not self.reach.holds("reassign", clock.team_id):
            return []
        return [
            row
            for row in self._by_team[clock.team_id]
            if row.user.pk != clock.handoff.claimed_by_id
        ]

    def _shown(self, shown: str) -> Q:
        if shown == LATE:
            return self._late()
        if shown == RISK:
            return self._at_risk()
        return Q(kind=ClauseKind.CLAIM)

    def _late(self) -> Q:
        """Past its deadline, neither paused nor waived."""
        return Q(due_at__lt=self.at, paused_at__isnull=True) & ~Q(verdict=Verdict.WAIVED)

    def _at_risk(self) -> Q:
        near = Q(warn_at__lte=self.at, due_at__gte=self.at, warn_at__lt=F("due_at"))
        return near & Q(paused_at__isnull=True)

    def _clocks(self) -> QuerySet[Clock]:
        """Open promises within reach; a lease is none."""
        return (
            Clock.objects.visible_to(self.user)
            .open()
            .filter(self._within("handoff__lead__team_id"), kind__in=PROMISES)
        )

    def _contested(self) -> QuerySet[Clock]:
        """Breaches that wait for the other side's answer, also of what is over."""
        clocks = Clock.objects.visible_to(self.user).contested()
        return clocks.filter(self._within("handoff__lead__team_id"))

    def _within(self, marketing: str) -> Q:
        """Only the teams that the person leads, of all those whose leads they see."""
        if self.reach.everywhere:
            return Q()
        return Q(team_id__in=led(self.reach, Side.SALES)) | Q(
            **{f"{marketing}__in": led(self.reach, Side.MARKETING)}
        )

    @cached_property
    def _tallies(self) -> list[tuple[int, int | None, Tally]]:
        return [*self._clock_tallies(), *self._contest_tallies(), *self._handoff_tallies()]

    @property
    def _team_ids(self) -> Iterator[int]:
        return (team_id for team_id, _owner_id, _tally in self._tallies)

    def _clock_tallies(self) -> Iterator[tuple[int, int | None, Tally]]:
        late = self._late()
        rows = (
            self._clocks()
            .order_by()
            .values_list("team_id", "owner_id", "kind")
            .annotate(late=Count("pk", filter=late), risk=Count("pk", filter=self._at_risk()))
        )
        for team_id, owner_id, kind, over, risk in rows:
            yield (
                team_id,
                owner_id,
                Tally(
                    late=over,
                    risk=risk,
                    untried=over if kind == ClauseKind.FIRST_ATTEMPT else 0,
                    owed=over if kind == ClauseKind.FEEDBACK else 0,
                ),
            )

    def _contest_tallies(self) -> Iterator[tuple[int, int | None, Tally]]:
        rows = self._contested().order_by().values_list("team_id", "owner_id")
        for team_id, owner_id, count in rows.annotate(count=Count("pk")):
            yield team_id, owner_id, Tally(contested=count)

    def _handoff_tallies(self) -> Iterator[tuple[int, int | None, Tally]]:
        rows = (
            Handoff.objects.visible_to(self.user)
            .open()
            .filter(self._within("lead__team_id"))
            .order_by()
            .values_list("team_id", "claimed_by_id")
            .annotate(
                waits=Count("pk", filter=Q(state=HandoffState.WAITING)),
                held=Count("pk", filter=Q(state__in=HELD)),
                since=Min("offered_at", filter=Q(state=HandoffState.WAITING)),
            )
        )
        for team_id, owner_id, waits, held, since in rows:
            yield team_id, owner_id, Tally(waiting=waits, held=held, since=since)

    def _members(self) -> Iterator[PersonRow]:
        mine = self.teams if self.reach.everywhere else led(self.reach, Side.SALES)
        members = Membership.objects.filter(
            team_id__in=mine, role__in=(Role.SELLER, Role.LEAD), user__is_active=True
        ).select_related("user", "team")
        for member in members:
            if member.team is not None:
                yield PersonRow(member.user, member.team, member=True, capacity=member.capacity)

    def _holders(self) -> set[tuple[int, int]]:
        return {(team_id, user_id) for team_id, user_id, _tally in self._tallies if user_id}

    @cached_property
    def _by_team(self) -> dict[int, list[PersonRow]]:
        teams: dict[int, list[PersonRow]] = defaultdict(list)
        for row in sorted(self.people, key=_by_load):
            if row.member:
                teams[row.team.pk].append(row)
        return teams


def _rank(shown: str) -> Case:
    """By what comes first, of what is late; every other list goes by its deadlines alone."""
    urgency = URGENCY.items() if shown == LATE else ()
    return Case(
        *(When(kind=kind, then=rank) for kind, rank in urgency),
        default=0,
        output_field=IntegerField(),
    )


def _contests(clocks: Sequence[Clock]) -> dict[int, ClockEvent]:
    events = ClockEvent.objects.filter(clock__in=clocks, kind=Occurrence.CONTESTED)
    return {event.clock_id: event for event in events.select_related("by").order_by("pk")}


def led(reach: Reach, side: str) -> list[int]:
    """The person's own teams of a side whose board they may see."""
    return [pk for pk in reach.team_ids(side) if reach.holds("board", pk)]


def _by_need(row: PersonRow) -> tuple[str, int, int, str]:
    return row.team.name, -row.tally.late, -row.tally.held, row.user.name


def _by_load(row: PersonRow) -> tuple[bool, bool, int, str]:
    """Whoever is there and has room first, then who holds least."""
    full = bool(row.capacity) and row.tally.held >= (row.capacity or 0)
    return row.back is not None, full, row.tally.held, row.user.name
