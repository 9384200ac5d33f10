"""Every point has its criterion, and the parts add up to the score."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from leads.actions import scoring
from leads.actions.touch import Deed, touch
from leads.models import Score
from leads.queries.explanation import explanation_of
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf
from tests.leads.rules.test_rules_action import agreed
from tests.leads.rules.test_scoring import active, history, lived, many
from tests.leads.rules.written import rule_sets
from tests.walk import new_lead

pytestmark = pytest.mark.django_db
RULES = {
    "criteria": [
        {"key": "demo", "axis": "intent", "activity": ["demo_request"], "points": 30},
        {"key": "price", "axis": "intent", "activity": ["price_request"], "points": 9.5},
        {
            "key": "rio",
            "axis": "fit",
            "role": "veto",
            "field": "city",
            "op": "is",
            "values": ["Rio"],
        },
    ],
    "thresholds": {"intent": 30},
    "caps": {"intent": 35},
}


@many
@given(rule_sets(), history)
def test_parts_add_up_to_the_score(cast: Cast, said: dict[str, Any], life: Any) -> None:
    lead = lived(cast, life)
    active(cast, said)
    scoring.score(lead_ids=[lead.pk], at=MONDAY)
    why = explanation_of(lead)
    assert why is not None
    for axis in why.axes:
        assert sum(part.earned for part in axis.parts) == axis.total
        assert axis.total == getattr(Score.objects.get(lead=lead), axis.axis)
    assert bool(why.flips) != why.score.qualifies


def test_what_would_flip_it_is_said(cast: Cast) -> None:
    agreed(cast, rules=RULES)
    lead = new_lead(cast, city="Rio")
    why = explanation_of(lead)
    assert why is not None
    assert why.flips == [
        "Intent is 30 short; any of these would do: Demo request: +30",
        f"In the way: {why.axes[0].parts[0].text}",
    ]


def test_the_page_shows_the_score(cast: Cast, client_of: ClientOf) -> None:
    agreed(cast, rules=RULES)
    lead = new_lead(cast)
    for kind in ("demo_request", "price_request"):
        deed = Deed(lead_id=lead.pk, kind=kind, occurred_at=MONDAY + timedelta(minutes=1))
        touch(deed=deed, by=cast.mara, at=MONDAY + timedelta(minutes=1))
    page = client_of(cast.mara).get(lead.get_absolute_url()).content.decode()
    assert "Qualifies by the criteria" in page
    assert "Beyond the cap of this axis" in page
    assert "−4.5" in page


def test_a_lead_without_criteria_has_no_score(cast: Cast) -> None:
    assert explanation_of(new_lead(cast)) is None
