"""Attempts and next steps in the browser."""

from datetime import timedelta

import pytest
from django.utils import timezone

from leads.models import Attempt, NextStep
from leads.stages import HandoffState
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.walk import handoff_at

HTMX = {"HX-Request": "true"}
TRY = {"channel": "call", "result": "no_answer", "note": "", "occurred_at": ""}


def test_an_attempt_is_logged_for_right_now(cast: Cast, client_of: ClientOf) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    before = timezone.now()
    answer = client_of(cast.sam).post(f"/handoffs/{row.pk}/attempts/", TRY)
    assert answer.status_code == 302
    assert Attempt.objects.get().occurred_at >= before


def test_without_leaving_the_page_its_inside_is_answered(cast: Cast, client_of: ClientOf) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    answer = client_of(cast.sam).post(f"/handoffs/{row.pk}/attempts/", TRY, headers=HTMX)
    page = answer.content.decode()
    assert "<html" not in page
    assert 'id="workspace"' in page
    assert "Logged." in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"result": ""},
        {"channel": "pigeon"},
        {"occurred_at": "9999-12-31T23:59"},
        {"occurred_at": "0001-01-01T00:00"},
        {"occurred_at": "yesterday"},
        {"occurred_at": "2999-01-01T00:00"},
        {"note": "n" * 4_001},
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_wrong_attempt_is_shown_again(
    cast: Cast, client_of: ClientOf, wrong: dict[str, str], headers: dict[str, str]
) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    answer = client_of(cast.sam).post(f"/handoffs/{row.pk}/attempts/", TRY | wrong, headers=headers)
    assert answer.status_code == 422
    assert "form-error" in answer.content.decode()
    assert not Attempt.objects.exists()


@pytest.mark.parametrize("path", ["attempts", "plan"])
@pytest.mark.parametrize(
    ("who", "status"), [("sol", 403), ("mara", 403), ("max", 403), ("otto", 404)]
)
def test_who_may_not(cast: Cast, client_of: ClientOf, path: str, who: str, status: int) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    client = client_of(getattr(cast, who))
    soon = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    fields = TRY | {"what": "Call", "due_at": soon}
    assert client.post(f"/handoffs/{row.pk}/{path}/", fields).status_code == status
    assert client.get(f"/handoffs/{row.pk}/{path}/").status_code == (405)


def test_a_stale_page_is_told_so(cast: Cast, client_of: ClientOf) -> None:
    row = handoff_at(HandoffState.WON, cast)
    Attempt.objects.all().delete()
    answer = client_of(cast.sam).post(f"/handoffs/{row.pk}/attempts/", TRY, headers=HTMX)
    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#messages")
    assert not Attempt.objects.exists()


def test_a_step_is_planned_and_ticked_off(cast: Cast, client_of: ClientOf) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    sam = client_of(cast.sam)
    soon = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    url = f"/handoffs/{row.pk}/plan/"
    assert sam.post(url, {"what": "Call", "due_at": soon}).status_code == 302
    assert sam.post(url, {"what": "", "due_at": soon}).status_code == 422
    step = NextStep.objects.get()
    for _ in range(2):
        assert sam.post(f"/steps/{step.pk}/done/").status_code == 302
    assert client_of(cast.otto).post(f"/steps/{step.pk}/done/").status_code == 404
    assert client_of(cast.mara).post(f"/steps/{step.pk}/done/").status_code == 403
    assert sam.get(f"/steps/{step.pk}/done/").status_code == 405
