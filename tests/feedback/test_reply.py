"""Marketing answers feedback, once; whoever gave it is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from feedback.actions import give, reply
from feedback.models import Feedback
from handoff.journal import outbox
from handoff.notices.models import Delivery
from leads.models import Handoff
from leads.refusals import Refusal
from leads.stages import HandoffState
from tests.cast import MONDAY, Cast
from tests.conftest import ApiOf, ClientOf
from tests.walk import handoff_at

LATER = MONDAY + timedelta(hours=2)


@pytest.fixture
def told(cast: Cast) -> Handoff:
    """A journey on which Sam said what was wrong."""
    row = handoff_at(HandoffState.LOST, cast)
    said: dict[str, Any] = {"accepted": False, "quality": 1, "reason": "bad_data", "comment": ""}
    give(handoff_id=row.pk, by=cast.sam, at=MONDAY + timedelta(hours=1), **said)
    return row


def page(row: Handoff) -> str:
    return reverse("feedback:reply", args=[row.pk])


def api(row: Handoff) -> str:
    return f"/api/v1/handoffs/{row.pk}/feedback/reply/"


def test_an_answer_stands_beside_the_feedback(
    cast: Cast, client_of: ClientOf, told: Handoff
) -> None:
    mara = client_of(cast.mara)
    of_lead = reverse("feedback:of_lead", args=[told.lead_id])
    assert page(told) in mara.get(of_lead).content.decode()
    assert page(told) not in client_of(cast.sam).get(of_lead).content.decode()
    answer = mara.post(page(told), {"text": "We ask for the phone twice now."})
    assert answer.headers["Location"] == told.lead.get_absolute_url()
    row = Feedback.objects.get(handoff=told)
    assert (row.reply, row.replied_by) == ("We ask for the phone twice now.", cast.mara)
    text = mara.get(of_lead).content.decode()
    assert "We ask for the phone twice now." in text
    assert page(told) not in text
    form = reverse("feedback:form", args=[told.pk])
    assert "We ask for the phone twice now." in client_of(cast.sam).get(form).content.decode()


def test_whoever_gave_it_is_told(cast: Cast, told: Handoff) -> None:
    reply(handoff_id=told.pk, text="Right.", by=cast.mara, at=LATER)
    while outbox.fire_next(at=LATER):
        pass
    rows = Delivery.objects.filter(event="feedback.replied")
    assert {(row.recipient, row.channel) for row in rows} == {
        (cast.sam, "bell"),
        (cast.sam, "email"),
    }
    assert rows[0].body == "Right."


def test_it_is_answered_once(cast: Cast, api_of: ApiOf, told: Handoff) -> None:
    client = api_of(cast.mara)
    first = client.post(api(told), {"text": "Right."})
    assert (first.status_code, first.json()["replied_by"]) == (201, "Mara")
    again = client.post(api(told), {"text": "Once more."})
    assert (again.status_code, again.json()["reason"]) == (409, "already_answered")


@pytest.mark.parametrize("text", ["", "   ", "x" * 2_001])
def test_an_answer_says_something_in_bounds(
    cast: Cast, client_of: ClientOf, api_of: ApiOf, told: Handoff, text: str
) -> None:
    assert client_of(cast.mara).post(page(told), {"text": text}).status_code == 422
    assert api_of(cast.mara).post(api(told), {"text": text}).status_code == 400
    with pytest.raises(Refusal) as refused:
        reply(handoff_id=told.pk, text=text, by=cast.mara, at=LATER)
    assert list(refused.value.fields or {}) == ["text"]


def test_it_is_the_team_of_the_lead_that_answers(cast: Cast, told: Handoff) -> None:
    for by, reason in ((cast.olga, "unknown"), (cast.sam, "not_allowed")):
        with pytest.raises(Refusal) as refused:
            reply(handoff_id=told.pk, text="x", by=by, at=LATER)
        assert refused.value.reason == reason
    reply(handoff_id=told.pk, text="x", by=cast.max, at=LATER)


def test_what_was_not_said_is_not_answered(cast: Cast, client_of: ClientOf) -> None:
    row = handoff_at(HandoffState.WON, cast)
    with pytest.raises(Refusal) as refused:
        reply(handoff_id=row.pk, text="x", by=cast.mara, at=LATER)
    assert refused.value.reason == "not_possible"
    text = client_of(cast.mara).get(page(row)).content.decode()
    assert "Sales has not given feedback on this one yet." in text
