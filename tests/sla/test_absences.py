"""Absences: who is away is not offered work, and promises go on."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags
from time_machine import travel

from handoff.calendars.models import Absence, away
from handoff.people.models import User
from leads.actions.claim import claim, claim_next, reassign
from leads.refusals import Refusal
from leads.stages import HandoffState
from sla.actions.absences import be_away, come_back
from sla.models import Clock
from sla.queries.board import Board
from tests.cast import MONDAY, Cast
from tests.conftest import ApiOf, ClientOf
from tests.walk import handoff_at, waiting

TODAY = date(MONDAY.year, MONDAY.month, MONDAY.day)
FRIDAY = TODAY + timedelta(days=4)
BACK = FRIDAY + timedelta(days=1)
DAY = timedelta(days=1)


def page_of(person: User) -> str:
    return reverse("sla:absences", args=[person.pk])


def sam_away(cast: Cast, *, first: date = TODAY, last: date = FRIDAY, why: str = "") -> Absence:
    return be_away(person=cast.sam, first=first, last=last, why=why, by=cast.tess, at=MONDAY)


def test_days_are_whole_where_the_person_is(cast: Cast) -> None:
    User.objects.filter(pk=cast.sam.pk).update(zone="Europe/Lisbon")
    cast.sam.refresh_from_db()
    row = sam_away(cast, first=FRIDAY, last=FRIDAY)
    midnight = datetime(FRIDAY.year, FRIDAY.month, FRIDAY.day, tzinfo=UTC)
    assert (row.from_at, row.until_at) == (midnight, midnight + DAY)
    assert (row.first, row.last, row.back) == (FRIDAY, FRIDAY, BACK)
    assert away([cast.sam.pk], midnight - timedelta(seconds=1)) == {}
    assert away([cast.sam.pk], midnight) == {cast.sam.pk: BACK}
    assert away([cast.sam.pk], midnight + DAY) == {}


def test_who_is_away_is_not_offered_the_next_lead(cast: Cast) -> None:
    row = waiting(cast)
    absence = sam_away(cast)
    with translation.override("en"), pytest.raises(Refusal) as refused:
        claim_next(team_id=cast.sales.pk, by=cast.sam, at=MONDAY)
    assert refused.value.reason == "away"
    assert str(refused.value).startswith(f"You are away, back {BACK.day} ")
    come_back(absence_id=absence.pk, by=cast.sam, at=MONDAY)
    assert claim_next(team_id=cast.sales.pk, by=cast.sam, at=MONDAY) == row


def test_who_is_away_may_still_take_a_lead_by_hand_and_be_given_one(cast: Cast) -> None:
    sam_away(cast)
    assert claim(handoff_id=waiting(cast).pk, by=cast.sam, at=MONDAY).claimed_by == cast.sam
    other = waiting(cast, email="bia@acme.example")
    given = reassign(handoff_id=other.pk, to=cast.sam, by=cast.tess, at=MONDAY)
    assert given.claimed_by == cast.sam


def test_an_absence_stops_no_promise(cast: Cast) -> None:
    handoff = handoff_at(HandoffState.CLAIMED, cast)
    before = list(Clock.objects.filter(handoff=handoff).values_list("pk", "due_at", "verdict"))
    sam_away(cast)
    assert before
    assert list(Clock.objects.filter(handoff=handoff).values_list("pk", "due_at", "verdict")) == (
        before
    )


def test_the_board_says_who_is_away_and_what_to_give_away(cast: Cast, client_of: ClientOf) -> None:
    held = handoff_at(HandoffState.CLAIMED, cast)
    assert held.claimed_by == cast.sam
    sam_away(cast)
    board = Board(cast.tess, at=MONDAY)
    rows = {row.user.pk: row for row in board.people}
    assert (rows[cast.sam.pk].back, rows[cast.sol.pk].back) == (BACK, None)
    with travel(MONDAY, tick=False):
        text = strip_tags(client_of(cast.tess).get(reverse("sla:board")).content.decode())
    assert f"back {BACK.day} " in text
    assert "1 lead to give away" in text
    assert (rows[cast.sam.pk].given, rows[cast.sol.pk].given) == (True, True)


def test_who_is_away_stands_last_among_those_to_give_to(cast: Cast, client_of: ClientOf) -> None:
    row = waiting(cast)
    sam_away(cast)
    board = Board(cast.tess, at=MONDAY)
    clock = Clock.objects.filter(handoff=row).open().earliest("pk")
    assert [each.user for each in board.receivers(clock)][-1] == cast.sam
    with travel(MONDAY, tick=False):
        client = client_of(cast.tess)
        text = client.get(reverse("leads:handoff", args=[row.pk])).content.decode()
    assert f"{cast.sam} · away, back {BACK.day} " in text
    assert f"{cast.sol}</option>" in text


def test_a_page_says_what_is_ahead_and_takes_more(cast: Cast, client_of: ClientOf) -> None:
    sent = {"first": TODAY.isoformat(), "last": FRIDAY.isoformat(), "why": "Holidays"}
    with travel(MONDAY, tick=False):
        client = client_of(cast.sam)
        assert "No absence ahead" in client.get(page_of(cast.sam)).content.decode()
        for _ in range(2):
            answer = client.post(page_of(cast.sam), sent)
            assert answer.status_code == 302
        (row,) = Absence.objects.all()
        assert (row.first, row.last, row.why, row.created_by) == (
            TODAY,
            FRIDAY,
            "Holidays",
            cast.sam,
        )
        text = client_of(cast.tess).get(page_of(cast.sam)).content.decode()
        assert "Holidays" in text
        assert "away now" in text
        end = reverse("sla:end_absence", args=[row.pk])
        for _ in range(2):
            assert client_of(cast.tess).post(end).status_code == 302
    row.refresh_from_db()
    assert row.ended_by == cast.tess
    assert away([cast.sam.pk], MONDAY) == {}


@pytest.mark.parametrize(
    ("first", "last", "why", "field"),
    [
        (FRIDAY, TODAY, "", "last"),
        (TODAY - 9 * DAY, TODAY - DAY, "", "last"),
        (TODAY, TODAY + 367 * DAY, "", "last"),
        (date.min, date.min, "", "first"),
        (date.max, date.max, "", "first"),
        (TODAY, FRIDAY, "a\u200bb", "why"),
        (TODAY, FRIDAY, "x" * 121, "why"),
    ],
)
def test_days_that_make_no_sense_are_refused_at_their_field(
    cast: Cast, client_of: ClientOf, first: date, last: date, why: str, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        sam_away(cast, first=first, last=last, why=why)
    assert list(refused.value.fields or {}) == [field]
    with travel(MONDAY, tick=False):
        sent = {"first": first.isoformat(), "last": last.isoformat(), "why": why}
        answer = client_of(cast.tess).post(page_of(cast.sam), sent)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Absence.objects.exists()


def test_those_who_do_not_give_them_work_see_nothing(
    cast: Cast, client_of: ClientOf, api_of: ApiOf
) -> None:
    row = sam_away(cast)
    for person in (cast.sol, cast.mara, cast.otto, cast.olga):
        for address in (page_of(cast.sam), reverse("sla:end_absence", args=[row.pk])):
            assert client_of(person).post(address).status_code == 404
        assert api_of(person).get(reverse("api:absences", args=[cast.sam.pk])).status_code == 404
        with pytest.raises(Refusal):
            be_away(person=cast.sam, first=TODAY, last=TODAY, by=person, at=MONDAY)
    assert Client().get(page_of(cast.sam)).status_code == 302
    row.refresh_from_db()
    assert row.ended_at is None


def test_the_api_says_lists_and_ends(cast: Cast, api_of: ApiOf) -> None:
    address = reverse("api:absences", args=[cast.sam.pk])
    sent = {"first": TODAY.isoformat(), "last": FRIDAY.isoformat()}
    with travel(MONDAY, tick=False):
        api = api_of(cast.tess)
        made = api.post(address, sent, format="json")
        assert made.status_code == 201
        assert made.json() == {
            "id": Absence.objects.get().pk,
            "person": cast.sam.pk,
            "first": TODAY.isoformat(),
            "last": FRIDAY.isoformat(),
            "back": BACK.isoformat(),
            "why": "",
            "ended_at": None,
        }
        assert api.get(address).json() == {"results": [made.json()]}
        backs = {row["id"]: row["back"] for row in api.get(reverse("api:board")).json()["people"]}
        assert backs[cast.sam.pk] == BACK.isoformat()
        refused = api.post(address, {**sent, "last": "2020-01-01"}, format="json")
        assert (refused.status_code, list(refused.json()["fields"])) == (422, ["last"])
        ended = api.post(reverse("api:end_absence", args=[made.json()["id"]]))
        assert ended.json()["ended_at"] is not None
        assert api.get(address).json() == {"results": []}


def test_the_database_keeps_the_shape(cast: Cast) -> None:
    row = {
        "person": cast.sam,
        "from_at": MONDAY,
        "until_at": MONDAY + DAY,
        "created_by": cast.sam,
        "created_at": MONDAY,
    }
    for wrong in ({"until_at": MONDAY}, {"ended_at": MONDAY}, {"ended_by": cast.sam}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Absence.objects.create(**{**row, **wrong})
