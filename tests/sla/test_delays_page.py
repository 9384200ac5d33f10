"""Where the time of a handoff went, on its page and over the API."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from leads.actions import claim, intake
from leads.actions.handoff import offer
from leads.arrival import Inbound
from leads.models import Handoff
from leads.stages import HandoffState, ReasonGroup
from sla.queries.delays import delays_of, journey_of
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf
from tests.walk import STEP, handoff_at, qualified, reached, returned, waiting


def seconds(handoff: Handoff, after: timedelta) -> dict[str, int]:
    told = delays_of(Handoff.objects.get(pk=handoff.pk), at=MONDAY + after)
    return {line.part.value: round(line.seconds) for line in told.lines if line.microseconds}


def test_a_tried_lead_says_where_its_time_went(cast: Cast, client_of: ClientOf) -> None:
    handoff = handoff_at(HandoffState.CLAIMED, cast)
    reached(handoff, cast.sam, at=MONDAY + 10 * STEP)
    with travel(MONDAY + 20 * STEP, tick=False):
        text = client_of(cast.sam).get(reverse("sla:clocks", args=[handoff.pk])).content.decode()
        told = client_of(cast.sam).get(reverse("api:delays", args=[handoff.pk])).json()
    assert "Of 10 min to the first attempt, 70% passed with the seller while we were open." in text
    assert told["reached"] == "tried"
    assert told["whole"] == sum(part["microseconds"] for part in told["parts"]) == 600_000_000
    assert seconds(handoff, 20 * STEP) == {"qualify": 60, "route": 60, "queue": 60, "seller": 420}


def test_an_untouched_lead_is_counted_up_to_now_and_says_so(cast: Cast) -> None:
    handoff = waiting(cast)
    told = delays_of(handoff, at=MONDAY + timedelta(hours=24))
    assert told.sentence == (
        "Nobody has tried yet. Of 24 h until now, 69% passed while we were closed."
    )
    assert sum(line.microseconds for line in told.lines) == told.delays.whole


def test_a_rescued_claim_is_the_sellers_time(cast: Cast) -> None:
    handoff = handoff_at(HandoffState.CLAIMED, cast)
    claim.rescue(handoff_id=handoff.pk, at=MONDAY + timedelta(hours=4))
    found = seconds(handoff, timedelta(hours=4, minutes=5))
    assert (found["queue"], found["seller"]) == (6 * 60, 147 * 60)
    assert found["seller_closed"] == 90 * 60


def test_a_later_journey_begins_with_the_touch_that_led_to_it(cast: Cast) -> None:
    first = returned(cast, ReasonGroup.NOT_NOW)
    again = MONDAY + timedelta(days=1)
    touch = Inbound(
        team_id=cast.marketing.pk,
        email=first.lead.email,
        kind="demo_request",
        occurred_at=again,
    )
    lead = intake.capture(record=touch, by=cast.mara, at=again + STEP).lead
    qualified(lead, cast, at=again + 2 * STEP)
    later = offer(
        lead_id=lead.pk,
        team_id=cast.sales.pk,
        note="Wrote again.",
        pains=[],
        promise="",
        by=cast.mara,
        at=again + 3 * STEP,
    )
    journey = journey_of(Handoff.objects.get(pk=later.pk))
    assert (journey.inbound_at, journey.recorded_at) == (again, again + STEP)
    assert journey.qualified_at == again + 2 * STEP
    before = journey_of(Handoff.objects.get(pk=first.pk))
    assert (before.inbound_at, before.qualified_at) == (MONDAY, MONDAY + STEP)


def test_imported_history_is_read_by_the_one_rule(cast: Cast) -> None:
    lead = waiting(cast).lead
    history = Handoff.objects.create(
        lead=lead,
        team=cast.sales,
        state=HandoffState.WON,
        offered_at=MONDAY - timedelta(days=9),
        ended_at=MONDAY - timedelta(days=2),
        imported=True,
    )
    told = delays_of(history, at=MONDAY + timedelta(days=1))
    assert told.delays.whole == 0
    assert told.sentence == "No time has passed since the person came in."


def test_other_teams_find_nothing(cast: Cast, client_of: ClientOf) -> None:
    handoff = waiting(cast)
    assert client_of(cast.otto).get(reverse("api:delays", args=[handoff.pk])).status_code == 404


def test_the_number_of_queries_does_not_depend_on_the_rescues(cast: Cast) -> None:
    handoff = handoff_at(HandoffState.CLAIMED, cast)
    for each in range(1, 4):
        claim.rescue(handoff_id=handoff.pk, at=MONDAY + timedelta(hours=4 * each))
        at = MONDAY + timedelta(hours=4 * each, minutes=1)
        claim.claim(handoff_id=handoff.pk, by=cast.sam, at=at)
    found = Handoff.objects.select_related("lead").get(pk=handoff.pk)
    with CaptureQueriesContext(connection) as caught:
        delays_of(found, at=MONDAY + timedelta(days=2))
    assert len(caught) == 2
