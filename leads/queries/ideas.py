"""Which criteria the history suggests for a draft, and why it may suggest none."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from handoff.people.access import reach_of
from handoff.people.models import Side, User
from leads.models import RuleSet
from leads.queries.backtest import (
    LOOKED_BACK,
    MATURE_AFTER,
    Period,
    answering,
    day_before,
    take_turn,
)
from leads.queries.candidates import base_of, candidates, keep
from leads.rules.criteria import Rules
from leads.rules.ideas import OUTSIDE, Idea, ranked
from leads.rules.intervals import SMALL, Share
from leads.rules.reading import read

MOST_SHOWN: Final = 40


class Nothing(StrEnum):
    """Why there are no ideas."""

    NO_DECISIONS = "no_decisions"
    TOO_FEW = "too_few"
    ALL_ALIKE = "all_alike"
    NO_DIFFERENCE = "no_difference"


@dataclass(frozen=True)
class Ideas:
    """What speaks for a sale and against one, of `looked_at` candidates; `decisions` includes the
    `immature` and those `unlabelled`, that is, never handed over."""

    period: Period
    decisions: int
    immature: int
    unlabelled: int
    base: Share
    looked_at: int = 0
    better: Sequence[Idea] = field(default_factory=list)
    worse: Sequence[Idea] = field(default_factory=list)

    @property
    def by_chance(self) -> int:
        """How many candidates would be ideas had none of them made a difference."""
        return round(self.looked_at * OUTSIDE)

    @property
    def no_more_than_chance(self) -> bool:
        return len(self.better) + len(self.worse) <= self.by_chance

    @property
    def nothing(self) -> Nothing | None:
        if not self.base.n:
            return Nothing.NO_DECISIONS
        if self.base.n < SMALL:
            return Nothing.TOO_FEW
        if self.base.k in (0, self.base.n):
            return Nothing.ALL_ALIKE
        return None if self.better or self.worse else Nothing.NO_DIFFERENCE

    def kept(self) -> dict[str, Any]:
        return {
            "period": self.period.kept(),
            "population": {
                "decisions": self.decisions,
                "labelled": self.base.n,
                "won": self.base.k,
                "immature": self.immature,
                "unlabelled": self.unlabelled,
                "base_rate": self.base.kept(),
            },
            "looked_at": self.looked_at,
            "by_chance": self.by_chance,
            "nothing": self.nothing.value if self.nothing else "",
            "better": [idea.kept() for idea in self.better],
            "worse": [idea.kept() for idea in self.worse],
        }


def period_of(
    since: date | None, until: date | None, *, now: datetime, team_id: int | None
) -> Period:
    """From the first day, or a year ago, up to the day after the last, or up to now, as the
    house's zone has them."""
    first = since or day_before(now, LOOKED_BACK)
    mature = MATURE_AFTER.days
    return Period.of_days(first, until, now=now, mature=mature, team_id=team_id)


def ideas_of(row: RuleSet, *, period: Period, by: User, within: timedelta | None = None) -> Ideas:
    """Ideas for a draft. Values are shown of leads that `by` markets: criteria for every team take
    the decisions of their own teams."""
    reach = reach_of(by)
    own = row.team_id is None and not reach.everywhere
    teams = reach.team_ids(Side.MARKETING) if own else None
    return ideas_for(read(row.rules), period=period, teams=teams, within=within)


def ideas_for(
    rules: Rules,
    *,
    period: Period,
    teams: Sequence[int] | None = None,
    within: timedelta | None = None,
) -> Ideas:
    """Ideas for a draft, from the decisions of the period; of these marketing teams alone where
    they are named. Raises a Refusal where a statement takes longer than `within`."""
    with answering(within) as cursor:
        if within is not None:
            take_turn(cursor)
        decisions, immature, unlabelled = keep(cursor, period, teams)
        base = base_of(cursor)
        if base.n < SMALL or base.k in (0, base.n):
            return Ideas(period, decisions, immature, unlabelled, base)
        found = list(candidates(cursor, base=base, least=SMALL))
    better, worse = ranked(found, base=base, rules=rules)
    return Ideas(
        *(period, decisions, immature, unlabelled, base, len(found)),
        better[:MOST_SHOWN],
        worse[:MOST_SHOWN],
    )
