"""Feedback is asked for once and given once, by those who may."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from feedback import events
from feedback.actions import ask, give
from feedback.models import Feedback
from feedback.queries import owed_by
from handoff.journal import outbox
from handoff.journal.models import Entry
from handoff.notices.models import Delivery
from handoff.people.models import User
from leads.models import Handoff
from leads.refusals import Refusal
from leads.stages import HandoffState
from sla.models import ClauseKind, Clock, Verdict
from tests.cast import MONDAY, Cast
from tests.walk import handoff_at

LATER = MONDAY + timedelta(hours=1)


def answer(row: Handoff, by: User, **fields: Any) -> Feedback:
    given = {"accepted": True, "quality": 4, "reason": "", "comment": "", **fields}
    return give(handoff_id=row.pk, by=by, at=LATER, **given)


def relay() -> None:
    while outbox.fire_next(at=LATER):
        pass


@pytest.fixture
def ended(cast: Cast) -> Handoff:
    return handoff_at(HandoffState.RETURNED, cast)


@pytest.mark.parametrize("state", [HandoffState.RETURNED, HandoffState.WON, HandoffState.LOST])
def test_the_end_of_a_journey_asks_the_one_who_held_it(cast: Cast, state: HandoffState) -> None:
    row = handoff_at(state, cast, seller=cast.sol)
    relay()
    feedback = Feedback.objects.get(handoff=row)
    assert (feedback.asked_of, feedback.given_at) == (cast.sol, None)
    assert [owed.feedback for owed in owed_by(cast.sol)] == [feedback]
    assert owed_by(cast.sam) == []


def test_a_withdrawn_handoff_asks_nobody(cast: Cast) -> None:
    handoff_at(HandoffState.WITHDRAWN, cast)
    relay()
    assert not Feedback.objects.exists()


def test_asking_twice_is_asking_once(cast: Cast, ended: Handoff) -> None:
    first = ask(handoff_id=ended.pk, asked_of=cast.sam, at=LATER)
    second = ask(handoff_id=ended.pk, asked_of=cast.sol, at=LATER)
    assert (first, second.asked_of) == (second, cast.sam)
    assert Entry.objects.filter(event=events.REQUESTED).count() == 1


def test_the_control_without_the_guard_would_ask_twice(cast: Cast, ended: Handoff) -> None:
    ask(handoff_id=ended.pk, asked_of=cast.sam, at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback.objects.create(handoff=ended, asked_of=cast.sam, asked_at=LATER)


def test_an_answer_is_kept_and_stops_the_clock(cast: Cast, ended: Handoff) -> None:
    given = answer(ended, cast.sam, accepted=False, quality=2, reason="bad_data", comment=" Old. ")
    given.refresh_from_db()
    assert (given.quality, given.accepted, given.reason, given.comment) == (
        2,
        False,
        "bad_data",
        "Old.",
    )
    assert (given.given_by, given.given_at) == (cast.sam, LATER)
    clock = Clock.objects.get(handoff=ended, kind=ClauseKind.FEEDBACK)
    assert (clock.verdict, clock.stopped_at) == (Verdict.MET, LATER)


def test_the_seller_is_told_that_they_are_asked_and_marketing_what_was_said(
    cast: Cast, ended: Handoff
) -> None:
    relay()
    asked = Delivery.objects.filter(event=events.REQUESTED)
    assert {delivery.recipient for delivery in asked} == {cast.sam}
    assert {delivery.channel for delivery in asked} == {"bell"}
    answer(ended, cast.sam, comment="Call after lunch.")
    relay()
    told = Delivery.objects.filter(event=events.GIVEN)
    assert {delivery.recipient for delivery in told} == {cast.mara}
    assert {delivery.channel for delivery in told} == {"bell", "email"}
    assert all("Call after lunch." in delivery.body for delivery in told)


def test_a_second_answer_is_refused_with_the_first_ones_name(cast: Cast, ended: Handoff) -> None:
    answer(ended, cast.sam)
    with pytest.raises(Refusal) as refused:
        answer(ended, cast.tess, quality=1)
    assert (refused.value.reason, refused.value.winner) == ("already_given", "Sam")
    assert Feedback.objects.get().quality == 4


def test_the_lead_of_the_team_and_the_manager_may_answer(cast: Cast) -> None:
    for by in (cast.tess, cast.max):
        assert answer(handoff_at(HandoffState.WON, cast), by).given_by == by


@pytest.mark.parametrize(
    ("name", "reason"), [("sol", "not_allowed"), ("otto", "unknown"), ("mara", "not_allowed")]
)
def test_nobody_else_may(cast: Cast, ended: Handoff, name: str, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        answer(ended, getattr(cast, name))
    assert refused.value.reason == reason
    assert not Feedback.objects.filter(given_at__isnull=False).exists()


@pytest.mark.parametrize(
    "state", [HandoffState.WAITING, HandoffState.CLAIMED, HandoffState.WITHDRAWN]
)
def test_before_the_end_there_is_nothing_to_say(cast: Cast, state: HandoffState) -> None:
    row = handoff_at(state, cast)
    with pytest.raises(Refusal) as refused:
        answer(row, cast.sam)
    assert refused.value.reason == "not_possible"


def test_history_from_elsewhere_is_not_asked_about(cast: Cast, ended: Handoff) -> None:
    Handoff.objects.filter(pk=ended.pk).update(imported=True)
    relay()
    assert not Feedback.objects.exists()
    with pytest.raises(Refusal):
        answer(ended, cast.sam)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"quality": 0}, "quality"),
        ({"quality": 6}, "quality"),
        ({"reason": "bored"}, "reason"),
        ({"accepted": False, "reason": ""}, "reason"),
        ({"accepted": False, "reason": "other", "comment": " "}, "comment"),
        ({"comment": "x" * 2_001}, "comment"),
    ],
)
def test_what_is_wrong_is_said_by_field(
    cast: Cast, ended: Handoff, fields: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(Refusal) as refused:
        answer(ended, cast.sam, **fields)
    assert (refused.value.status, list(refused.value.fields or {})) == (422, [wrong])


def test_an_answer_whose_last_write_fails_leaves_nothing(
    cast: Cast, ended: Handoff, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_fields: object) -> None:
        raise RuntimeError("the journal is full")

    monkeypatch.setattr("feedback.actions.record", fail)
    with pytest.raises(RuntimeError):
        answer(ended, cast.sam)
    assert not Feedback.objects.filter(given_at__isnull=False).exists()
