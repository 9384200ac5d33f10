"""The same over the API: one door, two faces."""

from datetime import timedelta

import pytest
from django.utils import timezone

from feedback.models import Feedback
from handoff.people.models import Scope
from leads.models import Handoff
from leads.stages import HandoffState
from tests.cast import Cast
from tests.conftest import ApiOf
from tests.walk import handoff_at

ANSWER = {"quality": 5, "accepted": True, "comment": "More of these."}


@pytest.fixture
def ended(cast: Cast) -> Handoff:
    return handoff_at(HandoffState.WON, cast)


def test_feedback_is_read_and_given(cast: Cast, api_of: ApiOf, ended: Handoff) -> None:
    address = f"/api/v1/handoffs/{ended.pk}/feedback/"
    before = api_of(cast.sam).get(address).json()
    assert (before["handoff_id"], before["given_at"], before["quality"]) == (ended.pk, None, None)
    given = api_of(cast.sam).post(address, ANSWER)
    assert given.status_code == 201
    assert given.json()["given_by"] == "Sam"
    again = api_of(cast.tess).post(address, ANSWER)
    assert (again.status_code, again.json()["winner"]) == (409, "Sam")
    assert api_of(cast.mara).get(address).json()["comment"] == "More of these."
    assert api_of(cast.otto).get(address).status_code == 404
    assert api_of(cast.otto).post(address, ANSWER).status_code == 404
    assert api_of(cast.mara).post(address, ANSWER).status_code == 403


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"quality": 6}, 400),
        ({"quality": None}, 400),
        ({"reason": "bored"}, 400),
        ({"accepted": False, "reason": ""}, 422),
        ({"comment": "x\x00"}, 400),
        ({"comment": "x" * 2_001}, 400),
    ],
)
def test_a_wrong_answer_changes_nothing(
    cast: Cast, api_of: ApiOf, ended: Handoff, fields: dict[str, object], status: int
) -> None:
    sent = api_of(cast.sam).post(f"/api/v1/handoffs/{ended.pk}/feedback/", {**ANSWER, **fields})
    assert sent.status_code == status
    assert not Feedback.objects.given().exists()


def test_a_key_reaches_what_its_scopes_name(cast: Cast, api_of: ApiOf, ended: Handoff) -> None:
    address = f"/api/v1/handoffs/{ended.pk}/feedback/"
    reader = api_of(cast.sam, [Scope.READ])
    assert reader.get(address).status_code == 200
    assert reader.post(address, ANSWER).status_code == 403
    assert api_of(cast.max, [Scope.FLOW]).get("/api/v1/reports/funnel/").status_code == 403


def test_the_list_is_paged_and_filtered(cast: Cast, api_of: ApiOf) -> None:
    for quality in (1, 2, 3):
        row = handoff_at(HandoffState.WON, cast)
        sent = {**ANSWER, "quality": quality}
        api_of(cast.sam).post(f"/api/v1/handoffs/{row.pk}/feedback/", sent)
    mara = api_of(cast.mara)
    first = mara.get("/api/v1/feedback/?limit=2").json()
    assert [answer["quality"] for answer in first["results"]] == [3, 2]
    rest = mara.get(f"/api/v1/feedback/?limit=2&after={first['next']}").json()
    assert ([answer["quality"] for answer in rest["results"]], rest["next"]) == ([1], "")
    assert len(mara.get("/api/v1/feedback/?quality=2").json()["results"]) == 1
    assert mara.get("/api/v1/feedback/?limit=0").status_code == 400
    assert mara.get("/api/v1/feedback/?campaign=99999999999999999999").status_code == 400
    assert api_of(cast.sam).get("/api/v1/feedback/").status_code == 403
    assert api_of(cast.olga).get("/api/v1/feedback/").json()["results"] == []


def test_a_report_says_the_same_as_its_page(cast: Cast, api_of: ApiOf) -> None:
    handoff_at(HandoffState.WON, cast, at=timezone.now() - timedelta(days=1))
    told = api_of(cast.max).get("/api/v1/reports/acceptance/?period=7").json()
    assert (told["name"], told["n"]) == ("acceptance", 1)
    assert told["answer"] == "100% of what was handed over was accepted."
    assert told["rows"][0]["team"] == "Inside Sales"
    assert told["rows"][0]["acceptance"] == 1.0
    assert [column["name"] for column in told["columns"]] == list(told["rows"][0])


@pytest.mark.parametrize(
    ("name", "path", "status"),
    [
        ("sam", "funnel/", 403),
        ("tess", "cost/", 404),
        ("max", "gossip/", 404),
        ("max", "funnel/?from=2026-02-30", 400),
        ("max", "funnel/?period=8", 400),
        ("max", "funnel/?team=99999999999999999999", 404),
    ],
)
def test_a_report_that_cannot_be_read(
    cast: Cast, api_of: ApiOf, name: str, path: str, status: int
) -> None:
    assert api_of(getattr(cast, name)).get(f"/api/v1/reports/{path}").status_code == status
