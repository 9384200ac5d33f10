"""Scores kept true: of one lead in the transaction that changed it, of all of them in a wave.

Both run the statement that leads.rules compiles. One lead is locked first, so that two touches at
once are both counted; a wave locks nothing and leaves alone what was scored since it looked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import BooleanField, ExpressionWrapper, F, Max, Min, Q
from django.utils import timezone

from handoff.journal.record import News, record, record_all
from leads import events
from leads.models import Lead, RuleSet, Score, Wave
from leads.rules.criteria import Rules
from leads.rules.reading import read
from leads.rules.sql import AT, Compiled, compiled, of_leads, of_many, scope_of, scored

AGES_AFTER: Final = timedelta(hours=24)
"""How long a score whose criteria age is believed without a new touch."""
CHUNK: Final = 20_000
STALE: Final = 200
VERDICT: Final = ("fit", "engagement", "intent", "grade", "qualifies")

MARK: Final = """
WITH over AS (
    SELECT l.id, k.grade FROM leads_lead l JOIN leads_score k ON k.lead_id = l.id
    WHERE k.rule_set_id = %(rule_set)s AND k.proposes
        AND (l.stage = 'new' OR l.stage = 'recycled' AND (l.recycle_on <= %(today)s
            OR NOT EXISTS (SELECT 1 FROM leads_handoff h
                WHERE h.lead_id = l.id AND h.ended_at >= l.touched_at)))
        AND {leads}
    FOR NO KEY UPDATE OF l SKIP LOCKED
), settled AS (
    UPDATE leads_score k SET proposes = false, revision = revision + 1 FROM over
    WHERE k.lead_id = over.id
)
UPDATE leads_lead l SET stage = 'mql', recycle_on = NULL, marketing_qualified_at = %(at)s,
    marketing_qualified_by_id = NULL, qualified_under_id = %(rule_set)s, updated_at = %(at)s,
    qualification_reason = 'v' || %(number)s || ' · ' || over.grade
FROM over WHERE l.id = over.id
RETURNING l.id, over.grade
"""
"""Whom leads.queries.proposals would propose. A lead that somebody else holds is passed over: a
touch locks its lead before its score, so to wait here, over scores already written, could be for
ever. Whoever touches it marks it."""
WAITS: Final = "l.stage IN ('new', 'recycled') AS waits"
"""As leads.stages.PROPOSABLE."""
LEFT_BEHIND: Final = """
SELECT l.id FROM leads_lead l
LEFT JOIN leads_score k ON k.lead_id = l.id
WHERE k.rule_set_id IS DISTINCT FROM %(rule_set)s AND {scope} ORDER BY l.id LIMIT %(most)s
"""
"""The version is compared after the join: statistics know nothing of a new one yet, and a join on
it would be planned as if no score had it."""


@dataclass(frozen=True)
class InForce:
    """Active criteria, and the teams they do not speak for since those have their own."""

    rule_set_id: int
    number: int
    team_id: int | None
    marks: bool
    rules: Rules
    but: tuple[int, ...] = ()

    @property
    def scope(self) -> str:
        return scope_of(self.team_id)

    @property
    def params(self) -> dict[str, Any]:
        return {
            "team": self.team_id,
            "but": list(self.but),
            "rule_set": self.rule_set_id,
            "ages": AGES_AFTER if self.rules.ages else None,
        }


def in_force() -> list[InForce]:
    """The active rule sets, each with its scope; one query."""
    rows = RuleSet.objects.active().order_by("pk")
    active = list(rows.values_list("pk", "number", "team_id", "marks", "approved_at"))
    own = tuple(filter(None, (row[2] for row in active)))
    return [
        InForce(pk, number, team, marks, _rules_of(pk, since), () if team else own)
        for pk, number, team, marks, since in active
    ]


@lru_cache(maxsize=64)
def _rules_of(rule_set_id: int, since: datetime | None) -> Rules:
    """An active version never changes: it is read once. The instant tells two databases apart."""
    return read(RuleSet.objects.values_list("rules", flat=True).get(pk=rule_set_id))


@transaction.atomic
def score(*, lead_ids: Sequence[int], at: datetime) -> None:
    """Score some leads by the criteria in force, as of `at` (UTC), inside the caller's write."""
    if not lead_ids or not (forces := in_force()):
        return
    _hold(lead_ids)
    with connection.cursor() as cursor:
        for force in forces:
            made = compiled(force.rules, at=AT)
            leads = of_leads(f"l.id = ANY(%(ids)s) AND {force.scope}", made, also=WAITS)
            cursor.execute(
                _written(made, leads, always=True),
                {**made.params, **force.params, "ids": list(lead_ids), "at": at},
            )
            _mark(cursor, force, "l.id = ANY(%(ids)s)", at=at, ids=list(lead_ids))


def _hold(lead_ids: Sequence[int]) -> None:
    """Of two touches at once, the second scores after the first is committed, and so sees it."""
    rows = Lead.objects.filter(pk__in=lead_ids).order_by("pk").select_for_update(no_key=True)
    list(rows.values_list("pk"))


def score_range(force: InForce, *, low: int, high: int, at: datetime) -> int:
    """Score the leads above `low` up to `high` that the criteria speak for; how many changed."""
    made = compiled(force.rules, at=AT)
    leads = of_many(
        f"l.id > %(low)s AND l.id <= %(high)s AND {force.scope}",
        made,
        touches="i.lead_id > %(low)s AND i.lead_id <= %(high)s",
        also=WAITS,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            _written(made, leads, always=False),
            {**made.params, **force.params, "low": low, "high": high, "at": at},
        )
        return int(cursor.rowcount)


def mark_range(force: InForce, *, low: int, high: int, at: datetime) -> int:
    """Mark those of a range MQL who are over the line, where that is agreed; how many were.

    Nobody is told of each: a wave tells once of all.
    """
    with connection.cursor() as cursor:
        leads = "l.id > %(low)s AND l.id <= %(high)s"
        return _mark(cursor, force, leads, at=at, quiet=True, low=low, high=high)


def _mark(
    cursor: CursorWrapper,
    force: InForce,
    leads: str,
    *,
    at: datetime,
    quiet: bool = False,
    **params: Any,
) -> int:
    """Where agreed, those over the line become MQLs by themselves, version and grade on record."""
    if not force.marks:
        return 0
    params |= {"at": at, "today": _day_of(at)}
    params |= {"rule_set": force.rule_set_id, "number": force.number}
    cursor.execute(MARK.format(leads=leads), params)
    news = [
        News(
            events.QUALIFIED_BY_RULES,
            *(pk, at, {"number": force.number, "grade": grade}),
            quiet=quiet,
        )
        for pk, grade in cursor.fetchall()
    ]
    if news:
        record_all(news)
    return len(news)


def _day_of(at: datetime) -> date:
    """The house's own date, by which a day to be tried again comes for everybody at once."""
    return at.astimezone(timezone.get_default_timezone()).date()


def settle(*, lead_id: int) -> None:
    """A verdict is given: what the criteria propose is done with. Inside the caller's write."""
    rows = Score.objects.filter(lead_id=lead_id)
    rows.update(proposes=False, revision=F("revision") + 1)


def reopen(*, lead_id: int) -> None:
    """The lead stands before a verdict again. Inside the caller's write."""
    above = ExpressionWrapper(
        Q(qualifies=True, dismissed_at__isnull=True), output_field=BooleanField()
    )
    rows = Score.objects.filter(lead_id=lead_id)
    rows.update(proposes=above, revision=F("revision") + 1)


def begin_wave(rule_set: RuleSet, *, at: datetime) -> Wave:
    """Have every lead scored anew, in the background; nothing waits for it."""
    ids = Lead.objects.aggregate(first=Min("pk"), last=Max("pk"))
    first, last = (ids["first"] or 1) - 1, ids["last"] or 0
    return Wave.objects.create(
        rule_set=rule_set, first=first, low=first, last=last, started_at=at, next_at=at
    )


@transaction.atomic
def rescore_next(*, at: datetime) -> bool:
    """One chunk of a wave, else of the scores that time has made stale. True: there may be more."""
    rows = Wave.objects.filter(next_at__lte=at).order_by("next_at", "pk")
    wave = rows.select_for_update(skip_locked=True, of=("self",)).first()
    return _go_on(wave, at) if wave is not None else _rescore_stale(at)


def _go_on(wave: Wave, at: datetime) -> bool:
    """The next chunk; a wave whose criteria were replaced meanwhile has nothing left to do."""
    force = next((each for each in in_force() if each.rule_set_id == wave.rule_set_id), None)
    if force is not None and wave.low < wave.last:
        high = min(wave.low + CHUNK, wave.last)
        wave.changed += score_range(force, low=wave.low, high=high, at=at)
        wave.marked += mark_range(force, low=wave.low, high=high, at=at)
        wave.low = high
    elif force is not None and (behind := _left_behind(force)):
        score(lead_ids=behind, at=at)
        wave.changed += len(behind)
    else:
        wave.finished_at, wave.next_at = at, None
        if wave.marked:
            record(events.RULES_MARKED, about_id=wave.rule_set_id, at=at, n=wave.marked)
    wave.save(update_fields=("low", "changed", "marked", "finished_at", "next_at"))
    return True


def _left_behind(force: InForce) -> list[int]:
    """Leads without a score by these criteria: who came in or was touched under the old ones while
    the wave went by."""
    with connection.cursor() as cursor:
        cursor.execute(LEFT_BEHIND.format(scope=force.scope), {**force.params, "most": STALE})
        return [pk for (pk,) in cursor.fetchall()]


def _rescore_stale(at: datetime) -> bool:
    """Leads are locked before their scores, as everywhere, and those in other hands passed over."""
    stale = Lead.objects.filter(score__stale_at__lte=at).order_by("score__stale_at")
    free = stale.select_for_update(skip_locked=True, no_key=True, of=("self",))
    found = list(free.values_list("pk", flat=True)[:STALE])
    score(lead_ids=found, at=at)
    Score.objects.filter(pk__in=found, stale_at__lte=at).update(stale_at=None)
    return bool(found)


def _written(made: Compiled, leads: str, *, always: bool) -> str:
    """The statement that keeps the scores of `leads`.

    A wave writes only what differs, and only over the revision that it saw.
    """
    found = scored(made, leads)
    values = ", ".join(f"f.r_{name}" for name in VERDICT)
    kept = ("rule_set_id", *VERDICT)
    news = ", ".join(f"{name} = excluded.{name}" for name in kept)
    old = ", ".join(f"k.{name}" for name in kept)
    differs = (
        ""
        if always
        else f" WHERE k.lead_id IS NULL OR ({old}) IS DISTINCT FROM (%(rule_set)s, {values})"
        " OR k.stale_at <= %(at)s"
    )
    dismissed = (
        "CASE WHEN excluded.qualifies AND excluded.rule_set_id = leads_score.rule_set_id"
        " THEN leads_score.dismissed_at END"
    )
    proposes = f"excluded.proposes AND ({dismissed}) IS NULL"
    seen = "" if always else " WHERE leads_score.revision = excluded.revision - 1"
    return (
        f"INSERT INTO leads_score (lead_id, {', '.join(kept)}, revision, proposes,"
        f" scored_at, stale_at) SELECT f.lead_id, %(rule_set)s, {values},"
        " COALESCE(k.revision, 0) + 1, f.r_qualifies AND f.waits,"
        " %(at)s::timestamptz, %(at)s::timestamptz + %(ages)s"
        f" FROM ({found}) f LEFT JOIN leads_score k ON k.lead_id = f.lead_id{differs}"
        f" ON CONFLICT (lead_id) DO UPDATE SET {news}, dismissed_at = {dismissed},"
        f" proposes = {proposes},"
        " revision = leads_score.revision + 1,"
        f" scored_at = excluded.scored_at, stale_at = excluded.stale_at{seen}"
    )
