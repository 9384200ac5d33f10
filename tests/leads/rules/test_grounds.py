"""What the points of a score rest on: values, touches, and how age and caps made of them."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from pytest_django import DjangoAssertNumQueries

from leads.actions import scoring
from leads.actions.edit import edit
from leads.actions.touch import Deed, touch
from leads.models import Campaign, Lead
from leads.queries.explanation import Part, explanation_of
from leads.rules.criteria import ActivityTest
from leads.rules.reading import read
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf
from tests.leads.rules.test_rules_action import agreed
from tests.leads.rules.test_scoring import active, history, lived, many
from tests.leads.rules.written import rule_sets
from tests.walk import new_lead

pytestmark = pytest.mark.django_db
DOWNLOADS = {"axis": "engagement", "activity": ["download"], "points": 10}
WANTS = {"axis": "intent", "points": 30, "activity": ["demo_request"]}


def parts(lead: Lead) -> dict[str, Part]:
    why = explanation_of(lead)
    assert why is not None
    return {part.key: part for axis in why.axes for part in axis.parts if part.key}


def downloaded(cast: Cast, lead: Lead, *days_ago: int, material: str = "") -> None:
    for days in days_ago:
        at = MONDAY - timedelta(days=days)
        deed = Deed(lead_id=lead.pk, kind="download", material=material, occurred_at=at)
        touch(deed=deed, by=cast.mara, at=MONDAY)


def judged(cast: Cast, lead: Lead, *criteria: dict[str, Any]) -> Part:
    active(cast, {"criteria": [{"key": f"k{n}", **each} for n, each in enumerate(criteria)]})
    scoring.score(lead_ids=[lead.pk], at=MONDAY)
    return parts(Lead.objects.get(pk=lead.pk))["k0"]


@many
@given(rule_sets(), history)
def test_touches_add_up_to_the_points_of_their_criterion(
    cast: Cast, said: dict[str, Any], life: Any
) -> None:
    lead = lived(cast, life)
    active(cast, said)
    scoring.score(lead_ids=[lead.pk], at=MONDAY)
    criteria = {each.key: each for each in read(said).criteria}
    for key, part in parts(lead).items():
        criterion, ground = criteria[key], part.ground
        if not isinstance(criterion.test, ActivityTest):
            assert ground.value
            continue
        if part.holds:
            assert len(ground.touches) + ground.more >= criterion.test.at_least
        if criterion.each and part.earned:
            total = sum(each.earned or 0 for each in ground.touches) + (ground.rest or 0)
            assert total == part.earned or (criterion.cap == part.earned and ground.note)


@pytest.mark.parametrize(
    ("field", "changes", "value"),
    [
        ("job_title", {"job_title": "Diretora"}, "Job title: Diretora"),
        ("city", {}, "City: not known"),
        ("attributes.porte", {"attributes": {"porte": "grande"}}, "Porte: grande"),
        ("attributes.vip", {"attributes": {"vip": True}}, "Vip: yes"),
        ("attributes.uses", {"attributes": {"uses": ["SAP", "Jira"]}}, "Uses: SAP, Jira"),
        ("email_domain", {"email": "ana@acme.example"}, "Domain of the e-mail: acme.example"),
        ("pains", {"pains": ["price", "time"]}, "Pains: price, time"),
        ("campaign", {"campaign": "Autumn"}, "Campaign: Autumn"),
    ],
)
def test_a_field_shows_the_value_that_was_compared(
    cast: Cast, field: str, changes: dict[str, Any], value: str
) -> None:
    Campaign.objects.create(team=cast.marketing, name="Autumn")
    lead = new_lead(cast, **{"city": "", **changes})
    must = {"axis": "fit", "role": "must", "field": field, "op": "present"}
    assert judged(cast, lead, must).ground.value == value


def test_the_newest_three_touches_are_named_and_the_rest_counted(cast: Cast) -> None:
    lead = new_lead(cast, at=MONDAY - timedelta(days=90))
    downloaded(cast, lead, 9, 1, 5, 30, 2, material="Price list")
    ground = judged(cast, lead, {**DOWNLOADS, "each": True}).ground
    assert [each.instant for each in ground.touches] == [
        MONDAY - timedelta(days=days) for days in (1, 2, 5)
    ]
    assert {each.text for each in ground.touches} == {"Download: Price list"}
    assert [each.said for each in ground.touches] == ["+10"] * 3
    assert (ground.more, ground.others, ground.note) == (2, "and 2 more: +20", "")


@pytest.mark.parametrize(
    ("change", "earned", "note"),
    [
        ({}, 1_000, ""),
        ({"each": True, "cap": 15}, 1_500, "20 in all, of which 15 count"),
        ({"half_life_days": 7}, 500, "+10 when new, halved every 7 days, 7 days old"),
        ({"half_life_days": 7, "each": True}, 750, "+10 when new, halved every 7 days"),
        (
            {"half_life_days": 7, "each": True, "cap": 10, "points": 8},
            600,
            "+8 when new, halved every 7 days",
        ),
    ],
)
def test_age_and_caps_say_how_the_points_came_about(
    cast: Cast, change: dict[str, Any], earned: int, note: str
) -> None:
    lead = new_lead(cast, at=MONDAY - timedelta(days=90))
    downloaded(cast, lead, 7, 14)
    part = judged(cast, lead, {**DOWNLOADS, **change})
    assert (part.earned, part.ground.note) == (earned, note)


def test_a_must_have_that_is_missed_says_how_far_it_came(cast: Cast) -> None:
    lead = new_lead(cast, at=MONDAY - timedelta(days=90))
    downloaded(cast, lead, 1)
    must = {"axis": "fit", "role": "must", "activity": ["download"], "at_least": 2}
    part = judged(cast, lead, must)
    assert (part.bars, part.ground.note, len(part.ground.touches)) == (True, "1 of 2", 1)


def test_it_takes_three_statements_however_many_criteria(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lead = new_lead(cast)
    downloaded(cast, lead, 1)
    judged(
        cast,
        lead,
        *[DOWNLOADS, {"axis": "fit", "field": "city", "op": "present", "points": 1}] * 20,
    )
    lead = Lead.objects.select_related("campaign", "source").get(pk=lead.pk)
    with django_assert_num_queries(3):
        explanation_of(lead)


@pytest.mark.parametrize(
    ("criterion", "least", "said"),
    [
        (WANTS, 30, "Intent is 30 short; any of these would do: Demo request: +30"),
        (WANTS, 31, "Intent is 31 short."),
        (
            {**WANTS, "points": 10, "each": True},
            30,
            "Intent is 30 short; any of these would do: Demo request: +10 each (3 times)",
        ),
        ({**WANTS, "points": 10, "each": True, "cap": 20}, 30, "Intent is 30 short."),
        ({**WANTS, "points": 1, "each": True}, 30, "Intent is 30 short."),
    ],
)
def test_what_would_flip_it_would(
    cast: Cast, criterion: dict[str, Any], least: int, said: str
) -> None:
    active(cast, {"criteria": [criterion], "thresholds": {"intent": least}})
    lead = new_lead(cast)
    why = explanation_of(lead)
    assert why is not None
    assert why.flips == [said]


@many
@given(rule_sets(), history)
def test_a_way_that_is_named_leads_there(cast: Cast, said: dict[str, Any], life: Any) -> None:
    """One axis with one criterion about touches: done as often as is said, it is reached."""
    criterion = next(
        (c for c in said["criteria"] if "activity" in c and c.get("points", 0) > 0), None
    )
    if criterion is None:
        return
    lead = lived(cast, life)
    axis = criterion["axis"]
    active(cast, {"criteria": [criterion], "thresholds": {axis: criterion["points"]}})
    scoring.score(lead_ids=[lead.pk], at=MONDAY)
    why = explanation_of(lead)
    assert why is not None
    if why.score.qualifies or "any of these" not in why.flips[0]:
        return
    kind = (criterion["activity"] or ["visit"])[0]
    for number in range(1, 6):
        deed = Deed(lead_id=lead.pk, kind=kind, material=criterion["material"], occurred_at=MONDAY)
        touch(deed=deed, by=cast.mara, at=MONDAY)
        why = explanation_of(lead)
        if why is not None and why.score.qualifies:
            return
        assert number < 5


def test_a_grade_that_is_not_accepted_says_which_would_be(cast: Cast) -> None:
    active(cast, {"criteria": [WANTS], "accepts": ["A1", "D3"], "interest": [60, 40, 25]})
    why = explanation_of(new_lead(cast))
    assert why is not None
    assert why.flips == [
        "The grade D4 is not one of those that are accepted.",
        "For D3: Interest is 25 short; any of these would do: Demo request: +30",
    ]


def test_the_page_shows_what_each_point_rests_on(cast: Cast, client_of: ClientOf) -> None:
    title = {
        "axis": "fit",
        "field": "job_title",
        "op": "contains",
        "values": ["diret"],
        "points": 5,
    }
    agreed(cast, rules={"criteria": [title, WANTS]})
    lead = new_lead(cast)
    edit(lead_id=lead.pk, changes={"job_title": "Diretora"}, by=cast.mara, at=MONDAY)
    deed = Deed(lead_id=lead.pk, kind="demo_request", occurred_at=MONDAY + timedelta(minutes=1))
    touch(deed=deed, by=cast.mara, at=MONDAY + timedelta(minutes=1))
    page = client_of(cast.mara).get(lead.get_absolute_url()).content.decode()
    assert "Job title: Diretora" in page
