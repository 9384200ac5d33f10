"""A rule set asked about the past: what it would have said at each decision, against what sales
made of it.

A decision is a handoff, at the moment it was offered; or a lead that was never handed over, at its
latest touch. Features are as of that moment. A decision has a label once it is mature: won, or not
won. Never handed over is no label and is counted apart, except where a file said that its outcomes
are complete: its MQLs without a sale are not won.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from handoff.people.models import User
from leads.models import RuleSet
from leads.queries.backtest_figures import figures
from leads.refusals import Refusal
from leads.rules.criteria import Rules
from leads.rules.reading import read
from leads.rules.sql import Compiled, compiled, of_moments, scope_of, scored

MATURE_AFTER: Final = timedelta(days=60)
LOOKED_BACK: Final = timedelta(days=365)
FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
MOST_DAYS: Final = 3_650
LAST: Final = date(2199, 12, 31)
PATIENCE: Final = timedelta(seconds=30)
"""What a statement may take where somebody waits for it."""
AT_ONCE: Final = 3
"""So many may wait for the past at a time: each holds one of the eight threads that serve pages."""
TURNS: Final = 4_201_010
SHORT: Final = timedelta(seconds=10)
"""The same where it stands beside what somebody reads or writes meanwhile."""
CANCELED: Final = "57014"
"""How Postgres says that a statement took longer than it may."""
SHORTER: Final = gettext_lazy("This takes longer than it may. Choose a shorter period.")
MOMENTS: Final = """
SELECT h.lead_id, h.offered_at AS at, h.imported AS history,
    h.state = 'won' AS won, true AS labelled
FROM leads_handoff h JOIN leads_lead l ON l.id = h.lead_id
WHERE h.state <> 'withdrawn' AND h.offered_at >= %(since)s AND h.offered_at < %(until)s
    AND {scope}
UNION ALL
SELECT l.id, m.at, l.batch_id IS NOT NULL, false, m.complete
FROM leads_lead l
LEFT JOIN leads_importbatch b ON b.id = l.batch_id
CROSS JOIN LATERAL (
    SELECT COALESCE(b.mapping ->> 'outcomes' = 'complete', false)
            AND l.marketing_qualified_at IS NOT NULL AS complete,
        CASE WHEN b.mapping ->> 'outcomes' = 'complete'
            THEN COALESCE(l.marketing_qualified_at, l.touched_at) ELSE l.touched_at END AS at
) m
WHERE m.at >= %(since)s AND m.at < %(until)s AND {scope}
    AND NOT EXISTS (
        SELECT 1 FROM leads_handoff h WHERE h.lead_id = l.id AND h.state <> 'withdrawn')
"""
KEEP: Final = """
CREATE TEMPORARY TABLE leads_backtest ON COMMIT DROP AS
SELECT f.*, f.at <= %(mature)s AS mature, f.labelled AND f.at <= %(mature)s AS counts,
    date_trunc('week', f.at AT TIME ZONE %(zone)s)::date AS week
FROM ({found}) f
"""


@dataclass(frozen=True)
class Period:
    """Decisions from `since` up to `until` (UTC); those less than `mature_after` before `now` are
    immature. `zone` is where weeks begin. Without a team: those of every team that has no active
    criteria of its own."""

    since: datetime
    until: datetime
    now: datetime
    mature_after: timedelta = MATURE_AFTER
    zone: str = "UTC"
    team_id: int | None = None

    @classmethod
    def of_days(
        cls, since: date, until: date | None, *, now: datetime, mature: int, team_id: int | None
    ) -> Self:
        """From the first day up to the day after the last, or up to now, as the house's zone has
        them; `mature` counts days."""
        return cls(
            since=_midnight(since),
            until=_midnight(until) if until else now,
            now=now,
            mature_after=timedelta(days=mature),
            zone=settings.TIME_ZONE,
            team_id=team_id,
        )

    def kept(self) -> dict[str, Any]:
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "mature_days": self.mature_after.days,
        }


def backtest_of(
    rules: Rules, *, period: Period, by: User | None = None, within: timedelta | None = None
) -> dict[str, Any]:
    """The figures of `rules` beside those of the active version for the same leads, if any."""
    active = RuleSet.objects.speaking_for(period.team_id)
    against = read(active.rules) if active else None
    return backtest(rules, period=period, against=against, by=by, within=within)


def backtest(
    rules: Rules,
    *,
    period: Period,
    against: Rules | None = None,
    by: User | None = None,
    within: timedelta | None = None,
) -> dict[str, Any]:
    """The figures as JSON: of `rules`, of the rules they would replace, and who flips.

    Leads are told by id where `by` may see them, all of them to nobody in particular. Raises a
    Refusal where a statement takes longer than `within`, and where too many ask at once.
    """
    draft = compiled(rules, at="s.at", prefix="d")
    made = [draft] if against is None else [draft, compiled(against, at="s.at", prefix="a")]
    with answering(within) as cursor:
        if within is not None:
            take_turn(cursor)
        _keep(cursor, made, period)
        found = {"period": period.kept(), **figures(cursor, made, by)}
        cursor.execute("DROP TABLE leads_backtest")  # a transaction around this one may go on
        return found


@contextmanager
def answering(within: timedelta | None, otherwise: str | Promise = SHORTER) -> Iterator[Any]:
    """A cursor in a transaction, each of whose statements may take so long. Raises a Refusal that
    says `otherwise` where one takes longer."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if within is not None:
                limit = max(1, round(within.total_seconds() * 1_000))
                cursor.execute("SET LOCAL statement_timeout = %s", [limit])
            yield cursor
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) != CANCELED:
            raise
        raise Refusal("too_long", otherwise, status=503, icon="hourglass") from None


def day_before(now: datetime, back: timedelta) -> date:
    """The day so long before `now`, in the house's zone."""
    return (now.astimezone(ZoneInfo(settings.TIME_ZONE)) - back).date()


def take_turn(cursor: Any) -> None:
    """One of a few turns, until the transaction ends. Raises a Refusal where all are taken."""
    for number in range(AT_ONCE):
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [TURNS + number])
        if cursor.fetchone()[0]:
            return
    sentence = gettext_lazy("Others are asking about the past right now. Try again in a moment.")
    raise Refusal("busy", sentence, status=503, icon="hourglass")


def _midnight(day: date) -> datetime:
    within = min(max(day, FIRST.date()), LAST)
    return datetime.combine(within, time.min, ZoneInfo(settings.TIME_ZONE)).astimezone(UTC)


def _keep(cursor: Any, made: Sequence[Compiled], period: Period) -> None:
    found = of_moments(MOMENTS.format(scope=scope_of(period.team_id)), *made)
    for each in made:
        found = scored(each, found)
    params = params_of(period)
    for each in made:
        params |= each.params
    cursor.execute(KEEP.format(found=found), params)


def params_of(period: Period) -> dict[str, Any]:
    """What a statement over the moments of a period takes."""
    return {
        **RuleSet.objects.scope_params(period.team_id),
        "since": period.since,
        "until": period.until,
        "mature": period.now - period.mature_after,
        "zone": period.zone,
    }
