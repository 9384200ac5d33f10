"""How a score went: every moment as it was known then, seen by the criteria in force now."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from pytest_django import DjangoAssertNumQueries

from leads.actions import scoring
from leads.actions.edit import edit
from leads.actions.touch import Deed, touch
from leads.models import Lead, RuleSet, Score
from leads.queries.score_history import SHOWN, History, history_of
from leads.rules.reading import read
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf
from tests.leads.rules.test_rules_action import RULES, agreed
from tests.leads.rules.test_scoring import active, history, lived, many
from tests.leads.rules.test_scoring import expected as slow
from tests.leads.rules.written import rule_sets
from tests.walk import new_lead

pytestmark = pytest.mark.django_db
DEMO = {"axis": "intent", "activity": ["demo_request"], "points": 30}
TITLE = {"axis": "fit", "field": "job_title", "op": "contains", "values": ["diret"], "points": 10}


def told(lead: Lead) -> History:
    found = history_of(lead, at=MONDAY + timedelta(days=30))
    assert found is not None
    return found


def asked(cast: Cast, lead: Lead, hours: int, late: int = 0) -> None:
    """They asked for a demo after `hours`; we heard of it `late` hours later."""
    at = MONDAY + timedelta(hours=hours)
    deed = Deed(lead_id=lead.pk, kind="demo_request", occurred_at=at)
    touch(deed=deed, by=cast.mara, at=at + timedelta(hours=late))


def test_each_touch_and_change_is_a_moment(cast: Cast) -> None:
    agreed(cast, rules={"criteria": [DEMO, TITLE], "thresholds": {"intent": 30}})
    lead = new_lead(cast)
    asked(cast, lead, 1)
    at = MONDAY + timedelta(hours=2)
    edit(lead_id=lead.pk, changes={"job_title": "Diretora"}, by=cast.mara, at=at)
    found = told(Lead.objects.get(pk=lead.pk))
    assert [(each.text, each.fit, each.intent, each.qualifies) for each in found.moments] == [
        ("Form", 0, 0, False),
        ("Demo request", 0, 3_000, True),
        ("Changed: job title", 1_000, 3_000, True),
    ]
    assert found.answer == "From 0 points to 40. Over the line since 16 Nov."
    assert found.chart.series[-1] == ("Total", [0, 30, 40])
    assert not found.cut


def test_what_was_heard_of_late_counts_from_then(cast: Cast) -> None:
    agreed(cast)
    lead = new_lead(cast)
    asked(cast, lead, 1, late=20)
    assert [(each.at, each.intent) for each in told(lead).moments] == [
        (MONDAY, 0),
        (MONDAY + timedelta(hours=21), 3_000),
    ]


def test_a_score_that_stands_still_says_so(cast: Cast) -> None:
    agreed(cast)
    lead = new_lead(cast)
    touch(deed=Deed(lead_id=lead.pk, kind="visit"), by=cast.mara, at=MONDAY + timedelta(hours=1))
    assert told(lead).answer == "0 points, as at first."


def test_of_a_lead_from_a_file_the_dates_are_believed(cast: Cast) -> None:
    agreed(cast)
    lead = new_lead(cast)
    asked(cast, lead, 1, late=20)
    lead.batch_id = 1
    assert told(lead).moments[1].at == MONDAY + timedelta(hours=1)


@many
@given(rule_sets(), history)
def test_every_moment_is_what_the_slow_way_says(
    cast: Cast, said: dict[str, Any], life: Any
) -> None:
    lead, rules = lived(cast, life), read(said)
    active(cast, said)
    scoring.score(lead_ids=[lead.pk], at=MONDAY)
    found = told(lead)
    for each in found.moments:
        judged = slow(rules, lead, each.at)
        assert (each.fit, each.engagement, each.intent) == tuple(judged.axes.values())
        assert (each.grade, each.qualifies) == (judged.grade, judged.qualifies)
    last, score = found.moments[-1], Score.objects.get(lead=lead)
    assert (last.at, last.fit, last.engagement, last.intent, last.grade, last.qualifies) == (
        MONDAY, score.fit, score.engagement, score.intent, score.grade, score.qualifies,
    )  # fmt: skip


def test_the_last_moment_is_the_score_on_the_page(cast: Cast) -> None:
    fading = {**DEMO, "half_life_days": 1}
    agreed(cast, rules={"criteria": [fading]})
    lead = new_lead(cast)
    asked(cast, lead, 0)
    scoring.score(lead_ids=[lead.pk], at=MONDAY + timedelta(days=1))
    found = told(lead)
    assert [each.intent for each in found.moments] == [3_000, 1_500]
    assert found.moments[-1].text == "Scored anew as time passed"


def test_only_the_last_moments_are_shown_and_that_is_said(
    cast: Cast, client_of: ClientOf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    agreed(cast)
    lead = new_lead(cast)
    for number in range(SHOWN + 3):
        asked(cast, lead, number + 1)
    with django_assert_num_queries(7):
        found = told(lead)
    assert (len(found.moments), found.cut) == (SHOWN, True)
    page = client_of(cast.mara).get(f"/leads/{lead.pk}/score/").content.decode()
    assert f"The last {SHOWN} moments" in page


def test_versions_spoke_one_after_the_other(cast: Cast) -> None:
    common = active(cast, RULES, at=MONDAY - timedelta(days=9))
    lead = new_lead(cast)
    second = active(cast, RULES, at=MONDAY + timedelta(hours=2))
    asked(cast, lead, 1)
    asked(cast, lead, 3)
    found = told(lead)
    assert [spell.rule_set_id for spell in found.spells] == [common.pk, second.pk]
    assert [each.version for each in found.moments] == [1, 1, 2]


def test_a_teams_own_version_hides_the_common_one(cast: Cast) -> None:
    common = active(cast, RULES, at=MONDAY - timedelta(days=9))
    lead = new_lead(cast)
    own = agreed(cast, team_id=cast.marketing.pk)
    RuleSet.objects.filter(pk=own.pk).update(approved_at=MONDAY + timedelta(hours=2))
    asked(cast, lead, 3)
    found = told(lead)
    assert [(spell.rule_set_id, spell.until) for spell in found.spells] == [
        (common.pk, MONDAY + timedelta(hours=2)),
        (own.pk, None),
    ]


def test_without_criteria_there_is_no_history(cast: Cast, client_of: ClientOf) -> None:
    lead = new_lead(cast)
    assert history_of(lead, at=MONDAY) is None
    page = client_of(cast.mara).get(f"/leads/{lead.pk}/score/")
    assert (page.status_code, page.content.strip()) == (200, b"")
