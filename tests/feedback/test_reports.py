"""Every figure of the reports agrees with the same figure counted slowly, row by row."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

from feedback.models import Feedback
from feedback.panels.registry import PANELS
from feedback.reports import (
    acceptance,
    attainment,
    cost,
    delays,
    funnel,
    hours,
    quality,
    response,
    returns,
)
from feedback.reports.cut import Cut, Period
from handoff.people.models import Team, User
from leads.models import Campaign, Handoff, Lead
from leads.stages import OPEN, HandoffState, LeadStage
from sla.delays import Part
from sla.models import Clock
from sla.stages import PROMISES
from tests.feedback import slowly
from tests.seeded import seeded

ZONE = ZoneInfo("America/Sao_Paulo")


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


@pytest.fixture(scope="module")
def company(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    with seeded(django_db_blocker, leads=260, seed=11) as said:
        yield said


def cut_of(key: str = "max", *, days: int = 90, team: str = "") -> Cut:
    at = timezone.now()
    return Cut.of(
        User.objects.get(email=f"{key}@handoff.example"),
        period=Period.ending(at, days=days, zone=ZONE),
        at=at,
        team=Team.objects.get(name=team) if team else None,
    )


CUTS = [
    ("max", 30, ""),
    ("tess", 90, ""),
    ("lia", 120, ""),
    ("marina", 90, ""),
    ("max", 120, "Field Sales Lisboa"),
]
each_cut = pytest.mark.parametrize(("key", "days", "team"), CUTS)


@each_cut
def test_attainment(key: str, days: int, team: str) -> None:
    cut = cut_of(key, days=days, team=team)
    slow = slowly.kept(cut)
    assert {(row.kind, row.team): row.kept for row in attainment.by_clause_and_team(cut)} == slow
    total = sum(slow.values(), attainment.Kept())
    assert attainment.in_all(cut) == total
    assert total.decided > 30
    assert total.rate == total.met / (total.met + total.breached)
    weeks = sum((row.kept for row in attainment.by_week(cut)), attainment.Kept())
    assert weeks == total


@each_cut
def test_response_time_and_speed_to_lead(key: str, days: int, team: str) -> None:
    cut = cut_of(key, days=days, team=team)
    rows = slowly.cohort(cut)
    answer = response.of(cut)
    groups = [(answer.in_all, rows)]
    groups += [
        (waits, [one for one in rows if one.row.team.name == name])
        for name, waits in answer.teams.items()
    ]
    groups += [
        (waits, [one for one in rows if slowly.week_of(one.row.offered_at, cut) == week])
        for week, waits in answer.weeks.items()
    ]
    assert len(answer.weeks) > 3
    assert sum(waits.handed for waits in answer.weeks.values()) == len(rows)
    for waits, group in groups:
        assert waits.handed == len(group)
        for spread, seconds in (
            (waits.response, [one.response for one in group if one.response is not None]),
            (waits.speed, [one.speed for one in group if one.speed is not None]),
        ):
            assert spread.count == len(seconds)
            assert spread.bands == slowly.bands(seconds)
            shares = (0.5, 0.9, 0.95)
            for figure, share in zip((spread.p50, spread.p90, spread.p95), shares, strict=True):
                assert figure == pytest.approx(slowly.percentile(seconds, share), abs=1e-3)
        untried = [one.row for one in group if one.row.first_attempt_at is None]
        assert waits.open == sum(row.state in OPEN for row in untried)
        assert waits.never == sum(row.state in {"won", "lost", "returned"} for row in untried)


@each_cut
def test_delays_by_part(key: str, days: int, team: str) -> None:
    cut = cut_of(key, days=days, team=team)
    answer, slow = delays.of(cut), slowly.delays(cut)
    groups = [(answer.in_all, slow)]
    groups += [
        (spent, [one for one in slow if one[0].row.team.name == name])
        for name, spent in answer.teams.items()
    ]
    groups += [
        (spent, [one for one in slow if slowly.week_of(one[0].row.offered_at, cut) == week])
        for week, spent in answer.weeks.items()
    ]
    assert answer.in_all.tried > 5
    for spent, group in groups:
        assert spent.tried == len(group)
        assert spent.whole == sum(found.whole for _journey, found in group)
        assert spent.whole == sum(spent.parts.values())
        for part in Part:
            assert spent.parts[part] == sum(found.parts[part] for _journey, found in group), part
        if spent.average is not None:
            assert sum(length or 0 for length in spent.averages) == spent.average


def test_delays_of_instants_in_no_order_are_split_by_the_same_rule() -> None:
    """Random instants, in a transaction that is rolled back; some are missing."""
    dice, cut = random.Random(5), cut_of(days=120)

    def shaken(instant: datetime) -> datetime:
        return instant + timedelta(seconds=dice.uniform(-200_000, 200_000))

    for row in Handoff.objects.select_related("lead").filter(first_attempt_at__isnull=False):
        lead, tried_at = row.lead, row.first_attempt_at or row.offered_at
        Handoff.objects.filter(pk=row.pk).update(first_attempt_at=shaken(tried_at))
        Lead.objects.filter(pk=lead.pk).update(
            created_at=shaken(lead.inbound_at),
            inbound_at=shaken(lead.inbound_at),
            marketing_qualified_at=dice.choice([None, shaken(row.offered_at)]),
            marketing_qualified_by=None,
            qualified_under=None,
        )
        Clock.objects.filter(handoff=row, kind="claim", stopped_at__isnull=False).update(
            stopped_at=shaken(row.offered_at)
        )
    found, slow = delays.of(cut).in_all, slowly.delays(cut)
    assert found.tried == len(slow) > 30
    assert found.whole == sum(found.parts.values())
    for part in Part:
        assert found.parts[part] == sum(one.parts[part] for _journey, one in slow), part


@each_cut
def test_hours_and_weekdays_in_the_zone_of_the_report(key: str, days: int, team: str) -> None:
    cut = cut_of(key, days=days, team=team)
    came, broke = hours.arrivals(cut), hours.breaches(cut)
    assert came.counts == slowly.by_hour((lead.inbound_at for lead in cut.leads()), cut)
    broken = [
        clock.due_at
        for journey in slowly.cohort(cut)
        for clock in journey.clocks
        if clock.kind in PROMISES and slowly.is_breached(clock, cut.at)
    ]
    assert broke.counts == slowly.by_hour(broken, cut)
    assert broke.total == attainment.in_all(cut).breached
    assert came.total > 10


@each_cut
def test_acceptance_and_returns(key: str, days: int, team: str) -> None:
    cut = cut_of(key, days=days, team=team)
    rows = [one.row for one in slowly.cohort(cut)]
    taken = acceptance.in_all(cut)
    assert taken.handed == len(rows) > 10
    assert taken.accepted == sum(row.accepted_at is not None for row in rows)
    reached = [row for row in rows if row.accepted_at and row.first_contact_at]
    assert taken.contacted == len(reached)
    assert taken.returned == sum(row.state == HandoffState.RETURNED for row in rows)
    assert taken.open == sum(row.accepted_at is None and row.state in OPEN for row in rows)
    assert sum(row.taken.handed for row in acceptance.by_week(cut)) == len(rows)
    assert sum(row.taken.accepted for row in acceptance.by_team(cut)) == taken.accepted
    reasons = Counter(row.reason for row in rows if row.state == HandoffState.RETURNED)
    assert {row.reason: row.count for row in returns.by_reason(cut)} == reasons
    base = returns.base(cut)
    assert (base.handed, base.returned) == (len(rows), sum(reasons.values()))


@each_cut
def test_funnel_and_cost(key: str, days: int, team: str) -> None:
    cut = cut_of(key, days=days, team=team)
    of_lead: dict[int, list[Handoff]] = {}
    for row in Handoff.objects.all():
        of_lead.setdefault(row.lead_id, []).append(row)
    leads = [
        lead
        for lead in Lead.objects.select_related("campaign")
        if cut.everywhere
        or lead.team_id in cut.marketing
        or any(row.team_id in cut.sales for row in of_lead.get(lead.pk, ()))
    ]
    within = [lead for lead in leads if cut.period.start <= lead.inbound_at < cut.period.end]
    rows = funnel.by_origin(cut)
    assert sum(found.leads for found in rows) == len(within) > 10
    for found in rows:
        mine = [lead for lead in within if lead.origin == found.origin]
        journeys = [of_lead.get(lead.pk, []) for lead in mine]
        assert found.leads == len(mine)
        assert found.qualified == sum(lead.marketing_qualified_at is not None for lead in mine)
        assert found.handed_off == sum(map(bool, journeys))
        assert found.accepted == sum(any(one.accepted_at for one in each) for each in journeys)
        assert found.won == sum(any(one.state == "won" for one in each) for each in journeys)
    brought = {lead.campaign for lead in within}
    costs = cost.by_campaign(cut)
    assert {row.campaign for row in costs} == {campaign.name for campaign in brought if campaign}
    for figures in costs:
        mine = [lead for lead in leads if lead.campaign and lead.campaign.name == figures.campaign]
        journeys = [of_lead.get(lead.pk, []) for lead in mine]
        sql = sum(any(one.sales_qualified_at for one in each) for each in journeys)
        assert (figures.leads, figures.sql) == (len(mine), sql)
        assert figures.cost == Campaign.objects.get(name=figures.campaign).cost
        assert figures.per_lead == (figures.cost / len(mine)).quantize(Decimal("0.01"))


@each_cut
def test_quality(key: str, days: int, team: str) -> None:
    cut = cut_of(key, days=days, team=team)
    pks = {one.row.pk for one in slowly.cohort(cut)}
    asked = [
        row for row in Feedback.objects.select_related("handoff__campaign") if row.handoff_id in pks
    ]
    rows = quality.by_campaign(cut)
    for row in rows:
        mine = [one for one in asked if str(one.handoff.campaign or "") == row.campaign]
        stars = [one.quality for one in mine if one.quality]
        assert (row.given, row.owed) == (len(stars), len(mine) - len(stars))
        assert row.quality == (pytest.approx(sum(stars) / len(stars)) if stars else None)
        assert row.stars == tuple(stars.count(number) for number in range(1, 6))
        assert row.as_agreed == sum(one.accepted is True for one in mine)
    assert sum(row.given + row.owed for row in rows) == len(asked) > 10


@pytest.mark.parametrize("name", PANELS)
def test_a_report_costs_the_same_number_of_queries_however_long_the_period(
    name: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    month, season = cut_of("max", days=30), cut_of("max", days=120)
    with django_assert_max_num_queries(6):
        short = PANELS[name](month)
    with django_assert_max_num_queries(6):
        assert PANELS[name](season).count >= short.count


def test_stages_before_sales_are_still_on_their_way() -> None:
    total = funnel.in_all(funnel.by_origin(cut_of("max", days=120)))
    early = Lead.objects.filter(stage__in=(LeadStage.NEW, LeadStage.MQL, LeadStage.RECYCLED))
    assert (
        total.open
        >= early.exclude(handoffs__state="won")
        .filter(inbound_at__gte=cut_of(days=120).period.start)
        .distinct()
        .count()
    )
    assert Handoff.objects.filter(state__in=OPEN).count() <= total.open
