"""Open clocks go over to a new version of their calendar when somebody says so; verdicts stay."""

from datetime import timedelta

import pytest
from django.urls import reverse
from time_machine import travel

from handoff.calendars import actions as calendars
from handoff.journal.models import Entry
from leads.refusals import Refusal
from leads.stages import HandoffState
from sla import events
from sla.actions import clocks, moving, pauses
from sla.actions.agreements import in_force
from sla.models import Clock, ClockEvent, Move, Occurrence, Verdict
from sla.queries.verification import verify
from tests.cast import MONDAY, Cast
from tests.conftest import ApiOf, ClientOf
from tests.things import Things
from tests.walk import handoff_at

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
AT = MONDAY + 23 * MINUTE
NOON = {"mon": [["10:00", "10:30"], ["15:00", "20:00"]]}


def edited(cast: Cast, zone: str = "America/Sao_Paulo", **hours: object) -> int:
    """From now on the team goes away at half past ten and is back at three."""
    calendar = in_force(None, at=AT).calendar
    weekly = hours or NOON
    calendars.publish(calendar_id=calendar.pk, by=cast.ada, at=AT, zone=zone, weekly=weekly)
    return calendar.pk


def go() -> None:
    while moving.move_next(at=AT):
        pass


def first_attempt(cast: Cast) -> Clock:
    clock: Clock = Things(cast).running()
    return clock


def test_what_is_open_keeps_its_version_until_somebody_says_so(cast: Cast) -> None:
    clock = first_attempt(cast)
    edited(cast)
    go()
    assert Clock.objects.get(pk=clock.pk).due_at == clock.due_at


def test_what_was_used_stays_used_and_the_rest_is_counted_anew(cast: Cast) -> None:
    clock = first_attempt(cast)  # 10:03, for an hour
    move = moving.begin(calendar_id=edited(cast), by=cast.ada, at=AT)
    go()
    moved = Clock.objects.get(pk=clock.pk)
    assert moved.calendar == move.version
    assert moved.due_at == MONDAY + 5 * HOUR + 33 * MINUTE  # 27 min by 10:30, 33 from three on
    assert ClockEvent.objects.get(clock=clock, kind=Occurrence.MOVED).by == cast.ada
    move.refresh_from_db()
    assert move.finished_at == AT
    assert move.moved == Clock.objects.filter(calendar=move.version).count() == 3
    assert Entry.objects.get(event=events.MOVED).data["number"] == 2
    assert not verify(at=AT).wrong


def test_past_verdicts_and_late_clocks_are_left_alone(cast: Cast) -> None:
    late = handoff_at(HandoffState.WAITING, cast, at=MONDAY - timedelta(days=3))
    met = handoff_at(HandoffState.CLAIMED, cast)
    while clocks.fire_due(at=AT):
        pass
    before = list(Clock.objects.exclude(verdict=Verdict.RUNNING).values())
    moving.begin(calendar_id=edited(cast), by=cast.ada, at=AT)
    go()
    assert list(Clock.objects.exclude(verdict=Verdict.RUNNING).values()) == before
    assert {late.pk, met.pk} <= {row["handoff_id"] for row in before}
    assert not verify(at=AT).wrong


def test_to_another_zone(cast: Cast) -> None:
    clock = first_attempt(cast)
    moving.begin(calendar_id=edited(cast, "Europe/Lisbon", **NOON), by=cast.ada, at=AT)
    go()
    moved = Clock.objects.get(pk=clock.pk)
    assert moved.due_at == MONDAY + 2 * HOUR + 40 * MINUTE  # 20 min used, 40 from three in Lisbon
    assert not verify(at=AT).wrong


def test_one_that_waits_goes_on_by_the_new_version(cast: Cast) -> None:
    clock = first_attempt(cast)
    pauses.pause(clock_id=clock.pk, why="Away", by=cast.sam, at=MONDAY + 13 * MINUTE)
    moving.begin(calendar_id=edited(cast), by=cast.ada, at=AT)
    go()
    going = pauses.resume(clock_id=clock.pk, by=cast.sam, at=MONDAY + HOUR)
    assert going.due_at == MONDAY + 5 * HOUR + 50 * MINUTE
    assert not verify(at=AT).wrong


def test_what_somebody_holds_is_taken_later(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = first_attempt(cast)
    moving.begin(calendar_id=edited(cast), by=cast.ada, at=AT)
    with monkeypatch.context() as held:  # as if the rows were skipped, being locked by others
        held.setattr(moving, "_chunk", lambda move: [])
        assert moving.move_next(at=AT)
        assert not moving.move_next(at=AT)
    while moving.move_next(at=AT + MINUTE):
        pass
    assert Clock.objects.get(pk=clock.pk).calendar.number == 2
    assert Move.objects.get().finished_at is not None


def test_only_who_edits_calendars_may(cast: Cast) -> None:
    first_attempt(cast)
    with pytest.raises(Refusal) as refused:
        moving.begin(calendar_id=edited(cast), by=cast.max, at=AT)
    assert refused.value.reason == "not_allowed"


def test_asked_twice_the_first_asking_stands(cast: Cast) -> None:
    first_attempt(cast)
    pk = edited(cast)
    one, two = (moving.begin(calendar_id=pk, by=cast.ada, at=AT) for _ in range(2))
    assert one == two
    assert Move.objects.count() == 1


def test_page_and_api(cast: Cast, client_of: ClientOf, api_of: ApiOf) -> None:
    clock = first_attempt(cast)
    pk = edited(cast)
    page, client = reverse("sla:calendar", args=[pk]), client_of(cast.ada)
    with travel(AT, tick=False):
        assert (
            "3 open clocks are counted by an earlier version" in client.get(page).content.decode()
        )
        client.post(reverse("sla:move_clocks", args=[pk]))
        assert "are being moved to version 2" in client.get(page).content.decode()
        told = api_of(cast.ada).post(reverse("api:move_clocks", args=[pk]))
        assert (told.status_code, told.json()["finished_at"]) == (202, None)
        go()
        text = client_of(cast.sam).get(reverse("sla:clocks", args=[clock.handoff_id]))
    assert (
        "Mon 10:03→10:23 = 20 min; from Mon 10:23 by calendar version 2; "
        "Mon 10:23→10:30 = 7 min; Mon 15:00→15:33 = 33 min: due Mon 15:33"
    ) in text.content.decode()
