"""Criteria and scores over the API: the pages' own actions, and what is wrong by its place."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from handoff.people.models import Scope
from leads.actions import rules as actions
from leads.actions.touch import Deed, touch
from leads.models import RuleSet
from leads.stages import RuleSetState
from tests.cast import MONDAY, Cast
from tests.conftest import ApiOf
from tests.leads.rules.test_editor import said
from tests.leads.rules.test_rules_action import DEMO, RULES, agreed, drafted
from tests.walk import new_lead

pytestmark = pytest.mark.django_db
BASE = "/api/v1/rules/"


@pytest.fixture
def mara(cast: Cast, api_of: ApiOf) -> APIClient:
    return api_of(cast.mara)


def test_from_a_draft_to_being_in_force(cast: Cast, mara: APIClient, api_of: ApiOf) -> None:
    new_lead(cast)
    made = mara.post(BASE, {"rules": RULES, "why": "Demos win."})
    row = made.json()
    assert made.status_code == 201
    assert (row["state"], row["number"], row["team"], row["why"]) == (
        "draft",
        1,
        None,
        "Demos win.",
    )
    assert row["sentences"] == [{"key": "demo", "axis": "intent", "sentence": "Demo request: +30"}]
    at = f"{BASE}{row['id']}/"
    revised = mara.put(at, {"rules": RULES, "why": "All.", "marks": True, "revision": 1}).json()
    assert (revised["revision"], revised["marks"], revised["why"]) == (2, True, "All.")
    assert mara.post(f"{at}propose/").json()["proposed_by"] == "Mara"
    tess = api_of(cast.tess)
    back = tess.post(f"{at}send-back/", {"why": "Too many."}).json()
    assert (back["state"], back["answer"]) == ("draft", "Too many.")
    mara.post(f"{at}propose/")
    approved = tess.post(f"{at}approve/").json()
    assert (approved["state"], approved["wave"]["percent"]) == ("active", 0)
    assert mara.post(BASE, {}).json()["rules"] == row["rules"]


@pytest.mark.parametrize(
    ("rules", "place"),
    [
        ([], ""),
        ({"criteria": [{**DEMO, "points": "many"}]}, "criteria.0.points"),
        ({"criteria": [{**DEMO, "half_life_days": 0}]}, "criteria.0.half_life_days"),
        ({"criteria": [{**DEMO, "within_days": 0}]}, "criteria.0.within_days"),
        ({"criteria": [{"axis": "fit", "field": "shoe", "op": "present"}]}, "criteria.0.field"),
        ({"speed": 1}, "speed"),
        ({"x" * 5_000: 1}, "x" * 200),
        ({"caps": {"luck": 1}}, "caps.luck"),
    ],
)
def test_what_is_wrong_comes_back_by_its_place(
    cast: Cast, mara: APIClient, rules: Any, place: str
) -> None:
    row = drafted(cast)
    for answer in (
        mara.post(BASE, {"rules": rules}),
        mara.put(f"{BASE}{row.pk}/", {"rules": rules, "revision": 1}),
        mara.post(f"{BASE}{row.pk}/preview/", {"rules": rules}),
    ):
        assert answer.status_code == 422
        assert place in answer.json()["fields"]
    row.refresh_from_db()
    assert row.revision == 1


def test_a_name_that_nobody_knows_is_refused(cast: Cast, mara: APIClient) -> None:
    answer = mara.post(BASE, {"rule": RULES})
    assert (answer.status_code, list(answer.json())) == (400, ["rule"])
    assert not RuleSet.objects.exists()


def test_faults_are_said_in_the_readers_language(cast: Cast, mara: APIClient) -> None:
    sent = {"rules": {"criteria": [{**DEMO, "points": "many"}]}}
    answer = mara.post(BASE, sent, headers={"Accept-Language": "pt-BR"})
    assert answer.json()["fields"]["criteria.0.points"] == "Escreva um número."


def test_what_cannot_work_is_not_proposed(cast: Cast, mara: APIClient) -> None:
    row = drafted(cast, rules={**RULES, "thresholds": {"intent": 31}})
    at = f"{BASE}{row.pk}/"
    assert list(mara.get(at).json()["faults"]) == ["thresholds.intent"]
    answer = mara.post(f"{at}propose/")
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["thresholds.intent"])


def test_the_second_of_two_is_told_the_difference(cast: Cast, mara: APIClient) -> None:
    row = drafted(cast)
    theirs = {"criteria": [{**DEMO, "points": 40}], "thresholds": {"intent": 30}}
    actions.revise(rule_set_id=row.pk, rules=theirs, revision=1, by=cast.ada, at=MONDAY)
    answer = mara.put(f"{BASE}{row.pk}/", {"rules": RULES, "revision": 1})
    told = answer.json()
    assert (answer.status_code, told["reason"], told["revision"]) == (409, "changed_meanwhile", 2)
    assert told["difference"] == [{"before": "Demo request: +30", "after": "Demo request: +40"}]
    assert mara.put(f"{BASE}{row.pk}/", {"rules": RULES, "revision": 2}).status_code == 200
    assert mara.put(f"{BASE}{agreed(cast).pk}/", {"rules": RULES, "revision": 1}).status_code == 409


def test_versions_are_listed_newest_first_page_by_page(cast: Cast, mara: APIClient) -> None:
    first, second = agreed(cast), drafted(cast, team_id=cast.marketing.pk)
    RuleSet.objects.create(
        team=cast.other_marketing, number=1, created_at=MONDAY, created_by=cast.olga
    )
    page = mara.get(f"{BASE}?limit=1").json()
    assert [each["id"] for each in page["results"]] == [second.pk]
    page = mara.get(f"{BASE}?limit=1&after={page['next']}").json()
    assert ([each["id"] for each in page["results"]], page["next"]) == ([first.pk], "")
    asked = mara.get(f"{BASE}?state=active&after=x").json()["results"]
    assert [each["id"] for each in asked] == [first.pk]
    asked = mara.get(f"{BASE}?team={cast.marketing.pk}").json()["results"]
    assert [each["team_name"] for each in asked] == ["Demand BR"]


def test_a_preview_tries_what_is_sent_or_what_is_kept(
    cast: Cast, mara: APIClient, api_of: ApiOf
) -> None:
    rio, _lima = (new_lead(cast, at=timezone.now(), city=city) for city in ("Rio", "Lima"))
    agreed(cast, rules=said("Lima"))
    at = f"{BASE}{drafted(cast, rules=said('Cali')).pk}/preview/"
    kept = mara.post(at).json()
    assert (kept["draft"], kept["active"], kept["leave"]["count"]) == (0, 1, 1)
    assert list(kept["doubts"]) == ["thresholds.fit"]
    sent = mara.post(at, {"rules": said("Rio")}).json()
    assert sent["enter"] == {"count": 1, "leads": [{"id": rio.pk, "name": str(rio)}]}
    assert api_of(cast.tess).post(at).status_code == 200
    assert api_of(cast.sam).post(at).status_code == 403


def test_a_score_comes_with_its_evidence_its_flips_and_its_history(
    cast: Cast, mara: APIClient
) -> None:
    title = {
        "axis": "fit",
        "field": "job_title",
        "op": "contains",
        "values": ["diret"],
        "points": 5,
    }
    row = agreed(cast, rules={"criteria": [DEMO, title], "thresholds": {"fit": 5}})
    lead = new_lead(cast)
    at = MONDAY + timedelta(minutes=1)
    touch(deed=Deed(lead_id=lead.pk, kind="demo_request"), by=cast.mara, at=at)
    told = mara.get(f"/api/v1/leads/{lead.pk}/score/").json()
    assert told["score"] == {
        "rule_set": row.pk, "version": 1, "total": 30, "grade": "D3", "qualifies": False,
        "scored_at": "2026-11-16T10:01:00-03:00",
    }  # fmt: skip
    fit, _engagement, intent = told["axes"]
    assert (fit["points"], fit["needed"], intent["points"]) == (0, 5, 30)
    [part] = intent["parts"]
    assert (part["key"], part["points"], part["holds"]) == ("demo", 30, True)
    assert part["evidence"]["touches"] == [
        {"kind": "demo_request", "material": "", "occurred_at": "2026-11-16T10:01:00-03:00",
         "points": None}
    ]  # fmt: skip
    assert told["flips"][0].startswith("Fit is 5 short; any of these would do")
    assert [(each["what"], each["total"]) for each in told["history"]] == [
        ("Form", 0),
        ("Demo request", 30),
    ]
    assert [each["rule_set"] for each in told["versions"]] == [row.pk]


def test_without_criteria_a_score_is_null(cast: Cast, mara: APIClient) -> None:
    told = mara.get(f"/api/v1/leads/{new_lead(cast).pk}/score/").json()
    assert told == {
        "score": None, "axes": [], "flips": [], "history": [], "history_cut": False, "versions": [],
    }  # fmt: skip


def test_a_key_that_may_only_read_changes_nothing(cast: Cast, api_of: ApiOf) -> None:
    row = drafted(cast)
    client = api_of(cast.mara, [Scope.READ])
    assert client.get(f"{BASE}{row.pk}/").status_code == 200
    assert client.put(f"{BASE}{row.pk}/", {"rules": RULES, "revision": 1}).status_code == 403
    assert client.post(f"{BASE}{row.pk}/propose/").status_code == 403
    row.refresh_from_db()
    assert (row.state, row.revision) == (RuleSetState.DRAFT, 1)
