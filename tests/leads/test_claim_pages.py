"""Claiming in the browser: the winner is taken to work, the loser is told and offered the next."""

import pytest

from leads.stages import HandoffState
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.walk import fresh, handoff_at

HTMX = {"HX-Request": "true"}


def test_the_winner_is_taken_to_the_workspace(cast: Cast, client_of: ClientOf) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    sam = client_of(cast.sam)
    for headers, place in ((HTMX, "HX-Redirect"), ({}, "Location"), (HTMX, "HX-Redirect")):
        answer = sam.post(f"/handoffs/{row.pk}/claim/", headers=headers)
        assert answer[place] == row.get_absolute_url()
    assert fresh(row).claimed_by == cast.sam


def test_the_loser_is_told_beside_the_queue(cast: Cast, client_of: ClientOf) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    following = handoff_at(HandoffState.WAITING, cast)
    answer = client_of(cast.sol).post(f"/handoffs/{row.pk}/claim/", headers=HTMX)
    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#messages")
    said = answer.content.decode()
    assert "Sam claimed this lead first." in said
    assert f"/handoffs/{following.pk}/claim/" in said
    page = client_of(cast.sol).post(f"/handoffs/{row.pk}/claim/")
    assert (page.status_code, "<html" in page.content.decode()) == (409, True)


@pytest.mark.parametrize(
    ("who", "status"), [("mara", 403), ("max", 403), ("otto", 404), ("olga", 403)]
)
def test_who_may_not_claim(cast: Cast, client_of: ClientOf, who: str, status: int) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    client = client_of(getattr(cast, who))
    assert client.post(f"/handoffs/{row.pk}/claim/").status_code == status
    assert fresh(row).state == HandoffState.WAITING


def test_claims_are_sent_not_fetched(cast: Cast, client_of: ClientOf) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    sam = client_of(cast.sam)
    assert sam.get(f"/handoffs/{row.pk}/claim/").status_code == 405
    assert sam.get(f"/teams/{cast.sales.pk}/claim-next/").status_code == 405
    assert sam.get(f"/handoffs/{row.pk}/reassign/").status_code == 405


def test_the_next_one_is_claimed_until_nothing_waits(cast: Cast, client_of: ClientOf) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    sam, url = client_of(cast.sam), f"/teams/{cast.sales.pk}/claim-next/"
    assert sam.post(url)["Location"] == row.get_absolute_url()
    assert sam.post(url).status_code == 409
    assert sam.post(f"/teams/{cast.other_sales.pk}/claim-next/").status_code == 404
    assert sam.post("/teams/999999999/claim-next/").status_code == 404


def test_tess_gives_a_lead_to_sol(cast: Cast, client_of: ClientOf) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    url = f"/handoffs/{row.pk}/reassign/"
    tess = client_of(cast.tess)
    assert tess.post(url, {"to": cast.sol.pk}).status_code == 302
    assert fresh(row).claimed_by == cast.sol
    for to in (cast.otto.pk, "x", ""):
        assert tess.post(url, {"to": to}).status_code == 422
    assert client_of(cast.sam).post(url, {"to": cast.sam.pk}).status_code == 403
    assert client_of(cast.max).post(url, {"to": cast.sam.pk}).status_code == 302
    ended = handoff_at(HandoffState.WON, cast)
    assert tess.post(f"/handoffs/{ended.pk}/reassign/", {"to": cast.sol.pk}).status_code == 409
