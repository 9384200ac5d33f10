"""Ends of a journey in the browser."""

import pytest

from leads.stages import HandoffState
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.walk import fresh, handoff_at

HTMX = {"HX-Request": "true"}
ENDS = {
    "return": ({"reason": "not_a_fit", "note": ""}, HandoffState.RETURNED),
    "win": ({"value": "1200.50"}, HandoffState.WON),
    "lose": ({"reason": "competitor", "note": ""}, HandoffState.LOST),
    "accept": ({}, HandoffState.ACCEPTED),
}
WRONG = [
    ("return", {"reason": ""}),
    ("return", {"reason": "other", "note": ""}),
    ("return", {"reason": "not_now", "recycle_on": ""}),
    ("return", {"reason": "not_now", "recycle_on": "2020-01-01"}),
    ("return", {"reason": "not_now", "recycle_on": "9999-12-31"}),
    ("return", {"reason": "not_now", "recycle_on": "soon"}),
    ("win", {"value": ""}),
    ("win", {"value": "-1"}),
    ("win", {"value": "NaN"}),
    ("win", {"value": "1e30"}),
    ("lose", {"reason": "bored"}),
]


@pytest.mark.parametrize("verb", ENDS)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_each_step_is_taken(
    cast: Cast, client_of: ClientOf, verb: str, headers: dict[str, str]
) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    fields, state = ENDS[verb]
    answer = client_of(cast.sam).post(f"/handoffs/{row.pk}/{verb}/", fields, headers=headers)
    assert answer.status_code == (200 if headers else 302)
    assert fresh(row).state == state


@pytest.mark.parametrize(("verb", "fields"), WRONG)
def test_what_is_wrong_is_said_at_its_field(
    cast: Cast, client_of: ClientOf, verb: str, fields: dict[str, str]
) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    answer = client_of(cast.sam).post(f"/handoffs/{row.pk}/{verb}/", fields, headers=HTMX)
    assert (answer.status_code, fresh(row).is_held) == (422, True)
    assert f'id="step-{verb}" open' in answer.content.decode()


@pytest.mark.parametrize("verb", ENDS)
@pytest.mark.parametrize(
    ("who", "status"), [("sol", 403), ("mara", 403), ("max", 403), ("otto", 404)]
)
def test_who_may_not(cast: Cast, client_of: ClientOf, verb: str, who: str, status: int) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    client, url = client_of(getattr(cast, who)), f"/handoffs/{row.pk}/{verb}/"
    assert client.post(url, ENDS[verb][0]).status_code == status
    assert client.get(url).status_code == 405
    assert fresh(row).is_held


@pytest.mark.parametrize("verb", ENDS)
def test_a_stale_page_is_refused(cast: Cast, client_of: ClientOf, verb: str) -> None:
    row = handoff_at(HandoffState.LOST, cast)
    answer = client_of(cast.sam).post(f"/handoffs/{row.pk}/{verb}/", ENDS[verb][0])
    assert (answer.status_code, fresh(row).state) == (409, HandoffState.LOST)
