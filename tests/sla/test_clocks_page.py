"""A handoff's clocks, as the workspace shows them."""

from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from handoff.people.models import Role
from leads.actions import claim
from leads.models import Handoff
from leads.stages import HandoffState
from sla.actions import clocks
from tests.cast import MONDAY, Cast, person
from tests.conftest import ClientOf
from tests.walk import STEP, handoff_at, reached, waiting


def page_of(handoff: Handoff) -> str:
    return reverse("sla:clocks", args=[handoff.pk])


def text_of(client: Client, handoff: Handoff, after: timedelta = timedelta(minutes=5)) -> str:
    with travel(MONDAY + after, tick=False):
        answer = client.get(page_of(handoff))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_running_clock_says_what_is_left_and_why(cast: Cast, client_of: ClientOf) -> None:
    text = text_of(client_of(cast.sam), waiting(cast))
    assert "<html" not in text
    assert "12 min left" in text
    assert "Mon 10:02→10:17 = 15 min: due Mon 10:17" in text
    assert "Sales claims each lead handed over within 15 business minutes." in text


def test_a_late_clock_says_by_how_much_and_who_was_told(cast: Cast, client_of: ClientOf) -> None:
    handoff = waiting(cast)
    while clocks.fire_next(at=MONDAY + timedelta(minutes=30)):
        pass
    text = text_of(client_of(cast.sam), handoff, timedelta(minutes=30))
    assert "late by 13 min" in text
    assert "Breached" in text


def test_a_met_clock_says_what_was_used(cast: Cast, client_of: ClientOf) -> None:
    handoff = handoff_at(HandoffState.ACCEPTED, cast)
    reached(handoff, cast.sam, at=MONDAY + 10 * STEP)
    text = text_of(client_of(cast.sam), handoff, timedelta(minutes=20))
    assert "1 min of 15 min used" in text
    assert "Mon 10:02→10:03 = 1 min: 1 min in all" in text
    assert "Mon 10:03→10:10 = 7 min: 7 min in all" in text
    assert "Touched" in text


def test_a_rescued_claim_reads_as_one(cast: Cast, client_of: ClientOf) -> None:
    handoff = handoff_at(HandoffState.CLAIMED, cast)
    claim.rescue(handoff_id=handoff.pk, at=MONDAY + timedelta(hours=4))
    text = text_of(client_of(cast.sam), handoff, timedelta(hours=4))
    assert "Back in the queue" in text


def test_marketing_reads_the_clocks_of_its_leads(cast: Cast, client_of: ClientOf) -> None:
    assert "12 min left" in text_of(client_of(cast.mara), waiting(cast))


def test_history_from_elsewhere_has_no_clock(cast: Cast, client_of: ClientOf) -> None:
    handoff = waiting(cast)
    imported = Handoff.objects.create(
        lead=handoff.lead,
        team=cast.sales,
        state=HandoffState.WON,
        offered_at=MONDAY,
        ended_at=MONDAY,
        imported=True,
    )
    assert "No promise runs on this lead" in text_of(client_of(cast.sam), imported)


def test_another_team_is_not_found(cast: Cast, client_of: ClientOf) -> None:
    handoff = waiting(cast)
    for stranger in (
        cast.otto,
        cast.olga,
        person("Nina"),
        person("Zoe", Role.SELLER, cast.other_sales),
    ):
        assert client_of(stranger).get(page_of(handoff)).status_code == 404
    assert client_of(cast.sam).get(reverse("sla:clocks", args=[2**63 - 1])).status_code == 404
    assert Client().get(page_of(handoff)).status_code == 302


def test_it_is_only_read(cast: Cast, client_of: ClientOf) -> None:
    assert client_of(cast.sam).post(page_of(waiting(cast))).status_code == 405


def test_the_number_of_queries_does_not_grow(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.sam)
    one, many = waiting(cast), handoff_at(HandoffState.CLAIMED, cast)
    for hours in (4, 8):
        claim.rescue(handoff_id=many.pk, at=MONDAY + timedelta(hours=hours))
        claim.claim(handoff_id=many.pk, by=cast.sol, at=MONDAY + timedelta(hours=hours + 1))
    assert queries_of(client, many) == queries_of(client, one) <= 9


def queries_of(client: Client, handoff: Handoff) -> int:
    with CaptureQueriesContext(connection) as caught:
        text_of(client, handoff)
    return len(caught)
