"""Every verb of the baton over the API: the same actions, the same refusals."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from handoff.people.models import Scope
from leads.stages import HandoffState, LeadStage
from tests.cast import MONDAY, Cast
from tests.conftest import ApiOf
from tests.walk import fresh, handoff_at, lead_at

V1 = "/api/v1"
BODIES: dict[str, dict[str, Any]] = {
    "withdraw": {},
    "claim": {},
    "reassign": {"to": 0},
    "attempts": {"channel": "call", "result": "no_answer"},
    "plan": {"what": "Call", "due_at": "2000-01-01T00:00:00Z"},
    "accept": {},
    "return": {"reason": "not_a_fit"},
    "win": {"value": "10.00"},
    "lose": {"reason": "competitor"},
}


def test_the_whole_baton_over_the_api(cast: Cast, api_of: ApiOf) -> None:
    mara, sam = api_of(cast.mara), api_of(cast.sam)
    lead = lead_at(LeadStage.MQL, cast)
    package = {"lead": lead.pk, "team": cast.sales.pk, "note": "Now.", "pains": ["Slow"]}
    offered = mara.post(f"{V1}/handoffs/", package)
    assert (offered.status_code, offered.json()["state"]) == (201, "waiting")
    url = f"{V1}/handoffs/{offered.json()['id']}"
    claimed = sam.post(f"{url}/claim/")
    assert (claimed.status_code, claimed.json()["claimed_by"]) == (200, "Sam")
    tried = sam.post(f"{url}/attempts/", {"channel": "call", "result": "two_way"})
    assert (tried.status_code, tried.json()["automatic"]) == (201, False)
    due_at = (timezone.now() + timedelta(days=1)).isoformat()
    planned = sam.post(f"{url}/plan/", {"what": "Send a plan", "due_at": due_at})
    assert planned.status_code == 201
    assert sam.post(f"{V1}/steps/{planned.json()['id']}/done/").json()["done_at"]
    assert sam.post(f"{url}/accept/").json()["state"] == "accepted"
    won = sam.post(f"{url}/win/", {"value": "1200.50"}).json()
    assert (won["state"], won["value"]) == ("won", "1200.50")
    assert mara.get(f"{url}/").json() == won


def test_the_loser_gets_the_winner_and_the_next_one(cast: Cast, api_of: ApiOf) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    following = handoff_at(HandoffState.WAITING, cast)
    answer = api_of(cast.sol).post(f"{V1}/handoffs/{row.pk}/claim/")
    assert answer.status_code == 409
    body = answer.json()
    assert (body["reason"], body["winner"]) == ("already_claimed", "Sam")
    assert body["next_id"] == following.pk
    taken = api_of(cast.sol).post(f"{V1}/queue/claim-next/", {"team": cast.sales.pk})
    assert taken.json()["id"] == following.pk
    empty = api_of(cast.sol).post(f"{V1}/queue/claim-next/", {"team": cast.sales.pk})
    assert (empty.status_code, empty.json()["reason"]) == (409, "queue_empty")


def test_lists_are_paged_and_filtered(cast: Cast, api_of: ApiOf) -> None:
    rows = [
        handoff_at(HandoffState.WAITING, cast, at=MONDAY + timedelta(minutes=number)).pk
        for number in range(3)
    ]
    handoff_at(HandoffState.WON, cast, at=MONDAY - timedelta(days=1))
    handoff_at(HandoffState.WAITING, cast, team=cast.other_sales)
    sam, found, after = api_of(cast.sam), [], ""
    for _ in range(2):
        query = {"state": "waiting", "limit": "2", "after": after}
        page = sam.get(f"{V1}/handoffs/", query).json()
        found += [row["id"] for row in page["results"]]
        after = page["next"]
    assert (found, after) == (rows[::-1], "")
    assert len(sam.get(f"{V1}/handoffs/", {"team": cast.other_sales.pk}).json()["results"]) == 0
    for query in ({"state": "x"}, {"limit": "0"}, {"team": "9" * 40}):
        assert sam.get(f"{V1}/handoffs/", query).status_code == 400
    assert sam.get(f"{V1}/handoffs/", {"after": "9" * 17 + "-1"}).status_code == 200


@pytest.mark.parametrize("path", BODIES)
def test_foreign_and_missing_handoffs_are_not_there(cast: Cast, api_of: ApiOf, path: str) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    body = BODIES[path] | ({"to": cast.otto.pk} if path == "reassign" else {})
    body |= {"due_at": (timezone.now() + timedelta(days=1)).isoformat()} if "what" in body else {}
    otto = api_of(cast.otto)
    assert otto.post(f"{V1}/handoffs/{row.pk}/{path}/", body).status_code == 404
    assert otto.post(f"{V1}/handoffs/{2**63 - 1}/{path}/", body).status_code == 404
    assert otto.post(f"{V1}/handoffs/{2**63}/{path}/", body).status_code == 404
    assert otto.get(f"{V1}/handoffs/{row.pk}/{path}/").status_code == 405
    assert fresh(row).state == HandoffState.WAITING


@pytest.mark.parametrize("path", BODIES)
def test_a_key_without_the_scope_steps_nowhere(cast: Cast, api_of: ApiOf, path: str) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    reader = api_of(cast.sam, [Scope.READ])
    assert reader.post(f"{V1}/handoffs/{row.pk}/{path}/", BODIES[path]).status_code == 403
    assert reader.get(f"{V1}/handoffs/{row.pk}/").status_code == 200
    assert api_of(cast.sam, [Scope.FLOW]).get(f"{V1}/handoffs/{row.pk}/").status_code == 403


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("attempts", {"channel": "pigeon", "result": "no_answer"}, 400),
        ("attempts", {"channel": "call", "result": "contact", "occurred_at": "2999-01-01"}, 422),
        (
            "attempts",
            {"channel": "call", "result": "contact", "occurred_at": "0001-01-01T00:00:00+14:00"},
            422,
        ),
        (
            "plan",
            {"what": "Call", "due_at": "9999-12-31T23:59:59-14:00"},
            422,
        ),
        ("return", {"reason": "other"}, 422),
        ("return", {"reason": "not_now"}, 422),
        ("return", {"reason": "not_now", "recycle_on": "9999-12-31"}, 422),
        ("win", {"value": "-1"}, 400),
        ("win", {"value": "NaN"}, 400),
        ("lose", {"reason": "bored"}, 400),
        ("reassign", {"to": 2**62}, 422),
        ("reassign", {"to": 2**63}, 400),
    ],
)
def test_what_is_wrong_is_said(
    cast: Cast, api_of: ApiOf, path: str, body: dict[str, Any], status: int
) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    answer = api_of(cast.tess).post(f"{V1}/handoffs/{row.pk}/{path}/", body)
    assert answer.status_code in {status, 400}, answer.content
    assert fresh(row).is_held


@pytest.mark.parametrize(
    "wrong",
    [{"lead": 2**62}, {"team": 2**62}, {"lead": 2**63}, {"pains": ["p"] * 21}, {"campaign": 1}],
)
def test_a_wrong_offer_is_refused(cast: Cast, api_of: ApiOf, wrong: dict[str, Any]) -> None:
    lead = lead_at(LeadStage.MQL, cast)
    body = {"lead": lead.pk, "team": cast.sales.pk, **wrong}
    assert api_of(cast.mara).post(f"{V1}/handoffs/", body).status_code in {400, 404, 422}


def test_a_stale_program_is_refused(cast: Cast, api_of: ApiOf) -> None:
    row = handoff_at(HandoffState.LOST, cast)
    for path in ("accept", "return", "win", "lose", "attempts", "claim"):
        answer = api_of(cast.sam).post(f"{V1}/handoffs/{row.pk}/{path}/", BODIES[path])
        assert (answer.status_code, answer.json()["reason"]) == (409, "not_possible")


def test_who_is_not_signed_in_gets_nothing(cast: Cast) -> None:
    for path in ("handoffs/", "handoffs/1/"):
        assert APIClient().get(f"{V1}/{path}").status_code == 401
