"""The editor: what is typed becomes criteria, and nothing typed is lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given

from leads.actions import rules as actions
from leads.forms.rules_editor import opened
from leads.models import RuleSet
from leads.queries.preview import preview_of
from leads.rules.criteria import kept
from leads.rules.reading import read
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.leads.rules.test_rules_action import RULES, agreed, drafted
from tests.leads.rules.test_scoring import many
from tests.leads.rules.written import rule_sets
from tests.walk import new_lead

pytestmark = pytest.mark.django_db
FRAME = {
    "profile.0": "60", "profile.1": "40", "profile.2": "20",
    "interest.0": "60", "interest.1": "40", "interest.2": "20",
    "accepts": ["A1", "D3"], "thresholds.intent": "30", "revision": "1", "rows": "2",
    "why": "Prices and demos win.",
}  # fmt: skip
PRICE = {
    "r0-key": "price", "r0-about": "activity", "r0-axis": "intent", "r0-role": "points",
    "r0-kinds": ["price_request", "download"], "r0-material": "Price list", "r0-within_days": "30",
    "r0-at_least": "2", "r0-points": "12,5", "r0-each": "on", "r0-cap": "50",
    "r0-half_life_days": "14",
}  # fmt: skip
CITY = {
    "r1-key": "city", "r1-about": "field", "r1-axis": "fit", "r1-role": "veto",
    "r1-field": "city", "r1-op": "any_of", "r1-values": "Rio\nSão Paulo",
}  # fmt: skip
TYPED: dict[str, Any] = {**FRAME, **PRICE, **CITY}


@pytest.fixture
def mara(cast: Cast, client_of: ClientOf) -> Client:
    return client_of(cast.mara)


def address(row: RuleSet, page: str = "edit") -> str:
    return f"/rules/{row.pk}/{page}/"


def test_what_is_typed_becomes_criteria(cast: Cast, mara: Client) -> None:
    row = drafted(cast)
    assert mara.post(address(row), TYPED).status_code == 302
    row.refresh_from_db()
    assert row.rules["criteria"] == [
        {
            "key": "price", "axis": "intent", "role": "points", "material": "Price list",
            "activity": ["download", "price_request"], "within_days": 30, "at_least": 2,
            "points": 12.5, "each": True, "cap": 50, "half_life_days": 14.0,
        },
        {
            "key": "city", "axis": "fit", "role": "veto", "field": "city", "op": "any_of",
            "values": ["Rio", "São Paulo"],
        },
    ]  # fmt: skip
    assert (row.rules["accepts"], row.rules["thresholds"]) == (["A1", "D3"], {"intent": 30})
    assert (row.why, row.revision, row.marks) == ("Prices and demos win.", 2, False)


@pytest.mark.parametrize("onward", ["backtest", "ideas"])
def test_a_draft_is_saved_on_the_way_onward(cast: Cast, mara: Client, onward: str) -> None:
    row = drafted(cast)
    answer = mara.post(address(row), {**TYPED, "do": onward})
    assert answer["Location"] == address(row, onward)
    row.refresh_from_db()
    assert row.revision == 2


@many
@given(rule_sets())
def test_a_draft_opened_and_saved_unchanged_says_the_same(said: dict[str, Any]) -> None:
    rules = read(said)
    editor = opened(rules, why="", marks=False, revision=1)
    assert kept(read(editor.json())) == kept(rules)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"r0-points": "many"}, "Write a number."),
        ({"r0-within_days": "0"}, "This window is empty"),
        ({"r0-half_life_days": "0"}, "more than zero days"),
        ({"r0-at_least": "two"}, "Write a whole number."),
        ({"r1-field": "shoe"}, "A lead has no such field."),
        ({"r1-op": "matches"}, "Choose one of the list."),
        ({"thresholds.intent": "x"}, "Write a number."),
        ({"accepts": []}, "choose at least one grade"),
        ({"r0-cap": "1"}, "The cap lies beyond"),
        ({"profile.0": ""}, "Write a number."),
    ],
)
def test_what_is_wrong_is_told_and_kept(
    cast: Cast, mara: Client, change: dict[str, Any], said: str
) -> None:
    row = drafted(cast)
    answer = mara.post(address(row), {**TYPED, **change})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "São Paulo" in page or "r1-values" in change
    row.refresh_from_db()
    assert row.revision == 1
    assert said in mara.post(address(row, "preview"), {**TYPED, **change}).content.decode()


def test_the_second_of_two_editors_sees_the_difference(cast: Cast, mara: Client) -> None:
    row = drafted(cast)
    actions.revise(rule_set_id=row.pk, rules=RULES, revision=1, by=cast.ada, at=timezone.now())
    answer = mara.post(address(row), TYPED)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Price list" in page
    assert "Demo request" in page
    assert mara.post(address(row), {**TYPED, "revision": "2"}).status_code == 302


@pytest.mark.parametrize(
    ("do", "keys"),
    [
        ("add:field", ["price", "city", "c1"]),
        ("add:activity", ["price", "city", "c1"]),
        ("down:0", ["city", "price"]),
        ("up:1", ["city", "price"]),
        ("up:0", ["price", "city"]),
        ("drop:0", ["city"]),
        ("drop:99", ["price", "city"]),
        ("drop:x", ["price", "city"]),
    ],
)
def test_rows_come_go_and_move_without_saving(
    cast: Cast, mara: Client, do: str, keys: list[str]
) -> None:
    row = drafted(cast)
    answer = mara.post(address(row), {**TYPED, "do": do})
    assert [each.said["key"] for each in answer.context["editor"].rows] == keys
    assert "dict_values" not in answer.content.decode()
    row.refresh_from_db()
    assert row.revision == 1


def test_an_agreed_version_is_not_edited(cast: Cast, mara: Client) -> None:
    assert mara.get(address(agreed(cast))).status_code == 404


def test_the_preview_counts_who_would_enter_and_who_would_leave(cast: Cast) -> None:
    at = timezone.now()
    rio, lima = (new_lead(cast, at=at, city=city) for city in ("Rio", "Lima"))
    new_lead(cast, at=at - timedelta(days=91), city="Rio")
    agreed(cast, rules=said("Lima"))
    found = preview_of(read(said("Rio")), team_id=None, by=cast.mara, at=at)
    assert (found.leads, found.draft, found.active, found.percent) == (2, 1, 1, 50)
    assert (found.enter.leads, found.leave.leads) == ([rio], [lima])


def test_a_team_without_its_own_is_compared_with_what_speaks_for_it(
    cast: Cast, mara: Client
) -> None:
    new_lead(cast, at=timezone.now(), city="Lima")
    common = agreed(cast, rules=said("Lima"))
    team_id = cast.marketing.pk
    found = preview_of(read(said("Rio")), team_id=team_id, by=cast.mara, at=timezone.now())
    assert (found.active, found.leave.count) == (1, 1)
    answer = mara.post("/rules/", {"team": team_id, "why": "Ours."})
    row = RuleSet.objects.get(team_id=team_id)
    assert (answer["Location"], row.rules) == (address(row), common.rules)


def test_names_in_a_preview_are_those_one_may_see(cast: Cast) -> None:
    new_lead(cast, at=timezone.now(), city="Rio")
    agreed(cast, rules=said("Lima"))
    found = preview_of(read(said("Rio")), team_id=None, by=cast.olga, at=timezone.now())
    assert (found.enter.count, found.enter.leads) == (1, [])


def said(city: str) -> dict[str, Any]:
    test = {"axis": "fit", "field": "city", "op": "is", "values": [city], "points": 10}
    return {"criteria": [test], "thresholds": {"fit": 10}}
