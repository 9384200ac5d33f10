"""The board answers what needs its reader now, and nobody else's."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from handoff.people.models import Membership, Role
from leads.stages import HandoffState, ReasonGroup
from sla.models import Clock
from sla.queries.board import LATE, PAGE, RISK, WAITING, Board
from sla.queries.keyset import place_from
from tests.cast import MONDAY, Cast, person
from tests.conftest import ClientOf
from tests.walk import handoff_at, returned, waiting

HOUR = timedelta(hours=1)
BOARD = reverse("sla:board")


def page(client: Client, query: str = "", at: timedelta = HOUR) -> str:
    with travel(MONDAY + at, tick=False):
        answer = client.get(f"{BOARD}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_is_late_at_risk_and_waiting_is_counted_by_team_and_person(cast: Cast) -> None:
    waiting(cast)
    waiting(cast, at=MONDAY + timedelta(minutes=46))
    handoff_at(HandoffState.CLAIMED, cast, at=MONDAY - HOUR)
    waiting(cast, team=cast.other_sales, at=MONDAY + timedelta(minutes=50))
    board = Board(cast.max, at=MONDAY + HOUR)
    inside = board.teams[cast.sales.pk].tally
    assert (inside.waiting, inside.held, inside.risk, inside.late) == (2, 1, 1, 2)
    assert inside.untried == 1
    assert inside.since == MONDAY + timedelta(minutes=2)
    assert (board.total.waiting, board.total.late) == (3, 2)
    sam = next(row for row in board.people if row.user == cast.sam)
    assert (sam.tally.held, sam.tally.late, sam.tally.untried) == (1, 1, 1)


def test_each_list_holds_its_own_and_the_most_urgent_first(cast: Cast) -> None:
    late = waiting(cast)
    risky = waiting(cast, at=MONDAY + timedelta(minutes=46))
    untried = handoff_at(HandoffState.CLAIMED, cast, at=MONDAY - HOUR)
    board = Board(cast.tess, at=MONDAY + HOUR)

    def shown(name: str) -> list[int]:
        return [row.handoff.pk for row in board.page(name).rows]

    assert shown(LATE) == [untried.pk, late.pk] or shown(LATE) == [late.pk, untried.pk]
    assert shown(RISK) == [risky.pk]
    assert shown(WAITING) == [late.pk, risky.pk]
    due = [row.clock.due_at for row in board.page(LATE).rows]
    assert due == sorted(due)


def test_a_team_lead_sees_the_own_team_and_may_give_to_whoever_holds_least(cast: Cast) -> None:
    handoff_at(HandoffState.CLAIMED, cast, seller=cast.sol)
    waiting(cast)
    waiting(cast, team=cast.other_sales)
    board = Board(cast.tess, at=MONDAY + HOUR)
    assert list(board.teams) == [cast.sales.pk]
    row = next(row for row in board.page(WAITING).rows)
    assert [one.user for one in row.receivers] == [cast.sam, cast.tess, cast.sol]


def test_somebody_full_is_offered_last(cast: Cast) -> None:
    Membership.objects.filter(user=cast.sam).update(capacity=1)
    handoff_at(HandoffState.CLAIMED, cast)
    handoff_at(HandoffState.CLAIMED, cast, seller=cast.sol)
    handoff_at(HandoffState.CLAIMED, cast, seller=cast.sol)
    waiting(cast)
    board = Board(cast.tess, at=MONDAY + HOUR)
    row = next(row for row in board.page(WAITING).rows)
    assert [one.user for one in row.receivers] == [cast.tess, cast.sol, cast.sam]


def test_a_marketing_lead_sees_their_leads_and_gives_none(cast: Cast) -> None:
    mia = person("Mia", Role.LEAD, cast.marketing)
    other = person("Ozzy", Role.LEAD, cast.other_marketing)
    waiting(cast)
    board = Board(mia, at=MONDAY + HOUR)
    assert board.total.waiting == 1
    assert [row.receivers for row in board.page(WAITING).rows] == [[]]
    assert Board(other, at=MONDAY + HOUR).total.waiting == 0


def test_whoever_left_the_team_still_shows_while_holding_something(cast: Cast) -> None:
    handoff_at(HandoffState.CLAIMED, cast)
    Membership.objects.filter(user=cast.sam).delete()
    board = Board(cast.tess, at=MONDAY + HOUR)
    sam = next(row for row in board.people if row.user == cast.sam)
    assert (sam.member, sam.tally.held) == (False, 1)
    assert all(cast.sam not in {one.user for one in row.receivers} for row in board.page(LATE).rows)


def test_pages_follow_each_other_without_gap_or_repetition(cast: Cast) -> None:
    for _ in range(5):
        waiting(cast)
    clocks = list(Clock.objects.filter(kind="claim").order_by("due_at", "pk"))
    seen, place = [], None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sla.queries.board.PAGE", 2)
        board = Board(cast.max, at=MONDAY + HOUR)
        for _ in range(3):
            found = board.page(WAITING, after=place)
            seen += [row.clock for row in found.rows]
            place = found.next
    assert seen == clocks
    assert place is None
    assert PAGE == 50


def test_what_can_still_be_saved_stands_before_old_debts_on_every_page(cast: Cast) -> None:
    old = MONDAY - timedelta(days=30)
    returned(cast, ReasonGroup.BAD_DATA, at=old)
    for _ in range(2):
        returned(cast, ReasonGroup.NOT_NOW, at=old)
    savable = [waiting(cast), handoff_at(HandoffState.CLAIMED, cast, at=MONDAY - HOUR)]
    seen, place = [], None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sla.queries.board.PAGE", 2)
        board = Board(cast.max, at=MONDAY + HOUR)
        for _ in range(3):
            found = board.page(LATE, after=place)
            seen += [(row.clock.kind, row.handoff.pk) for row in found.rows]
            place = place_from(str(found.next or ""))
    assert {pk for _kind, pk in seen[:2]} == {row.pk for row in savable}
    assert [kind for kind, _pk in seen[2:]] == ["take_up", *["feedback"] * 3]
    assert place is None


def test_the_page_shows_late_ones_with_the_way_to_give_them(
    cast: Cast, client_of: ClientOf
) -> None:
    handoff = waiting(cast)
    text = page(client_of(cast.tess))
    assert str(handoff.lead) in text
    assert "In the queue" in text
    assert handoff.get_absolute_url() in text
    assert 'name="to"' in text
    assert 'data-live="board"' in text


def test_giving_a_lead_leads_back_to_the_board(cast: Cast, client_of: ClientOf) -> None:
    handoff = waiting(cast)
    client, give = client_of(cast.tess), reverse("leads:reassign", args=[handoff.pk])
    asked = {"to": cast.sol.pk, "next": f"{BOARD}?show=waiting"}
    answer = client.post(give, asked, follow=True)
    assert answer.redirect_chain == [(f"{BOARD}?show=waiting", 302)]
    assert "Sol holds it now." in answer.content.decode()
    handoff.refresh_from_db()
    assert handoff.claimed_by == cast.sol
    elsewhere = client.post(give, {"to": cast.sam.pk, "next": "https://example.org/"})
    assert elsewhere.headers["Location"] == handoff.get_absolute_url()


def test_htmx_gets_the_part_that_goes_stale(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.tess).get(BOARD, headers={"HX-Request": "true"})
    assert b"<html" not in answer.content
    assert b"By person" in answer.content


def test_an_empty_board_says_why(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.tess)
    assert "Nothing is late" in page(client)
    assert "Nothing is at risk" in page(client, "?show=risk")
    assert "Nobody waits" in page(client, "?show=waiting")


def test_a_board_without_any_team_is_a_page_too(db: None, client_of: ClientOf) -> None:
    assert "No sales team yet" in page(client_of(person("Max", Role.MANAGER)))


def test_a_list_is_narrowed_to_a_team_or_a_person(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.max)
    mine = handoff_at(HandoffState.CLAIMED, cast, at=MONDAY - HOUR)
    other = waiting(cast, team=cast.other_sales)
    assert str(mine.lead) in page(client, f"?team={cast.sales.pk}")
    assert str(other.lead) not in page(client, f"?team={cast.sales.pk}")
    narrowed = page(client, f"?person={cast.sam.pk}")
    assert str(mine.lead) in narrowed
    assert str(other.lead) not in narrowed


@pytest.mark.parametrize("query", ["?show=x", "?after=x", "?after=99999999999999999-1"])
def test_an_address_that_says_nothing_shows_the_start(
    cast: Cast, client_of: ClientOf, query: str
) -> None:
    page(client_of(cast.tess), query)


@pytest.mark.parametrize("value", ["x", "0", "-1", "9" * 30, "²"])
def test_an_unknown_team_or_person_is_not_found(
    cast: Cast, client_of: ClientOf, value: str
) -> None:
    client = client_of(cast.tess)
    assert client.get(BOARD, {"team": value}).status_code == 404
    assert client.get(BOARD, {"person": value}).status_code == 404


def test_another_team_is_not_found(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.tess)
    assert client.get(BOARD, {"team": cast.other_sales.pk}).status_code == 404
    assert client.get(BOARD, {"person": cast.otto.pk}).status_code == 404


def test_only_those_who_lead_or_manage_open_it(cast: Cast, client_of: ClientOf) -> None:
    for user in (cast.sam, cast.otto, cast.mara):
        assert client_of(user).get(BOARD).status_code == 403
    assert Client().get(BOARD).status_code == 302


def test_it_is_only_read(cast: Cast, client_of: ClientOf) -> None:
    assert client_of(cast.tess).post(BOARD).status_code == 405


def test_the_number_of_queries_does_not_grow(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.max)
    handoff_at(HandoffState.CLAIMED, cast, at=MONDAY - HOUR)
    few = queries_of(client)
    for number in range(6):
        seller = person(f"Seller {number}".replace(" ", ""), Role.SELLER, cast.sales)
        handoff_at(HandoffState.CLAIMED, cast, at=MONDAY - HOUR, seller=seller)
        waiting(cast)
    assert queries_of(client) == few
    assert few <= 14


def queries_of(client: Client) -> int:
    with CaptureQueriesContext(connection) as caught:
        page(client)
    return len(caught)
