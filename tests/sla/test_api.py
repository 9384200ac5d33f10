"""Promises over the API: the same words and limits as on the pages."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from rest_framework.test import APIClient
from time_machine import travel

from leads.stages import HandoffState
from sla.actions.agreements import in_force
from sla.models import Agreement
from tests.cast import MONDAY, Cast
from tests.conftest import ApiOf
from tests.walk import handoff_at, waiting

HOUR = timedelta(hours=1)
BOARD = "/api/v1/board/"
AGREEMENT = "/api/v1/agreement/"


def clocks_of(pk: int) -> str:
    return f"/api/v1/handoffs/{pk}/clocks/"


def terms(**changes: Any) -> dict[str, Any]:
    return {
        "calendar": in_force(None, at=MONDAY).calendar_id,
        "claim_accepts": False,
        "clauses": [
            {"kind": "claim", "target": 600, "warn_before": 120, "escalate_after": 3600},
            {"kind": "first_attempt", "target": 3600},
            {"kind": "feedback", "target": 57_600},
            {"kind": "lease", "target": 7200},
        ],
        **changes,
    }


def test_a_handoffs_clocks_are_read(cast: Cast, api_of: ApiOf) -> None:
    handoff = handoff_at(HandoffState.ACCEPTED, cast)
    results = api_of(cast.sam).get(clocks_of(handoff.pk)).json()["results"]
    kinds = ["lease", "first_contact", "first_attempt", "claim"]
    assert [row["kind"] for row in results] == kinds
    claim = results[-1]
    assert (claim["verdict"], claim["target"], claim["used"]) == ("met", 900, 60)
    assert claim["sentence"] == "Mon 10:02→10:03 = 1 min: 1 min in all"
    assert (claim["owner"], results[0]["owner"]) == (None, "Sam")
    assert results[0]["stopped_at"] is None


def test_the_board_is_read(cast: Cast, api_of: ApiOf) -> None:
    late = waiting(cast)
    with travel(MONDAY + HOUR, tick=False):
        said = api_of(cast.tess).get(BOARD).json()
    assert (said["total"]["late"], said["total"]["waiting"]) == (1, 1)
    assert [team["name"] for team in said["teams"]] == ["Inside Sales"]
    assert {one["name"] for one in said["people"]} == {"Sam", "Sol", "Tess"}
    assert [row["handoff_id"] for row in said["promises"]] == [late.pk]
    assert said["next"] == ""


def test_the_board_goes_on_after_a_page(
    cast: Cast, api_of: ApiOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sla.queries.board.PAGE", 1)
    rows = [waiting(cast), waiting(cast, at=MONDAY + timedelta(minutes=1))]
    client = api_of(cast.max)
    first = client.get(BOARD, {"show": "waiting"}).json()
    second = client.get(BOARD, {"show": "waiting", "after": first["next"]}).json()
    found = [row["handoff_id"] for page in (first, second) for row in page["promises"]]
    assert found == [row.pk for row in rows]


def test_the_agreement_is_read_in_words(cast: Cast, api_of: ApiOf) -> None:
    said = api_of(cast.sam).get(AGREEMENT, {"team": cast.sales.pk}).json()
    assert (said["number"], said["team_id"], said["claim_accepts"]) == (1, None, True)
    claim = said["clauses"][0]
    assert (claim["kind"], claim["target"]) == ("claim", 900)
    assert claim["promise"] == "Sales claims each lead handed over within 15 business minutes."


def version(pk: int, verb: str = "") -> str:
    return f"{AGREEMENT}versions/{pk}/{verb and f'{verb}/'}"


def test_from_a_draft_to_being_in_force(cast: Cast, api_of: ApiOf) -> None:
    max_, tess = api_of(cast.max), api_of(cast.tess)
    drafted = max_.post(AGREEMENT, terms(team=cast.sales.pk))
    assert drafted.status_code == 201
    pk = drafted.json()["id"]
    assert (drafted.json()["state"], drafted.json()["team_id"]) == ("draft", cast.sales.pk)
    assert drafted.json()["clauses"][0]["escalate_after"] == 3600
    proposed = max_.post(version(pk, "propose"), {"why": "Sooner.", "side": "marketing"})
    assert (proposed.json()["state"], proposed.json()["proposed_by"]) == ("proposed", "Max")
    back = tess.post(version(pk, "send-back"), {"why": "Not at night."})
    assert (back.json()["state"], back.json()["answer"]) == ("draft", "Not at night.")
    changed = max_.put(version(pk), terms(claim_accepts=True, revision=1))
    assert (changed.json()["revision"], changed.json()["claim_accepts"]) == (2, True)
    max_.post(version(pk, "propose"), {"why": "Sooner.", "side": "marketing"})
    signed = tess.post(version(pk, "sign"))
    assert (signed.json()["state"], signed.json()["signed_by"]) == ("signed", "Tess")
    assert in_force(cast.sales.pk, at=timezone.now()).pk == pk
    listed = tess.get(f"{AGREEMENT}versions/", {"team": cast.sales.pk}).json()["results"]
    assert [(row["number"], row["state"]) for row in listed] == [(1, "signed")]
    assert tess.post(version(pk, "copy")).json()["number"] == 2


def test_a_stale_draft_overwrites_nothing(cast: Cast, api_of: ApiOf) -> None:
    client = api_of(cast.max)
    pk = client.post(AGREEMENT, terms()).json()["id"]
    assert client.put(version(pk), terms(revision=1)).status_code == 200
    again = client.put(version(pk), terms(revision=1))
    assert (again.status_code, again.json()["reason"]) == (409, "changed_meanwhile")


def test_who_speaks_for_both_says_for_which_side(cast: Cast, api_of: ApiOf) -> None:
    client = api_of(cast.max)
    pk = client.post(AGREEMENT, terms()).json()["id"]
    refused = client.post(version(pk, "propose"), {"why": "Sooner."})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["side"])
    assert client.post(version(pk, "propose"), {"why": "", "side": "sales"}).status_code == 400
    assert client.post(version(pk, "propose"), {"why": "x", "side": "both"}).status_code == 400


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"clauses": []}, 422),
        ({"clauses": [{"kind": "claim", "target": 0}] * 4}, 422),
        ({"clauses": [{"kind": "x", "target": 1}]}, 400),
        ({"clauses": [{"kind": "claim", "target": 1}] * 17}, 400),
        ({"clauses": None}, 400),
        ({"replaces": 1}, 400),
        ({"clauses": [{"kind": "claim", "target": 1, "warn": 1}]}, 400),
        ({"calendar": 2**63}, 400),
        ({"calendar": 2**63 - 1}, 422),
        ({"team": 2**63 - 1}, 404),
    ],
)
def test_what_is_wrong_is_refused(
    cast: Cast, api_of: ApiOf, changes: dict[str, Any], status: int
) -> None:
    assert api_of(cast.max).post(AGREEMENT, terms(**changes)).status_code == status
    assert Agreement.objects.count() == 1


def test_a_wrong_target_is_named(cast: Cast, api_of: ApiOf) -> None:
    sent = terms()
    sent["clauses"][0]["target"] = 0
    assert list(api_of(cast.max).post(AGREEMENT, sent).json()["fields"]) == ["claim_target"]


def test_another_team_is_not_found(cast: Cast, api_of: ApiOf) -> None:
    handoff = waiting(cast)
    assert api_of(cast.otto).get(clocks_of(handoff.pk)).status_code == 404
    assert api_of(cast.sam).get(clocks_of(2**63 - 1)).status_code == 404
    assert api_of(cast.otto).get(AGREEMENT, {"team": cast.sales.pk}).status_code == 404
    assert api_of(cast.tess).get(BOARD, {"team": cast.other_sales.pk}).status_code == 404


def test_without_the_right_or_the_scope_nothing_is_told(cast: Cast, api_of: ApiOf) -> None:
    assert api_of(cast.sam).get(BOARD).status_code == 403
    assert api_of(cast.sam).post(AGREEMENT, terms()).status_code == 403
    assert api_of(cast.sam).post(AGREEMENT, {}).status_code == 403
    assert api_of(cast.tess).post(AGREEMENT, terms(team=cast.other_sales.pk)).status_code == 403
    assert api_of(cast.max, ["read"]).post(AGREEMENT, terms()).status_code == 403
    assert api_of(cast.max, ["flow"]).get(BOARD).status_code == 403
    assert APIClient().get(AGREEMENT).status_code == 401


@pytest.mark.parametrize("address", [BOARD, clocks_of(1)])
def test_what_is_read_is_only_read(cast: Cast, api_of: ApiOf, address: str) -> None:
    assert api_of(cast.max).post(address, {}).status_code == 405


@pytest.mark.parametrize(
    "query", [{"show": "x"}, {"team": "x"}, {"team": 2**63}, {"after": "x" * 41}]
)
def test_a_query_that_says_nothing_is_refused(
    cast: Cast, api_of: ApiOf, query: dict[str, Any]
) -> None:
    assert api_of(cast.max).get(BOARD, query).status_code == 400


def test_it_is_described(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", "--validate")
    described = capsys.readouterr().out
    for operation in ("handoffs_clocks", "board_read", "agreement_read", "agreement_sign"):
        assert f"operationId: {operation}" in described
