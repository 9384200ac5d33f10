"""One implementation, held against a slow and obvious one."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.actions import scoring
from leads.actions.edit import edit
from leads.actions.touch import Deed, touch
from leads.models import Interaction, Lead, Material, RuleSet, Score
from leads.rules.criteria import Axis, Rules, kept
from leads.rules.reading import MOST_CRITERIA, read
from leads.rules.sql import MOST_OF_ONE, compiled, of_moments, scored
from leads.stages import RuleSetState
from tests.cast import MONDAY, Cast
from tests.leads.rules import slowly
from tests.leads.rules.written import people, rule_sets, touches
from tests.walk import new_lead

pytestmark = pytest.mark.django_db
many = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
history = st.tuples(people, touches)


def active(cast: Cast, rules: dict[str, Any], at: datetime = MONDAY) -> RuleSet:
    """Rules in force, without the way there; that way has tests of its own."""
    RuleSet.objects.filter(state=RuleSetState.ACTIVE).update(
        state=RuleSetState.RETIRED, retired_at=at
    )
    return RuleSet.objects.create(
        number=RuleSet.objects.count() + 1,
        state=RuleSetState.ACTIVE,
        rules=kept(read(rules)),
        created_at=at,
        created_by=cast.mara,
        approved_at=at + timedelta(microseconds=RuleSet.objects.count()),
        approved_by=cast.tess,
    )


def lived(cast: Cast, life: tuple[dict[str, Any], Any]) -> Lead:
    person, deeds = life
    lead = new_lead(cast, at=MONDAY - timedelta(days=60), **{**person, "pains": []})
    Lead.objects.filter(pk=lead.pk).update(**person)
    for kind, material, ago in deeds:
        Interaction.objects.create(
            lead=lead,
            kind=kind,
            material=Material.objects.get_or_create(name=material)[0] if material else None,
            occurred_at=MONDAY - ago,
            recorded_at=MONDAY - ago,
        )
    return Lead.objects.get(pk=lead.pk)


def expected(rules: Rules, lead: Lead, at: datetime) -> slowly.Slow:
    rows = Interaction.objects.filter(lead=lead).select_related("material")
    return slowly.judged(rules, lead, list(rows), at)


def told(score: Score) -> tuple[int, int, int, str, bool]:
    return (score.fit, score.engagement, score.intent, score.grade, score.qualifies)


def slow_told(slow: slowly.Slow) -> tuple[int, int, int, str, bool]:
    return (*(slow.axes[axis] for axis in Axis), slow.grade, slow.qualifies)  # type: ignore[return-value]


@pytest.mark.parametrize("half_life", ["1e-300", 0.001, 1, 3_650])
@pytest.mark.parametrize("each", [True, False])
def test_what_is_long_past_is_worth_nothing_and_stops_nobody(
    cast: Cast, half_life: float | str, each: bool
) -> None:
    line = {"axis": "fit", "activity": [], "points": 10, "half_life_days": half_life, "each": each}
    active(cast, {"criteria": [line]})
    lead = new_lead(cast, at=MONDAY - timedelta(days=4_000))
    Interaction.objects.filter(lead=lead).update(occurred_at=MONDAY - timedelta(days=13_000))
    scoring.score(lead_ids=[lead.pk], at=MONDAY)
    assert Score.objects.get(lead=lead).fit == (85 if half_life == 3_650 else 0)


def test_the_busiest_lead_under_the_longest_list_has_a_score(cast: Cast) -> None:
    line = {"axis": "fit", "activity": [], "points": 1_000, "each": True}
    active(cast, {"criteria": [line] * MOST_CRITERIA})
    lead = new_lead(cast)
    Interaction.objects.bulk_create(
        Interaction(lead=lead, kind="visit", occurred_at=MONDAY, recorded_at=MONDAY)
        for _number in range(1_000)
    )
    scoring.score(lead_ids=[lead.pk], at=MONDAY)
    assert Score.objects.get(lead=lead).fit == 60 * MOST_OF_ONE


@many
@given(rule_sets(), st.lists(history, min_size=1, max_size=3))
def test_scoring_one_is_scoring_all_is_the_slow_way(
    cast: Cast, said: dict[str, Any], lives: list[Any]
) -> None:
    leads = [lived(cast, life) for life in lives]
    rule_set, rules = active(cast, said), read(said)
    scoring.score(lead_ids=[leads[0].pk], at=MONDAY)
    one = told(Score.objects.get(lead=leads[0]))
    Score.objects.all().delete()
    [force] = scoring.in_force()
    scoring.score_range(force, low=leads[0].pk - 1, high=leads[-1].pk, at=MONDAY)
    found = {score.lead_id: score for score in Score.objects.all()}
    assert one == told(found[leads[0].pk])
    for lead in leads:
        assert told(found[lead.pk]) == slow_told(expected(rules, lead, MONDAY))
        assert found[lead.pk].rule_set_id == rule_set.pk
    again = scoring.score_range(force, low=leads[0].pk - 1, high=leads[-1].pk, at=MONDAY)
    assert again == 0


@many
@given(rule_sets(), history)
def test_every_part_is_the_slow_ways(cast: Cast, said: dict[str, Any], life: Any) -> None:
    lead, rules = lived(cast, life), read(said)
    slow = expected(rules, lead, MONDAY)
    row = at_moment(rules, lead, MONDAY)
    assert [row[f"r_c{number}"] for number in range(len(rules.criteria))] == slow.parts
    assert (row["r_fit"], row["r_engagement"], row["r_intent"]) == tuple(slow.axes.values())


@many
@given(rule_sets(), history, history, st.integers(1, 30 * 24 * 60))
def test_nothing_later_changes_an_earlier_moment(
    cast: Cast, said: dict[str, Any], life: Any, later: Any, minutes: int
) -> None:
    lead, rules = lived(cast, life), read(said)
    active(cast, said)
    before = at_moment(rules, lead, MONDAY)
    at = MONDAY + timedelta(minutes=minutes)
    person, deeds = later
    edit(lead_id=lead.pk, changes=person, by=cast.mara, at=at)
    for kind, material, ago in [*deeds, ("visit", "", timedelta())]:
        deed = Deed(lead_id=lead.pk, kind=kind, material=material, occurred_at=at - ago)
        touch(deed=deed, by=cast.mara, at=at)
    assert at_moment(rules, lead, MONDAY) == before
    lead.refresh_from_db()
    assert told(Score.objects.get(lead=lead)) == told_row(at_moment(rules, lead, at))


def at_moment(rules: Rules, lead: Lead, at: datetime) -> dict[str, Any]:
    """The columns of one lead as of a moment, without the lead and the instant themselves."""
    made = compiled(rules, at="s.at")
    moment = "SELECT %(lead)s::bigint AS lead_id, %(at)s::timestamptz AS at, false AS history"
    with connection.cursor() as cursor:
        statement = scored(made, of_moments(moment, made))
        cursor.execute(statement, {**made.params, "lead": lead.pk, "at": at})
        names = [column.name for column in cursor.description or ()]
        [row] = cursor.fetchall()
    return {n: v for n, v in zip(names, row, strict=True) if n not in ("at", "lead_id")}


def told_row(row: dict[str, Any]) -> tuple[int, int, int, str, bool]:
    names = ("fit", "engagement", "intent", "grade", "qualifies")
    return tuple(row[f"r_{name}"] for name in names)
