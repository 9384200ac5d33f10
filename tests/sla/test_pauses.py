"""A promise that waits keeps the open time it has used, and is seen to wait."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from time_machine import travel

from handoff.calendars import actions as calendars
from handoff.journal.models import Entry
from leads.actions import claim, contact
from leads.models import Handoff
from leads.refusals import Refusal
from leads.stages import HandoffState
from sla import events
from sla.actions import clocks, pauses
from sla.models import ClauseKind, Clock, ClockEvent, Occurrence, Verdict
from sla.queries.board import Board
from sla.queries.verification import verify
from tests.cast import MONDAY, Cast
from tests.conftest import ApiOf, ClientOf
from tests.walk import agreed, fresh, handoff_at

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CLAIMED = MONDAY + 3 * MINUTE


def first_attempt(row: Handoff) -> Clock:
    return Clock.objects.filter(handoff=row, kind=ClauseKind.FIRST_ATTEMPT).latest("pk")


@pytest.fixture
def held(cast: Cast) -> Handoff:
    """Claimed at 10:03 on Monday: due at 11:03, and back in the queue at 13:33."""
    return handoff_at(HandoffState.CLAIMED, cast)


def pause(row: Handoff, cast: Cast, *, after: timedelta, until: datetime | None = None) -> Clock:
    return pauses.pause(
        clock_id=first_attempt(row).pk,
        why="waits for the customer",
        until=until,
        by=cast.sam,
        at=CLAIMED + after,
    )


def test_what_was_used_stays_used(cast: Cast, held: Handoff) -> None:
    pause(held, cast, after=20 * MINUTE)
    tomorrow = CLAIMED + timedelta(days=1)
    going = pauses.resume(clock_id=first_attempt(held).pk, by=cast.sam, at=tomorrow)
    assert going.due_at == tomorrow + 40 * MINUTE
    assert going.warn_at == tomorrow + 25 * MINUTE
    assert going.next_at == going.warn_at
    assert not verify(at=tomorrow).wrong


def test_the_sweep_leaves_it_and_its_lease_alone(cast: Cast, held: Handoff) -> None:
    pause(held, cast, after=20 * MINUTE)
    assert not clocks.fire_next(at=CLAIMED + timedelta(days=3))
    assert first_attempt(held).verdict == Verdict.RUNNING
    assert fresh(held).claimed_by == cast.sam
    assert not Clock.objects.late(CLAIMED + timedelta(days=3)).exists()


def test_it_goes_on_by_itself_when_that_was_said(cast: Cast, held: Handoff) -> None:
    until = CLAIMED + 2 * HOUR - 3 * MINUTE  # noon, when the team goes to lunch until 13:30
    pause(held, cast, after=20 * MINUTE, until=until)
    assert not clocks.fire_next(at=until)
    noticed = until + timedelta(hours=6)
    while clocks.fire_next(at=noticed):
        pass
    gone = first_attempt(held)
    assert gone.due_at == datetime(2026, 11, 16, 17, 10, tzinfo=UTC)  # 14:10 in São Paulo
    assert gone.verdict == Verdict.BREACHED
    resumed = ClockEvent.objects.get(clock=gone, kind=Occurrence.RESUMED)
    assert (resumed.at, resumed.recorded_at, resumed.by) == (until, noticed, None)
    assert not verify(at=noticed).wrong


def test_evidence_ends_a_pause_and_is_in_time(cast: Cast, held: Handoff) -> None:
    pause(held, cast, after=20 * MINUTE)
    late = CLAIMED + timedelta(days=2)
    contact.attempt(
        handoff_id=held.pk,
        channel="call",
        result="two_way",
        occurred_at=late,
        by=cast.sam,
        at=late,
    )
    met = first_attempt(held)
    assert (met.verdict, met.stopped_at, met.paused_at) == (Verdict.MET, late, None)
    assert met.due_at >= late
    assert not verify(at=late).wrong


def test_whoever_is_given_the_lead_starts_afresh(cast: Cast, held: Handoff) -> None:
    pause(held, cast, after=20 * MINUTE)
    at = CLAIMED + 3 * HOUR
    claim.reassign(handoff_id=held.pk, to=cast.sol, by=cast.tess, at=at)
    old, new = Clock.objects.filter(handoff=held, kind=ClauseKind.FIRST_ATTEMPT).order_by("pk")
    assert (old.verdict, old.paused_at) == (Verdict.SUPERSEDED, None)
    assert (new.started_at, new.paused_at) == (at, None)
    assert not verify(at=at).wrong


def test_a_pause_needs_a_reason_and_an_end_ahead(cast: Cast, held: Handoff) -> None:
    pk, at = first_attempt(held).pk, CLAIMED + MINUTE
    for why, until in (
        ("  ", None),
        ("x" * 401, None),
        ("Away", at),
        ("Away", at + 400 * 24 * HOUR),
    ):
        with pytest.raises(Refusal) as refused:
            pauses.pause(clock_id=pk, why=why, until=until, by=cast.sam, at=at)
        assert refused.value.reason == "invalid"


def test_what_is_late_is_not_paused_although_nobody_swept(cast: Cast, held: Handoff) -> None:
    with pytest.raises(Refusal) as refused:
        pause(held, cast, after=61 * MINUTE)
    assert refused.value.reason == "not_possible"
    assert "Breached" in str(refused.value)


@pytest.mark.parametrize("who", ["sam", "tess", "max"])
def test_who_owes_it_and_who_leads_them_may(cast: Cast, held: Handoff, who: str) -> None:
    pk = first_attempt(held).pk
    pauses.pause(clock_id=pk, why="Away", by=getattr(cast, who), at=CLAIMED)
    assert Entry.objects.get(event=events.PAUSED).data["why"] == "Away"


@pytest.mark.parametrize("who", ["sol", "mara", "otto"])
def test_nobody_else_may(cast: Cast, held: Handoff, who: str) -> None:
    pk = first_attempt(held).pk
    with pytest.raises(Refusal) as refused:
        pauses.pause(clock_id=pk, why="Away", by=getattr(cast, who), at=CLAIMED)
    assert refused.value.reason in {"not_allowed", "unknown"}


def test_a_lease_waits_for_nobody_alone(cast: Cast, held: Handoff) -> None:
    lease = Clock.objects.get(handoff=held, kind=ClauseKind.LEASE)
    with pytest.raises(Refusal):
        pauses.pause(clock_id=lease.pk, why="Away", by=cast.max, at=CLAIMED)


def test_pausing_twice_and_resuming_twice_change_nothing(cast: Cast, held: Handoff) -> None:
    pk = pause(held, cast, after=5 * MINUTE).pk
    assert pause(held, cast, after=9 * MINUTE).paused_at == CLAIMED + 5 * MINUTE
    pauses.resume(clock_id=pk, by=cast.sam, at=CLAIMED + 10 * MINUTE)
    going = pauses.resume(clock_id=pk, by=cast.sam, at=CLAIMED + 30 * MINUTE)
    assert going.due_at == CLAIMED + 65 * MINUTE
    assert ClockEvent.objects.filter(clock=pk).count() == 3


def test_the_panel_says_it_across_the_pause(cast: Cast, held: Handoff, client_of: ClientOf) -> None:
    page, client = reverse("sla:clocks", args=[held.pk]), client_of(cast.sam)
    pk = first_attempt(held).pk
    with travel(CLAIMED + 27 * MINUTE, tick=False):
        said = {"why": "waits for the customer"}
        client.post(reverse("sla:pause", args=[pk]), said)
    with travel(CLAIMED + 50 * MINUTE, tick=False):
        text = client.get(page).content.decode()
        assert "paused since Mon 10:30: waits for the customer: 27 min in all" in text
        assert "Count again" in text
    with travel(CLAIMED + 27 * MINUTE + 2 * HOUR, tick=False):
        answer = client.post(reverse("sla:resume", args=[pk]), headers={"hx-request": "true"})
        assert "It is counted again." in answer.content.decode()
        text = client.get(page).content.decode()
    assert (
        "Mon 10:03→10:30 = 27 min; paused Mon 10:30–12:30: waits for the customer; "
        "Mon 13:30→14:03 = 33 min: due Mon 14:03"
    ) in text


def test_board_queue_and_work_show_that_it_waits(
    cast: Cast, held: Handoff, client_of: ClientOf, api_of: ApiOf
) -> None:
    waits = handoff_at(HandoffState.WAITING, cast)
    claimed = Clock.objects.get(handoff=waits, kind=ClauseKind.CLAIM)
    pauses.pause(clock_id=claimed.pk, why="Away", by=cast.tess, at=CLAIMED)
    pause(held, cast, after=5 * MINUTE)
    at = CLAIMED + 5 * HOUR
    assert Board(cast.tess, at=at).total.late == 0
    with travel(at, tick=False):
        for who, page in (("tess", "sla:queue"), ("sam", "sla:work")):
            assert "paused" in client_of(getattr(cast, who)).get(reverse(page)).content.decode()
        row = api_of(cast.sam).get(reverse("api:queue")).json()["results"][0]
    assert row["paused_at"] is not None


def test_a_calendar_that_has_ended_lets_nothing_go_on(cast: Cast) -> None:
    """Open for a week, and never again: what waited until then would wait for ever."""
    week = {f"{MONDAY.date() + timedelta(days=n)}": [["00:00", "24:00"]] for n in range(7)}
    version = calendars.create(
        name="A fair", by=cast.ada, at=MONDAY, zone="UTC", weekly={}, partial=week
    )
    agreed(cast, team=cast.sales, calendar_id=version.calendar_id)
    row = handoff_at(HandoffState.CLAIMED, cast)
    paused = pause(row, cast, after=20 * MINUTE)
    with pytest.raises(Refusal) as caught:
        pauses.resume(clock_id=paused.pk, by=cast.sam, at=MONDAY + timedelta(days=8))
    assert caught.value.reason == "out_of_reach"
    assert first_attempt(row).paused_at == paused.paused_at
    assert not verify(at=MONDAY + timedelta(days=8)).wrong
