"""Leads with touches by the million, and criteria over them. Needs `house()` first."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from bench import crowd
from leads.actions import scoring
from leads.actions.touch import Deed, touch
from leads.models import Lead, RuleSet
from leads.queries.backtest import FIRST, Period, backtest
from leads.queries.preview import preview_of
from leads.rules.reading import read
from leads.stages import LeadStage, RuleSetState
from sla.queries.queue import queue_page

WAITING: Final = 1_000

LEADS: Final = """
INSERT INTO leads_lead (team_id, stage, name, email, email_key, phone, phone_key, external_id,
    company, cnpj, job_title, city, region, origin, utm, landing_page, attributes, pains,
    legal_basis, search, inbound_at, touched_at, qualification_reason, disqualified_reason,
    created_at, updated_at)
SELECT {team}, 'new', 'Lead ' || n, n || '@acme.example', n || '@acme.example', '', '', '',
    'Acme ' || n %% 977, '', '', 'City ' || n %% 300, 'SP', (ARRAY['paid_search', 'social',
    'organic_search', 'referral'])[1 + n %% 4], '{{}}', '', jsonb_build_object('size', n %% 1000,
    'segment', 'segment ' || n %% 12), '[]', 'consent', '', at, at, '', '', at, at
FROM (SELECT n, %(at)s - n %% 89 * interval '1 day' AS at FROM generate_series(1, %(n)s) n) t
"""
TOUCHES: Final = """
INSERT INTO leads_interaction (lead_id, kind, occurred_at, recorded_at, text, url, external_key)
SELECT {first} + (random() * {last})::bigint, (ARRAY['visit', 'visit', 'email_open', 'download',
    'demo_request'])[1 + (random() * 4)::int], at, at, '', '', ''
FROM (SELECT %(at)s - random() * interval '120 days' AS at FROM generate_series(1, %(n)s)) t
"""
JOURNEYS: Final = """
INSERT INTO leads_handoff (lead_id, team_id, state, note, pains, promise, why_now, completeness,
    offered_at, ended_at, reason, reason_note, rescues, imported)
SELECT id, {sales}, CASE WHEN id %% 7 = 0 THEN 'won' ELSE 'lost' END, '', '[]', '', '', 0,
    %(at)s - interval '70 days', %(at)s - interval '65 days', 'other', '', 0, false
FROM leads_lead WHERE id >= {first} ORDER BY id LIMIT %(n)s
"""
RULES: Final[dict[str, Any]] = {
    "criteria": [
        {"axis": "fit", "field": "origin", "op": "is", "values": ["paid_search"], "points": 10},
        {"axis": "fit", "field": "attributes.size", "op": "at_least", "values": [500],
         "points": 20},
        {"axis": "fit", "field": "attributes.segment", "op": "any_of",
         "values": ["segment 1", "segment 2"], "points": 15},
        {"axis": "fit", "field": "city", "op": "present", "points": 5},
        {"axis": "engagement", "activity": ["visit"], "within_days": 30, "points": 1, "each": True,
         "cap": 10, "half_life_days": 10},
        {"axis": "engagement", "activity": ["email_open"], "at_least": 3, "points": 5},
        {"axis": "engagement", "activity": ["download"], "points": 8, "each": True, "cap": 24,
         "half_life_days": 30},
        {"axis": "engagement", "activity": [], "within_days": 7, "points": 5},
        {"axis": "intent", "activity": ["demo_request"], "points": 30, "half_life_days": 20},
        {"axis": "intent", "activity": ["demo_request"], "at_least": 2, "points": 10},
        {"axis": "fit", "role": "veto", "field": "company", "op": "is", "values": ["Acme 1"]},
        {"axis": "intent", "activity": ["visit"], "within_days": 3, "at_least": 2, "points": 5},
    ],
    "thresholds": {"fit": 20, "intent": 10},
}  # fmt: skip
DECAY: Final = "power(0.5::float8, date_part('epoch', %(at)s - i.occurred_at) / {days})"
BY_HAND: Final = f"""
INSERT INTO leads_score (lead_id, rule_set_id, fit, engagement, intent, grade, qualifies,
    proposes, revision, scored_at, stale_at)
SELECT x.id, %(rule_set)s, x.fit, x.engagement, x.intent,
    CASE WHEN x.fit >= 6000 THEN 'A' WHEN x.fit >= 4000 THEN 'B' WHEN x.fit >= 2000 THEN 'C'
        ELSE 'D' END
    || CASE WHEN x.engagement + x.intent >= 6000 THEN '1' WHEN x.engagement + x.intent >= 4000
        THEN '2' WHEN x.engagement + x.intent >= 2000 THEN '3' ELSE '4' END,
    x.fit >= 2000 AND x.intent >= 1000 AND NOT x.veto,
    x.fit >= 2000 AND x.intent >= 1000 AND NOT x.veto AND x.waits,
    1, %(at)s, %(at)s + interval '24 hours'
FROM (
    SELECT l.id, l.stage IN ('new', 'recycled') AS waits, lower(l.company) = 'acme 1' AS veto,
        CASE WHEN lower(l.origin) = 'paid_search' THEN 1000 ELSE 0 END
        + CASE WHEN (l.attributes ->> 'size')::numeric >= 500 THEN 2000 ELSE 0 END
        + CASE WHEN lower(l.attributes ->> 'segment') IN ('segment 1', 'segment 2')
            THEN 1500 ELSE 0 END + CASE WHEN l.city <> '' THEN 500 ELSE 0 END AS fit,
        LEAST(1000, COALESCE(a.visits, 0)) + CASE WHEN a.opens >= 3 THEN 500 ELSE 0 END
        + LEAST(2400, COALESCE(a.downloads, 0)) + CASE WHEN a.week > 0 THEN 500 ELSE 0 END
            AS engagement,
        COALESCE(floor(3000 * power(0.5::float8,
            date_part('epoch', %(at)s - a.demo) / 1728000) + 0.5)::int, 0)
        + CASE WHEN a.demos >= 2 THEN 1000 ELSE 0 END
        + CASE WHEN a.fresh >= 2 THEN 500 ELSE 0 END AS intent
    FROM leads_lead l LEFT JOIN (
        SELECT i.lead_id,
            sum(floor(100 * {DECAY.format(days=864_000)} + 0.5)::int) FILTER (
                WHERE i.kind = 'visit' AND i.occurred_at > %(at)s - interval '30 days') AS visits,
            count(*) FILTER (WHERE i.kind = 'email_open') AS opens,
            sum(floor(800 * {DECAY.format(days=2_592_000)} + 0.5)::int) FILTER (
                WHERE i.kind = 'download') AS downloads,
            count(*) FILTER (WHERE i.occurred_at > %(at)s - interval '7 days') AS week,
            max(i.occurred_at) FILTER (WHERE i.kind = 'demo_request') AS demo,
            count(*) FILTER (WHERE i.kind = 'demo_request') AS demos,
            count(*) FILTER (WHERE i.kind = 'visit'
                AND i.occurred_at > %(at)s - interval '3 days') AS fresh
        FROM leads_interaction i WHERE i.occurred_at <= %(at)s GROUP BY i.lead_id
    ) a ON a.lead_id = l.id OFFSET 0
) x LEFT JOIN leads_score k ON k.lead_id = x.id
WHERE k.lead_id IS NULL OR (k.rule_set_id, k.fit, k.engagement, k.intent, k.qualifies)
    IS DISTINCT FROM (%(rule_set)s, x.fit, x.engagement, x.intent,
        x.fit >= 2000 AND x.intent >= 1000 AND NOT x.veto)
ON CONFLICT (lead_id) DO UPDATE SET rule_set_id = excluded.rule_set_id, fit = excluded.fit,
    engagement = excluded.engagement, intent = excluded.intent, grade = excluded.grade,
    qualifies = excluded.qualifies, proposes = excluded.proposes,
    revision = leads_score.revision + 1, scored_at = excluded.scored_at,
    stale_at = excluded.stale_at
"""
"""The same criteria written by hand for these rows, tuned, in one statement."""
SUMS: Final = """
SELECT count(*), sum(fit), sum(engagement), sum(intent), count(*) FILTER (WHERE qualifies),
    count(DISTINCT grade) FROM leads_score
"""


class Crowd:
    """So many leads, ten touches each, and twelve criteria."""

    def __init__(self, leads: int) -> None:
        queued = crowd.Crowd(1)
        queued.flood(WAITING, vacuum=False)
        self.at, self.cast, self.count, self.number = timezone.now(), queued.cast, leads, 0
        names = {"team": self.cast.marketing.pk, "sales": self.cast.sales.pk}
        self._run(LEADS.format(**names), n=leads)
        self.first = Lead.objects.filter(stage=LeadStage.NEW).earliest("pk").pk
        self._run(TOUCHES.format(first=self.first, last=leads - 1), n=10 * leads)
        self._run(JOURNEYS.format(**names, first=self.first), n=min(leads, 100_000))
        self.tidy()

    def tidy(self) -> None:
        self._run("VACUUM ANALYZE")

    def _run(self, statement: str, **params: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, {"at": self.at, **params} if "%" in statement else None)

    def version(self) -> RuleSet:
        """The next version, in force from now on."""
        active = RuleSet.objects.active()
        number = RuleSet.objects.count() + 1
        active.update(state=RuleSetState.RETIRED, retired_at=self.at)
        return RuleSet.objects.create(
            number=number, state=RuleSetState.ACTIVE, rules=RULES, created_at=self.at,
            created_by=self.cast.mara, approved_at=self.at, approved_by=self.cast.tess,
        )  # fmt: skip

    def forget(self) -> None:
        self._run("TRUNCATE leads_score")

    def by_hand(self, rule_set: RuleSet) -> float:
        return seconds(lambda: self._run(BY_HAND, rule_set=rule_set.pk))

    def sums(self) -> tuple[Any, ...]:
        with connection.cursor() as cursor:
            cursor.execute(SUMS)
            return tuple(cursor.fetchone())

    def wave(self, rule_set: RuleSet) -> float:
        """Seconds of a whole wave, chunk by chunk, each committed."""
        scoring.begin_wave(rule_set, at=self.at)
        taken = seconds(self._to_the_end)
        rule_set.wave.delete()
        return taken

    def _to_the_end(self) -> None:
        while scoring.rescore_next(at=self.at):
            pass

    def beside_a_wave(self, rule_set: RuleSet, work: Callable[[], float]) -> list[float]:
        """What `work` measured, again and again while a wave went by in another connection."""
        scoring.begin_wave(rule_set, at=self.at)
        found: list[float] = []
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(self._wave_and_close)
            while not running.done():
                found.append(work())
            running.result()
        rule_set.wave.delete()
        return found

    def _wave_and_close(self) -> None:
        self._to_the_end()
        connection.close()

    def queue(self) -> float:
        """Milliseconds of a seller's first page of the queue, its rows read."""
        return 1_000 * seconds(lambda: queue_page([self.cast.sales.pk]))

    def touched(self, number: int) -> float:
        """Milliseconds to score one lead, as a touch does."""
        lead = self.first + number * 7_919 % self.count
        with transaction.atomic():
            deed = Deed(lead_id=lead, kind="visit", occurred_at=self.at)
            touch(deed=deed, by=self.cast.mara, at=self.at)
            return 1_000 * seconds(lambda: scoring.score(lead_ids=[lead], at=self.at))

    def touched_next(self) -> float:
        self.number += 1
        return self.touched(self.number)

    def previewed(self) -> float:
        rules = read({**RULES, "thresholds": {"fit": 15}})
        return seconds(lambda: preview_of(rules, team_id=None, by=self.cast.ada, at=self.at))

    def tested(self) -> float:
        period = Period(since=FIRST, until=self.at, now=self.at)
        return seconds(lambda: backtest(read(RULES), period=period, against=read(RULES)))


def seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin
