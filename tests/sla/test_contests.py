"""A breach is contested by the side that owes; the other side alone waives or keeps it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from time_machine import travel

from feedback.reports import attainment
from feedback.reports.cut import Cut, Period
from handoff.journal import outbox
from handoff.journal.models import Entry
from handoff.notices.models import Delivery
from handoff.people.models import Role, User
from leads.actions import claim
from leads.refusals import Refusal
from leads.stages import HandoffState
from sla import events
from sla.actions import clocks, contests, reopening
from sla.models import ClauseKind, Clock, ClockEvent, Verdict
from sla.queries.board import CONTESTED, Board
from sla.queries.verification import verify
from tests.cast import MONDAY, Cast, person
from tests.conftest import ApiOf, ClientOf
from tests.things import Things
from tests.walk import handoff_at, reached

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LATE = MONDAY + 3 * HOUR


@pytest.fixture
def lia(cast: Cast) -> User:
    """She leads the marketers whose lead it is."""
    return person("Lia", Role.LEAD, cast.marketing)


@pytest.fixture
def breached(cast: Cast) -> Clock:
    """Nobody claimed in time; it is claimed now, late."""
    row = handoff_at(HandoffState.WAITING, cast)
    while clocks.fire_next(at=LATE - HOUR):
        pass
    claim.claim(handoff_id=row.pk, by=cast.sam, at=LATE - MINUTE)
    return Clock.objects.get(handoff=row, kind=ClauseKind.CLAIM)


def contested(clock: Clock, by: User) -> Clock:
    return contests.contest(clock_id=clock.pk, why="The line was down.", by=by, at=LATE)


def kept(cast: Cast) -> attainment.Kept:
    at = LATE + timedelta(days=1)
    period = Period.ending(at, days=30, zone=at.tzinfo)  # type: ignore[arg-type]
    cut = Cut.of(cast.max, period=period, at=at, team=None)
    [row] = [row for row in attainment.by_clause_and_team(cut) if row.kind == ClauseKind.CLAIM]
    return row.kept


def told(event: str) -> set[str]:
    while outbox.fire_next(at=LATE + HOUR):
        pass
    rows = Delivery.objects.filter(event=event).select_related("recipient")
    assert {row.channel for row in rows} == {"bell", "email"}
    return {row.recipient.name for row in rows}


def test_the_other_side_waives_and_the_numbers_move(cast: Cast, lia: User, breached: Clock) -> None:
    before = kept(cast)
    assert (before.met, before.breached, before.waived) == (0, 1, 0)
    contested(breached, cast.tess)
    contests.waive(clock_id=breached.pk, why="It was.", by=lia, at=LATE + MINUTE)
    breached.refresh_from_db()
    assert breached.verdict == Verdict.WAIVED
    after = kept(cast)
    assert (after.breached, after.waived, after.rate) == (0, 1, None)
    assert (after.raw, after.waiver_rate) == (0.0, 1.0)
    assert not verify(at=LATE + HOUR).wrong
    assert told(events.CONTESTED) == {"Lia"}
    assert told(events.WAIVED) == {"Tess"}
    assert [entry.by for entry in Entry.objects.filter(event=events.WAIVED)] == [lia]


def test_what_is_kept_stays_a_breach_and_is_not_contested_again(
    cast: Cast, lia: User, breached: Clock
) -> None:
    contested(breached, cast.max)
    contests.keep(clock_id=breached.pk, why="It was not.", by=lia, at=LATE + MINUTE)
    breached.refresh_from_db()
    assert (breached.verdict, kept(cast).breached) == (Verdict.BREACHED, 1)
    with pytest.raises(Refusal) as refused:
        contested(breached, cast.tess)
    assert refused.value.reason == "already_contested"
    with pytest.raises(Refusal):
        contests.waive(clock_id=breached.pk, why="After all.", by=lia, at=LATE + HOUR)
    assert not verify(at=LATE + HOUR).wrong
    assert told(events.KEPT) == {"Max", "Tess"}


@pytest.mark.parametrize("who", ["tess", "sam", "max", "mara", "otto"])
def test_no_one_answers_for_their_own_side(cast: Cast, breached: Clock, who: str) -> None:
    """Max manages both sides, and so may answer for one, but not where he contested himself."""
    contested(breached, cast.max)
    for settle in (contests.waive, contests.keep):
        with pytest.raises(Refusal) as refused:
            settle(clock_id=breached.pk, why="So.", by=getattr(cast, who), at=LATE + MINUTE)
        assert refused.value.reason in {"not_allowed", "unknown"}


def test_a_manager_answers_where_marketing_has_no_lead(cast: Cast, breached: Clock) -> None:
    contested(breached, cast.tess)
    contests.waive(clock_id=breached.pk, why="So it was.", by=cast.max, at=LATE + MINUTE)
    assert told(events.CONTESTED) == {"Max"}


@pytest.mark.parametrize("who", ["sam", "sol", "mara", "olga", "otto"])
def test_only_the_owing_side_contests(cast: Cast, breached: Clock, who: str) -> None:
    """Nobody owned the claim that nobody made; its team's lead speaks for it."""
    with pytest.raises(Refusal) as refused:
        contested(breached, getattr(cast, who))
    assert refused.value.reason in {"not_allowed", "unknown"}


def test_a_seller_contests_their_own(cast: Cast) -> None:
    late = Things(cast).late()
    assert contested(late, cast.sam).contested_by == cast.sam


def test_what_runs_or_was_met_is_not_contested(cast: Cast) -> None:
    running, met = Things(cast).running(), Things(cast).over()
    for clock in (running, met):
        with pytest.raises(Refusal) as refused:
            contests.contest(clock_id=clock.pk, why="So.", by=cast.tess, at=MONDAY + 20 * MINUTE)
        assert refused.value.reason == "not_possible"


def test_a_breach_nobody_noticed_is_contested_all_the_same(cast: Cast) -> None:
    clock = Things(cast).running()
    assert contested(clock, cast.tess).verdict == Verdict.BREACHED


def test_a_waived_breach_that_is_still_owed_is_neither_late_nor_told_of(
    cast: Cast, lia: User
) -> None:
    late = Things(cast).late()
    contested(late, cast.sam)
    assert Board(lia, at=LATE).total.contested == 1
    contests.waive(clock_id=late.pk, why="So it was.", by=lia, at=LATE)
    board = Board(cast.tess, at=LATE + HOUR)
    assert (board.total.late, board.total.contested) == (0, 0)
    assert not clocks.fire_due(at=LATE + 5 * HOUR)
    assert Clock.objects.open().filter(pk=late.pk).exists()


def test_the_board_lists_what_is_contested_for_both_sides(
    cast: Cast, lia: User, breached: Clock, client_of: ClientOf, api_of: ApiOf
) -> None:
    contested(breached, cast.tess)
    for who in (lia, cast.tess, cast.max):
        [row] = Board(who, at=LATE).page(CONTESTED).rows
        assert row.contest is not None
        assert row.contest.why == "The line was down."
    text = client_of(lia).get(reverse("sla:board"), {"show": "contested"}).content.decode()
    assert "Tess: The line was down." in text
    told = api_of(lia).get(reverse("api:board"), {"show": "contested"}).json()
    assert told["total"]["contested"] == 1
    assert told["promises"][0]["contested"] == "The line was down."


def test_it_is_done_on_the_panel(
    cast: Cast, lia: User, breached: Clock, client_of: ClientOf
) -> None:
    panel = reverse("sla:clocks", args=[breached.handoff_id])
    with travel(LATE, tick=False):
        client = client_of(cast.tess)
        assert "Contest the breach" in client.get(panel).content.decode()
        answer = client.post(reverse("sla:contest", args=[breached.pk]), {"why": ""})
        assert answer.status_code == 422
        answer = client.post(reverse("sla:contest", args=[breached.pk]), {"why": "Down"})
        assert answer.status_code == 302
        assert "Waive the breach" not in client.get(panel).content.decode()
        client = client_of(lia)
        assert "Waive the breach" in client.get(panel).content.decode()
        answer = client.post(
            reverse("sla:waive", args=[breached.pk]), {"why": "Ok"}, headers={"hx-request": "true"}
        )
        text = answer.content.decode()
    assert "Waived" in text
    assert "The breach is waived." in text
    assert "“" not in text.split("clock-why")[0].split("<ol")[-1]


def test_the_api_answers_with_the_clock(
    cast: Cast, lia: User, breached: Clock, api_of: ApiOf
) -> None:
    with travel(LATE, tick=False):
        sent = {"why": "Down"}
        told = api_of(cast.tess).post(reverse("api:contest", args=[breached.pk]), sent).json()
        assert (told["verdict"], told["settled_at"]) == ("breached", None)
        told = api_of(lia).post(reverse("api:waive", args=[breached.pk]), sent).json()
    assert told["verdict"] == "waived"
    assert [event["kind"] for event in told["events"]] == [
        *("started", "stopped", "contested", "waived"),
    ]


def test_what_is_opened_again_is_a_new_clock_and_the_old_one_is_frozen(cast: Cast) -> None:
    over = Things(cast).over()
    at = MONDAY + 2 * HOUR
    new = reopening.reopen(clock_id=over.pk, why="Wrong number.", by=cast.tess, at=at)
    assert (new.started_at, new.owner, new.verdict) == (at, cast.sam, Verdict.RUNNING)
    reached(over.handoff, cast.sam, at=at + MINUTE)
    new.refresh_from_db()
    assert (new.verdict, new.stopped_at) == (Verdict.MET, at + MINUTE)
    again = Clock.objects.get(pk=over.pk)
    assert (again.verdict, again.stopped_at) == (over.verdict, over.stopped_at)
    assert ClockEvent.objects.filter(clock=over, kind="reopened").count() == 1
    assert not verify(at=at + HOUR).wrong
    with pytest.raises(Refusal):
        reopening.reopen(clock_id=over.pk, why="Again.", by=cast.tess, at=at + HOUR)
