"""Who hears of a handoff, by which channel, and which open pages ask again."""

from datetime import timedelta

import pytest

from handoff.journal import outbox
from handoff.notices import live
from handoff.notices.models import Delivery
from leads.actions import claim
from leads.stages import HandoffState
from tests.cast import MONDAY, Cast
from tests.walk import handoff_at

LATER = MONDAY + timedelta(days=1)


def relayed() -> None:
    while outbox.fire_next(at=LATER):
        pass


def told(person_id: int) -> list[tuple[str, str]]:
    rows = Delivery.objects.filter(recipient_id=person_id).order_by("id")
    return [(row.event.removeprefix("handoff."), row.channel) for row in rows]


def test_marketing_hears_who_took_it_and_how_it_ended(cast: Cast) -> None:
    handoff_at(HandoffState.WON, cast)
    relayed()
    assert ("claimed", "bell") in told(cast.mara.pk)
    assert ("claimed", "email") not in told(cast.mara.pk)
    assert {("won", "bell"), ("won", "email")} <= set(told(cast.mara.pk))
    assert not told(cast.olga.pk)


@pytest.mark.parametrize("state", [HandoffState.RETURNED, HandoffState.LOST])
def test_the_reason_is_told(cast: Cast, state: HandoffState) -> None:
    handoff_at(state, cast)
    relayed()
    mail = Delivery.objects.get(
        recipient=cast.mara, channel="email", event=f"handoff.{state.value}"
    )
    reason = {"returned": "Wrong or missing data", "lost": "Chose or is a competitor"}
    assert reason[state.value] in mail.subject


def test_new_work_is_no_mail_for_anybody(cast: Cast) -> None:
    handoff_at(HandoffState.WAITING, cast)
    relayed()
    assert not told(cast.sam.pk)
    assert not told(cast.mara.pk)


def test_the_new_owner_hears_of_it_once(cast: Cast) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    claim.reassign(handoff_id=row.pk, to=cast.sol, by=cast.tess, at=MONDAY + timedelta(hours=1))
    own = handoff_at(HandoffState.CLAIMED, cast)
    claim.reassign(handoff_id=own.pk, to=cast.tess, by=cast.tess, at=MONDAY + timedelta(hours=1))
    relayed()
    assert told(cast.sol.pk).count(("reassigned", "bell")) == 1
    assert ("reassigned", "bell") not in told(cast.tess.pk)


def test_the_queue_and_the_board_ask_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(live.publisher, "publish", heard.extend)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        handoff_at(HandoffState.WAITING, cast)
    assert {f"queue:{cast.sales.pk}", "board"} <= set(heard)
