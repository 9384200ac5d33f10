"""Touches that are hard to believe are flagged wherever the verdict stands that rests on them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from time_machine import travel

from leads.actions import contact
from leads.models import Handoff
from leads.refusals import Refusal
from leads.stages import HandoffState
from sla.models import ClauseKind, Clock, Verdict
from tests.cast import MONDAY, Cast
from tests.conftest import ApiOf, ClientOf
from tests.walk import handoff_at

MINUTE = timedelta(minutes=1)
CLAIMED = MONDAY + 3 * MINUTE


def attempt(row: Handoff, cast: Cast, *, happened: timedelta, logged: timedelta) -> Clock:
    contact.attempt(
        handoff_id=row.pk,
        channel="call",
        result="no_answer",
        occurred_at=CLAIMED + happened,
        by=cast.sam,
        at=CLAIMED + logged,
    )
    return Clock.objects.get(handoff=row, kind=ClauseKind.FIRST_ATTEMPT)


def panel(row: Handoff, cast: Cast, client_of: ClientOf) -> str:
    with travel(CLAIMED + timedelta(hours=3), tick=False):
        answer = client_of(cast.mara).get(reverse("sla:clocks", args=[row.pk]))
    return str(answer.content.decode())


@pytest.mark.parametrize(("logged", "late"), [(20, False), (35, False), (36, True)])
def test_a_touch_logged_over_a_quarter_of_an_hour_late_is_flagged(
    cast: Cast, client_of: ClientOf, api_of: ApiOf, logged: int, late: bool
) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    clock = attempt(row, cast, happened=20 * MINUTE, logged=logged * MINUTE)
    assert (clock.verdict, clock.late_logged) == (Verdict.MET, late)
    assert ("after it happened" in panel(row, cast, client_of)) == late
    told = api_of(cast.mara).get(reverse("api:clocks", args=[row.pk])).json()["results"]
    assert {each["late_logged"] for each in told if each["kind"] == "first_attempt"} == {late}


def test_three_in_a_minute_are_flagged_those_before_too(cast: Cast, client_of: ClientOf) -> None:
    rows = [handoff_at(HandoffState.CLAIMED, cast) for _ in range(4)]
    for place, row in enumerate(rows):
        attempt(row, cast, happened=MINUTE, logged=(place * 25 + 60) * timedelta(seconds=1))
    flagged = Clock.objects.filter(kind=ClauseKind.FIRST_ATTEMPT, bulk_logged=True)
    assert set(flagged.values_list("handoff", flat=True)) == {row.pk for row in rows}
    assert "Logged with others within a minute" in panel(rows[0], cast, client_of)


def test_two_in_a_minute_are_believed(cast: Cast) -> None:
    for place in range(4):
        row = handoff_at(HandoffState.CLAIMED, cast)
        logged = (place * 31 + 60) * timedelta(seconds=1)
        assert not attempt(row, cast, happened=MINUTE, logged=logged).bulk_logged


def test_earlier_evidence_corrects_the_verdict_and_says_so(cast: Cast, client_of: ClientOf) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    assert attempt(row, cast, happened=70 * MINUTE, logged=70 * MINUTE).verdict == "breached"
    clock = attempt(row, cast, happened=10 * MINUTE, logged=80 * MINUTE)
    assert (clock.verdict, clock.late_logged) == (Verdict.MET, True)
    text = panel(row, cast, client_of)
    assert "Corrected: earlier evidence was recorded later" in text
    assert "Logged 1 h 10 min after it happened" in text


def test_a_touch_before_the_claim_counts_from_the_claim(cast: Cast, client_of: ClientOf) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    clock = attempt(row, cast, happened=-MINUTE, logged=MINUTE)
    assert clock.stopped_at == clock.started_at
    assert "Happened before this began; counted from the start" in panel(row, cast, client_of)


def test_a_touch_in_the_future_is_refused(cast: Cast) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    with pytest.raises(Refusal) as refused:
        attempt(row, cast, happened=5 * MINUTE, logged=MINUTE)
    assert "future" in str(refused.value)
