"""Evidence of contact: when it happened, when it was written down, and what counts."""

from datetime import datetime, timedelta

import pytest

from handoff.journal.models import Entry
from handoff.people.models import User
from leads import events
from leads.actions import contact
from leads.models import Attempt, Handoff, NextStep
from leads.refusals import Refusal
from leads.stages import HandoffState
from tests.cast import MONDAY, Cast
from tests.walk import fresh, handoff_at

OFFERED = MONDAY + timedelta(minutes=2)
LATER = MONDAY + timedelta(hours=1)


def log(row: Handoff, by: User, **fields: object) -> Attempt:
    given = {"channel": "call", "result": "no_answer", "occurred_at": LATER, **fields}
    return contact.attempt(handoff_id=row.pk, by=by, at=LATER, **given)  # type: ignore[arg-type]


def test_the_earliest_attempt_is_the_evidence(cast: Cast) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    log(row, cast.sam)
    earlier = LATER - timedelta(minutes=30)
    log(row, cast.sam, occurred_at=earlier, result="two_way")
    log(row, cast.sam, result="contact")
    assert (fresh(row).first_attempt_at, fresh(row).first_contact_at) == (earlier, earlier)
    assert Entry.objects.filter(event=events.ATTEMPTED).count() == 1
    told = Entry.objects.filter(event=events.CONTACTED).earliest("id")
    assert (told.at, told.data["occurred_at"]) == (LATER, earlier.isoformat())


def test_an_automatic_message_is_no_response(cast: Cast) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    log(row, cast.sam, automatic=True, result="contact")
    assert (fresh(row).first_attempt_at, fresh(row).first_contact_at) == (None, None)
    assert Entry.objects.get(event=events.ATTEMPTED).data["automatic"] is True


@pytest.mark.parametrize(
    ("occurred_at", "wrong"),
    [
        (LATER + timedelta(seconds=1), True),
        (OFFERED - timedelta(minutes=1), True),
        (OFFERED - timedelta(seconds=59), False),
        (LATER, False),
    ],
)
def test_an_attempt_lies_between_the_offer_and_now(
    cast: Cast, occurred_at: datetime, wrong: bool
) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    if wrong:
        with pytest.raises(Refusal) as refused:
            log(row, cast.sam, occurred_at=occurred_at)
        assert list(refused.value.fields or {}) == ["occurred_at"]
    else:
        assert log(row, cast.sam, occurred_at=occurred_at).occurred_at >= OFFERED


@pytest.mark.parametrize(
    ("who", "reason"),
    [("sol", "not_yours"), ("mara", "not_allowed"), ("max", "not_allowed"), ("otto", "unknown")],
)
def test_a_held_lead_is_worked_by_who_holds_it(cast: Cast, who: str, reason: str) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    with pytest.raises(Refusal) as refused:
        log(row, getattr(cast, who))
    assert refused.value.reason == reason


def test_the_team_lead_may_log_for_somebody(cast: Cast) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    assert log(row, cast.tess).by == cast.tess


@pytest.mark.parametrize("state", [HandoffState.WAITING, HandoffState.WON])
def test_nothing_is_logged_on_what_nobody_holds(cast: Cast, state: HandoffState) -> None:
    row = handoff_at(state, cast)
    for verb in (
        lambda: log(row, cast.sam),
        lambda: contact.plan(handoff_id=row.pk, what="Call", due_at=LATER, by=cast.sam, at=LATER),
    ):
        with pytest.raises(Refusal) as refused:
            verb()
        assert refused.value.reason == "not_possible"


@pytest.mark.parametrize(
    ("field", "value"), [("channel", "pigeon"), ("result", "maybe"), ("note", "n" * 4_001)]
)
def test_what_is_wrong_with_an_attempt_is_said_by_field(cast: Cast, field: str, value: str) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    with pytest.raises(Refusal) as refused:
        log(row, cast.sam, **{field: value})
    assert list(refused.value.fields or {}) == [field]


def test_a_plan_takes_the_place_of_the_one_before_and_is_ticked_off(cast: Cast) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    for what in ("Call", "Send the proposal"):
        step = contact.plan(
            handoff_id=row.pk,
            what=what,
            due_at=LATER + timedelta(days=1),
            by=cast.sam,
            at=LATER,
        )
    assert NextStep.objects.get(done_at__isnull=True).what == "Send the proposal"
    for minutes in (1, 2):
        done = contact.step_done(
            step_id=step.pk, by=cast.sam, at=LATER + timedelta(minutes=minutes)
        )
    assert done.done_at == LATER + timedelta(minutes=1)
    assert Entry.objects.filter(event=events.STEP_DONE).count() == 1


def test_a_plan_is_neither_empty_nor_past_nor_in_another_age(cast: Cast) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    for what, due_at, field in (
        (" ", LATER, "what"),
        ("x" * 201, LATER, "what"),
        ("Call", LATER - timedelta(hours=1), "due_at"),
        ("Call", LATER + timedelta(days=1_000), "due_at"),
    ):
        with pytest.raises(Refusal) as refused:
            contact.plan(handoff_id=row.pk, what=what, due_at=due_at, by=cast.sam, at=LATER)
        assert list(refused.value.fields or {}) == [field]


def test_a_foreign_or_missing_step_is_unknown(cast: Cast) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    step = contact.plan(handoff_id=row.pk, what="Call", due_at=LATER, by=cast.sam, at=LATER)
    for pk, by in ((step.pk, cast.otto), (step.pk + 1, cast.sam)):
        with pytest.raises(Refusal) as refused:
            contact.step_done(step_id=pk, by=by, at=LATER)
        assert refused.value.reason == "unknown"


def test_no_attempt_without_its_entry(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)

    def fail(*args: object, **data: object) -> None:
        raise RuntimeError("the journal is full")

    monkeypatch.setattr(contact, "record", fail)
    with pytest.raises(RuntimeError):
        log(row, cast.sam)
    assert not Attempt.objects.exists()
    assert fresh(row).first_attempt_at is None
