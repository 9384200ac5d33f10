"""Ideas on their page, over the API and by command: a click makes one a criterion."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone, translation

from leads.actions import rules as actions
from leads.models import Handoff, RuleSet
from leads.rules.ideas import InDraft
from leads.stages import HandoffState
from leads.views import rules_ideas
from tests.cast import Cast
from tests.conftest import ApiOf, ClientOf
from tests.leads.rules.old_history import old_history
from tests.leads.rules.test_rules_action import RULES, agreed, drafted
from tests.walk import handoff_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def history(cast: Cast, tmp_path: Path) -> None:
    old_history(cast, tmp_path)


@pytest.fixture
def mara(cast: Cast, client_of: ClientOf) -> Client:
    return client_of(cast.mara)


def address(row: RuleSet, page: str = "") -> str:
    return f"/rules/{row.pk}/ideas/{page}"


def test_the_page_the_interface_and_the_command_say_the_same(
    cast: Cast, mara: Client, api_of: ApiOf, history: None
) -> None:
    row = drafted(cast, cast.marketing.pk)
    assert b"found/?span=year" in mara.get(address(row)).content
    page = mara.get(address(row, "found/"))
    found = page.context["found"]
    said = api_of(cast.mara, ["read"]).get(f"/api/v1/rules/{row.pk}/ideas/").json()
    out = StringIO()
    call_command("rules", "ideas", f"--team={cast.marketing}", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert {**said, "period": 0} == {**told, "period": 0} == {**found.kept(), "period": 0}
    [gold, *_more] = said["better"]
    assert (gold["sentence"], gold["share"]["k"], gold["share"]["n"]) == ("Plan is Gold", 40, 50)
    assert gold["criterion"] == {
        "axis": "fit", "role": "points", "field": "attributes.Plan", "op": "is",
        "values": ["Gold"], "points": 15,
    }  # fmt: skip
    assert "Plan is Tin" in [idea["sentence"] for idea in said["worse"]]
    assert (said["population"]["labelled"], said["population"]["won"]) == (200, 57)
    assert "Plan is Gold" in page.content.decode()
    out = StringIO()
    call_command("rules", "ideas", f"--team={cast.marketing}", stdout=out)
    assert "+15  Plan is Gold  80.0 %" in out.getvalue()
    with translation.override("pt-br"):
        assert found.better[0].sentence == "Plan é Gold"


def test_a_click_adds_it_and_another_takes_it_out(cast: Cast, mara: Client, history: None) -> None:
    row = drafted(cast, cast.marketing.pk)
    idea = mara.get(address(row, "found/")).context["found"].better[0].criterion()
    sent = {"idea": json.dumps(idea), "revision": 1, "role": "points"}
    page = mara.post(address(row), sent, headers={"HX-Request": "true"}).content.decode()
    row.refresh_from_db()
    assert row.rules["criteria"][1] == {**idea, "key": "c1"}
    assert (row.revision, row.why) == (2, "Demos win.")
    assert 'value="2" hx-swap-oob' in page
    assert "Added: +15" in page
    again = mara.get(address(row, "found/"))
    assert again.context["found"].better[0].in_draft == InDraft.SAME
    assert "In the draft" in again.content.decode()
    out = {"idea": json.dumps(idea), "revision": 2, "drop": "c1"}
    page = mara.post(address(row), out, headers={"HX-Request": "true"}).content.decode()
    row.refresh_from_db()
    assert (row.rules["criteria"], row.revision) == (read_back(RULES), 3)
    assert "Add: +15 points" in page


def read_back(rules: Any) -> Any:
    return [{**each, "role": "points", "at_least": 1} for each in rules["criteria"]]


def test_what_speaks_against_a_sale_can_be_a_veto(cast: Cast, mara: Client) -> None:
    row = drafted(cast)
    idea = {"axis": "fit", "field": "city", "op": "is", "values": ["Lima"], "points": -15}
    sent = {"idea": json.dumps(idea), "revision": 1, "role": "veto"}
    assert mara.post(address(row), sent)["Location"] == f"/rules/{row.pk}/edit/"
    row.refresh_from_db()
    assert row.rules["criteria"][1]["role"] == "veto"
    assert "points" not in row.rules["criteria"][1]


def test_the_second_of_two_is_told(cast: Cast, mara: Client) -> None:
    row = drafted(cast)
    actions.revise(rule_set_id=row.pk, rules=RULES, revision=1, by=cast.ada, at=timezone.now())
    idea = {"axis": "fit", "field": "city", "op": "is", "values": ["Lima"], "points": 15}
    sent = {"idea": json.dumps(idea), "revision": 1}
    answer = mara.post(address(row), sent, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#messages")
    assert "Nothing was added" in answer.content.decode()
    row.refresh_from_db()
    assert len(row.rules["criteria"]) == 1


def test_what_takes_too_long_is_told(
    cast: Cast, mara: Client, history: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules_ideas, "PATIENCE", timedelta(milliseconds=1))
    page = mara.get(address(drafted(cast, cast.marketing.pk), "found/"))
    assert "Choose a shorter period" in page.content.decode()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"idea": "{"}, 400),
        ({"idea": "[" * 3_900}, 400),
        ({"idea": "9" * 3_900}, 400),
        ({"idea": "3"}, 400),
        ({"idea": '{"axis": "fit"}'}, 422),
        ({"idea": '{"axis": "fit", "field": "shoe", "op": "present", "points": 5}'}, 422),
        ({"role": "must"}, 400),
        ({"revision": "x"}, 400),
        ({"revision": "9" * 30}, 400),
    ],
)
def test_what_is_no_idea_changes_nothing(
    cast: Cast, mara: Client, change: dict[str, str], status: int
) -> None:
    row = drafted(cast)
    idea = '{"axis": "fit", "field": "city", "op": "present", "points": 5}'
    answer = mara.post(address(row), {"idea": idea, "revision": "1", "role": "points", **change})
    assert answer.status_code == status
    row.refresh_from_db()
    assert row.revision == 1


def test_ideas_are_for_drafts_alone(cast: Cast, mara: Client, api_of: ApiOf) -> None:
    row = agreed(cast)
    for page in ("", "found/"):
        assert mara.get(address(row, page)).status_code == 404
    read_only = api_of(cast.mara, ["read"])
    assert read_only.get(f"/api/v1/rules/{row.pk}/ideas/").status_code == 404


def test_values_are_those_of_ones_own_teams(cast: Cast, client_of: ClientOf, history: None) -> None:
    row = drafted(cast)
    for person, n in ((cast.mara, 200), (cast.ada, 200), (cast.olga, 0)):
        found = client_of(person).get(address(row, "found/")).context["found"]
        assert found.base.n == n


@pytest.mark.parametrize(
    ("state", "count", "said"),
    [
        (HandoffState.WON, 0, "No decisions to learn from yet"),
        (HandoffState.WON, 2, "Too few decisions to learn from"),
    ],
)
def test_where_there_is_little_it_says_why(
    cast: Cast, mara: Client, state: HandoffState, count: int, said: str
) -> None:
    for _number in range(count):
        handoff_at(state, cast, at=timezone.now() - timedelta(days=70))
    page = mara.get(address(drafted(cast), "found/")).content.decode()
    assert said in page
    assert "?span=all" in page


def test_where_all_ended_alike_there_is_nothing_to_tell(
    cast: Cast, mara: Client, history: None
) -> None:
    Handoff.objects.filter(state=HandoffState.WON).update(state=HandoffState.LOST)
    page = mara.get(address(drafted(cast), "found/") + "?span=all").content.decode()
    assert "They all ended alike" in page
    assert 'href="/imports/"' in page
