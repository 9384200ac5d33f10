"""Clocks over a journey: what starts, stops, breaches and escalates them, at true instants."""

from datetime import UTC, datetime, timedelta

import pytest

from handoff.journal.models import Entry
from handoff.journal.reactions import ON
from leads.actions import claim, contact, handoff, outcome
from leads.events import CLAIMED as CLAIMED_EVENT
from leads.models import Handoff
from leads.stages import HandoffState, ReasonGroup
from sla import events
from sla.actions import clocks
from sla.models import ClauseKind, Clock, Escalation, Stage, Verdict
from tests.cast import MONDAY, Cast
from tests.walk import fresh, handoff_at

OFFERED = MONDAY + timedelta(minutes=2)
CLAIMED = MONDAY + timedelta(minutes=3)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def clock(row: Handoff, kind: str = ClauseKind.CLAIM) -> Clock:
    return Clock.objects.filter(handoff=row, kind=kind).latest("id")


def sweep(at: datetime) -> int:
    rounds = 0
    while clocks.fire_next(at=at):
        rounds += 1
        assert rounds < 100
    return rounds


def stages(of: Clock) -> list[tuple[str, datetime, bool]]:
    return list(of.escalations.values_list("stage", "due_at", "superseded"))


def attempt(row: Handoff, cast: Cast, *, happened: datetime, at: datetime, **more: object) -> None:
    contact.attempt(
        handoff_id=row.pk,
        channel="call",
        occurred_at=happened,
        by=cast.sam,
        at=at,
        **{"result": "no_answer", **more},  # type: ignore[arg-type]
    )


def test_an_offer_starts_a_claim_clock_in_the_same_commit(cast: Cast) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    running = Clock.objects.get(handoff=row)
    assert (running.kind, running.verdict, running.team) == ("claim", "running", cast.sales)
    assert running.started_at == OFFERED
    assert running.warn_at == OFFERED + 10 * MINUTE
    assert running.due_at == OFFERED + 15 * MINUTE
    assert running.escalate_at == OFFERED + 45 * MINUTE
    assert running.next_at == running.warn_at


def test_a_claim_meets_its_clock_accepts_and_starts_the_owners(cast: Cast) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    assert row.state == HandoffState.ACCEPTED
    assert row.accepted_at == row.sales_qualified_at == CLAIMED
    met = clock(row)
    assert (met.verdict, met.stopped_at, met.next_at) == (Verdict.MET, CLAIMED, None)
    first, lease = clock(row, ClauseKind.FIRST_ATTEMPT), clock(row, ClauseKind.LEASE)
    assert {first.owner, lease.owner} == {cast.sam}
    assert first.due_at == CLAIMED + HOUR
    assert lease.next_at == lease.due_at == CLAIMED + 3.5 * HOUR  # lunch from 12 to 13:30


def test_stages_are_recorded_once_each_at_their_true_instants(cast: Cast) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    for minutes in (9, 11, 12, 16, 17, 46, 50):
        sweep(OFFERED + timedelta(minutes=minutes, seconds=30))
    late = clock(row)
    assert (late.verdict, late.next_at, late.stopped_at) == (Verdict.BREACHED, None, None)
    assert stages(late) == [
        (Stage.WARNED, OFFERED + 10 * MINUTE, False),
        (Stage.BREACHED, OFFERED + 15 * MINUTE, False),
        (Stage.ESCALATED, OFFERED + 45 * MINUTE, False),
    ]
    told = Entry.objects.filter(event=events.BREACHED)
    assert [entry.at for entry in told] == [OFFERED + 15 * MINUTE]
    assert told[0].data == {
        "clause": "Claim",
        "kind": "claim",
        "handoff_id": row.pk,
        "team_id": cast.sales.pk,
        "owner_id": None,
        "due_at": (OFFERED + 15 * MINUTE).isoformat(),
        "superseded": False,
    }


def test_a_sweep_six_hours_late_records_all_and_sends_the_last(cast: Cast) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    assert sweep(OFFERED + 6 * HOUR) == 1
    assert stages(clock(row)) == [
        (Stage.WARNED, OFFERED + 10 * MINUTE, True),
        (Stage.BREACHED, OFFERED + 15 * MINUTE, True),
        (Stage.ESCALATED, OFFERED + 45 * MINUTE, False),
    ]


def test_what_happens_at_the_deadline_itself_is_in_time(cast: Cast) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    due_at = clock(row).due_at
    sweep(due_at)
    assert clock(row).verdict == Verdict.RUNNING
    claim.claim(handoff_id=row.pk, by=cast.sam, at=due_at)
    assert clock(row).verdict == Verdict.MET


def test_a_moment_later_is_late_though_nobody_swept(cast: Cast) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    due_at = clock(row).due_at
    claim.claim(handoff_id=row.pk, by=cast.sam, at=due_at + timedelta(microseconds=1))
    late = clock(row)
    assert late.verdict == Verdict.BREACHED
    assert stages(late) == [(Stage.WARNED, late.warn_at, True), (Stage.BREACHED, due_at, False)]
    assert sweep(due_at + 10 * MINUTE) == 0


def test_an_attempt_logged_late_counts_from_when_it_happened(cast: Cast) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    sweep(CLAIMED + 70 * MINUTE)
    assert clock(row, ClauseKind.FIRST_ATTEMPT).verdict == Verdict.BREACHED
    attempt(row, cast, happened=CLAIMED + 20 * MINUTE, at=CLAIMED + 80 * MINUTE)
    corrected = clock(row, ClauseKind.FIRST_ATTEMPT)
    assert (corrected.verdict, corrected.stopped_at) == (Verdict.MET, CLAIMED + 20 * MINUTE)
    assert Entry.objects.get(event=events.CORRECTED).about_id == corrected.pk
    assert corrected.escalations.count() == 2


def test_the_earliest_evidence_wins_whenever_it_is_logged(cast: Cast) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    attempt(row, cast, happened=CLAIMED + 90 * MINUTE, at=CLAIMED + 90 * MINUTE)
    assert clock(row, ClauseKind.FIRST_ATTEMPT).verdict == Verdict.BREACHED
    attempt(row, cast, happened=CLAIMED + 5 * MINUTE, at=CLAIMED + 95 * MINUTE)
    attempt(row, cast, happened=CLAIMED + 50 * MINUTE, at=CLAIMED + 96 * MINUTE)
    found = clock(row, ClauseKind.FIRST_ATTEMPT)
    assert (found.verdict, found.stopped_at) == (Verdict.MET, CLAIMED + 5 * MINUTE)


def test_an_automatic_message_stops_nothing(cast: Cast) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    attempt(row, cast, happened=CLAIMED, at=CLAIMED + MINUTE, automatic=True)
    assert clock(row, ClauseKind.FIRST_ATTEMPT).verdict == Verdict.RUNNING
    assert clock(row, ClauseKind.LEASE).verdict == Verdict.RUNNING


def test_an_untouched_claim_goes_back_when_its_lease_ends(cast: Cast) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    lease = clock(row, ClauseKind.LEASE)
    sweep(lease.due_at)
    assert fresh(row).claimed_by == cast.sam
    noticed = lease.due_at + timedelta(seconds=1)
    sweep(noticed)
    back = fresh(row)
    assert (back.state, back.claimed_by, back.accepted_at) == (HandoffState.WAITING, None, None)
    lease.refresh_from_db()
    assert (lease.verdict, lease.stopped_at) == (Verdict.BREACHED, noticed)
    assert stages(lease) == [(Stage.RESCUED, lease.due_at, False)]
    assert clock(row, ClauseKind.FIRST_ATTEMPT).stopped_at == noticed
    assert clock(row).started_at == noticed
    assert clock(row).verdict == Verdict.RUNNING


def test_a_touched_claim_is_left_alone(cast: Cast) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    attempt(row, cast, happened=CLAIMED + MINUTE, at=CLAIMED + MINUTE)
    sweep(CLAIMED + timedelta(days=3))
    assert fresh(row).claimed_by == cast.sam
    assert clock(row, ClauseKind.LEASE).verdict == Verdict.MET


def test_who_is_given_an_untouched_lead_has_clocks_of_their_own(cast: Cast) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    at = CLAIMED + 10 * MINUTE
    claim.reassign(handoff_id=row.pk, to=cast.sol, by=cast.tess, at=at)
    owners = Clock.objects.filter(handoff=row, kind=ClauseKind.FIRST_ATTEMPT).order_by("id")
    assert [(one.owner, one.verdict) for one in owners] == [
        (cast.sam, Verdict.SUPERSEDED),
        (cast.sol, Verdict.RUNNING),
    ]
    assert owners[1].started_at == at


def test_who_is_given_a_reached_lead_inherits_no_first_attempt(cast: Cast) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    attempt(row, cast, happened=CLAIMED + MINUTE, at=CLAIMED + MINUTE, result="two_way")
    claim.reassign(handoff_id=row.pk, to=cast.sol, by=cast.tess, at=CLAIMED + HOUR)
    assert not Clock.objects.open().filter(handoff=row).exists()


def test_giving_a_waiting_lead_to_somebody_is_a_claim(cast: Cast) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    claim.reassign(handoff_id=row.pk, to=cast.sol, by=cast.tess, at=OFFERED + MINUTE)
    assert fresh(row).state == HandoffState.ACCEPTED
    assert clock(row).verdict == Verdict.MET
    assert clock(row, ClauseKind.LEASE).owner == cast.sol


@pytest.mark.parametrize("state", [HandoffState.RETURNED, HandoffState.WON, HandoffState.LOST])
def test_an_ended_journey_owes_feedback_and_nothing_else(cast: Cast, state: HandoffState) -> None:
    row = handoff_at(state, cast)
    owed = Clock.objects.open().get(handoff=row, side="sales")
    assert (owed.kind, owed.owner, owed.started_at) == ("feedback", cast.sam, row.ended_at)
    clocks.stop(handoff_id=row.pk, kind=ClauseKind.FEEDBACK, at=owed.started_at + HOUR)
    assert clock(row, ClauseKind.FEEDBACK).verdict == Verdict.MET


def test_what_is_withdrawn_is_promised_no_more(cast: Cast) -> None:
    row = handoff_at(HandoffState.WITHDRAWN, cast)
    assert clock(row).verdict == Verdict.CANCELLED
    assert sweep(MONDAY + timedelta(days=9)) == 0


def test_what_was_late_before_it_ended_stays_breached(cast: Cast) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    handoff.withdraw(handoff_id=row.pk, by=cast.mara, at=OFFERED + 20 * MINUTE)
    late = clock(row)
    assert (late.verdict, late.stopped_at) == (Verdict.BREACHED, OFFERED + 20 * MINUTE)
    assert (Stage.BREACHED, late.due_at, False) in stages(late)


def test_a_promise_that_cannot_be_made_undoes_the_claim(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = handoff_at(HandoffState.WAITING, cast)

    def fail(entry: Entry) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(ON, CLAIMED_EVENT, [*ON[CLAIMED_EVENT], fail])
    with pytest.raises(ZeroDivisionError):
        claim.claim(handoff_id=row.pk, by=cast.sam, at=CLAIMED)
    assert fresh(row).state == HandoffState.WAITING
    assert Clock.objects.get(handoff=row).verdict == Verdict.RUNNING
    assert not Entry.objects.filter(event=CLAIMED_EVENT).exists()


def test_a_weekend_is_not_counted(cast: Cast) -> None:
    friday = datetime(2026, 11, 13, 20, 50, tzinfo=UTC)  # 17:50 in São Paulo
    row = handoff_at(HandoffState.WAITING, cast, at=friday)
    assert clock(row).due_at == datetime(2026, 11, 16, 12, 7, tzinfo=UTC)
    sweep(friday + timedelta(days=2))
    assert clock(row).verdict == Verdict.RUNNING


def test_a_host_clock_that_jumps_back_repeats_nothing(cast: Cast) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    sweep(OFFERED + HOUR)
    before = Escalation.objects.count()
    assert sweep(OFFERED - HOUR) == 0
    assert sweep(OFFERED + HOUR) == 0
    assert Escalation.objects.count() == before == 3
    claim.claim(handoff_id=row.pk, by=cast.sam, at=OFFERED - HOUR)
    assert clock(row).stopped_at == OFFERED


def test_an_ended_lease_of_an_ended_journey_rescues_nothing(cast: Cast) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    outcome.lose(
        handoff_id=row.pk,
        reason=ReasonGroup.COMPETITOR,
        note="",
        by=cast.sam,
        at=CLAIMED + 5 * HOUR,
    )
    sweep(CLAIMED + 6 * HOUR)
    assert fresh(row).state == HandoffState.LOST
    assert clock(row, ClauseKind.LEASE).verdict == Verdict.CANCELLED
    assert clock(row, ClauseKind.FIRST_ATTEMPT).verdict == Verdict.BREACHED


def test_many_are_swept_with_the_queries_of_one(
    cast: Cast, django_assert_num_queries: object
) -> None:
    rows = [handoff_at(HandoffState.WAITING, cast) for _ in range(5)]
    with django_assert_num_queries(3):  # type: ignore[operator]
        assert clocks.fire_due(at=OFFERED + 20 * MINUTE) == 5
    assert {clock(row).verdict for row in rows} == {Verdict.BREACHED}
    assert {clock(row).next_at for row in rows} == {OFFERED + 45 * MINUTE}
