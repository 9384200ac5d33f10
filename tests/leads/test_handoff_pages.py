"""The offer and the workspace: they work, refuse the wrong method, and hide what is foreign."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from leads.models import Campaign, Handoff, Lead
from leads.stages import HandoffState, LeadStage
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf
from tests.walk import fresh, handoff_at, lead_at, reached

Capture = Callable[[int], AbstractContextManager[CaptureQueriesContext]]


def package(cast: Cast, **fields: object) -> dict[str, object]:
    return {
        "team": cast.sales.pk,
        "note": "Call before noon.",
        "pains": "Slow answers\nNo data\n",
        "promise": "A plan",
        **fields,
    }


def test_mara_hands_off(cast: Cast, client_of: ClientOf) -> None:
    lead = lead_at(LeadStage.MQL, cast)
    campaign = Campaign.objects.create(team=cast.marketing, name="Nova", promise="<b>A plan</b>")
    Lead.objects.filter(pk=lead.pk).update(campaign=campaign)
    mara = client_of(cast.mara)
    page = mara.get(f"/leads/{lead.pk}/handoff/").content.decode()
    assert escape("<b>A plan</b>") in page
    assert "<b>A plan</b>" not in page
    answer = mara.post(f"/leads/{lead.pk}/handoff/", package(cast, campaign=campaign.pk))
    assert (answer.status_code, answer["Location"]) == (302, lead.get_absolute_url())
    row = Handoff.objects.get(lead=lead)
    assert (row.pains, row.campaign) == (["Slow answers", "No data"], campaign)


def test_what_is_missing_is_said_while_writing(cast: Cast, client_of: ClientOf) -> None:
    lead = lead_at(LeadStage.MQL, cast)
    url = f"/leads/{lead.pk}/handoff/preview/"
    answer = client_of(cast.mara).post(url, package(cast, note=""))
    assert "Note to the seller" in answer.content.decode()
    assert "No data" in answer.content.decode()
    assert not Handoff.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"team": ""},
        {"team": "9" * 30},
        {"pains": "\n".join("p" * 201 for _ in range(2))},
        {"note": "n" * 4_001},
        {"campaign": "x"},
    ],
)
def test_a_wrong_offer_is_shown_again(
    cast: Cast, client_of: ClientOf, wrong: dict[str, str]
) -> None:
    lead = lead_at(LeadStage.MQL, cast)
    answer = client_of(cast.mara).post(f"/leads/{lead.pk}/handoff/", package(cast, **wrong))
    assert answer.status_code == 422
    assert "form-error" in answer.content.decode()
    assert Lead.objects.get(pk=lead.pk).stage == LeadStage.MQL


def test_a_lead_that_is_elsewhere_leads_there(cast: Cast, client_of: ClientOf) -> None:
    new, row = lead_at(LeadStage.NEW, cast), handoff_at(HandoffState.WAITING, cast)
    mara = client_of(cast.mara)
    assert mara.get(f"/leads/{new.pk}/handoff/")["Location"] == new.get_absolute_url()
    assert mara.get(f"/leads/{row.lead_id}/handoff/")["Location"] == row.get_absolute_url()
    stale = mara.post(f"/leads/{row.lead_id}/handoff/", package(cast))
    assert stale.status_code == 409
    assert Handoff.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "status"), [("olga", 404), ("sam", 403), ("max", 403), ("ada", 200)]
)
def test_who_may_offer(cast: Cast, client_of: ClientOf, who: str, status: int) -> None:
    lead = lead_at(LeadStage.MQL, cast)
    client = client_of(getattr(cast, who))
    assert client.get(f"/leads/{lead.pk}/handoff/").status_code == status
    assert client.delete(f"/leads/{lead.pk}/handoff/").status_code == 405


@pytest.mark.parametrize("state", HandoffState)
@pytest.mark.parametrize("who", ["sam", "tess", "mara", "max"])
def test_the_workspace_opens_in_every_state(
    cast: Cast, client_of: ClientOf, state: HandoffState, who: str
) -> None:
    row = handoff_at(state, cast)
    answer = client_of(getattr(cast, who)).get(row.get_absolute_url())
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Leads wait for days" in page
    assert ("Log an attempt" in page) == (who in {"sam", "tess"} and fresh(row).is_held)


def test_the_workspace_of_another_team_is_not_there(cast: Cast, client_of: ClientOf) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    for who in (cast.otto, cast.olga):
        assert client_of(who).get(row.get_absolute_url()).status_code == 404
    assert client_of(cast.sam).post(row.get_absolute_url()).status_code == 405
    assert client_of(cast.sam).get("/handoffs/999999999999999999/").status_code == 404


def test_the_workspace_costs_the_same_with_a_long_story(
    cast: Cast, client_of: ClientOf, django_assert_max_num_queries: Capture
) -> None:
    row, sam = handoff_at(HandoffState.CLAIMED, cast), client_of(cast.sam)
    sam.get(row.get_absolute_url())
    with django_assert_max_num_queries(22) as before:
        sam.get(row.get_absolute_url())
    for minutes in range(20):
        reached(row, cast.sam, at=MONDAY + timedelta(minutes=4 + minutes))
    with django_assert_max_num_queries(len(before)):
        sam.get(row.get_absolute_url())


def test_words_of_a_lead_are_words(cast: Cast, client_of: ClientOf) -> None:
    bad = '"><script>alert(1)</script>'
    row = handoff_at(HandoffState.CLAIMED, cast, name=bad, company=bad, pains=[bad])
    Handoff.objects.filter(pk=row.pk).update(note=bad, promise=bad, pains=[bad], why_now=bad)
    for url in (row.get_absolute_url(), row.lead.get_absolute_url() + "handoff/"):
        page = client_of(cast.tess).get(url, follow=True).content.decode()
        assert "<script>alert" not in page


def test_mara_takes_it_back_once(cast: Cast, client_of: ClientOf) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    mara = client_of(cast.mara)
    assert mara.post(f"/handoffs/{row.pk}/withdraw/").status_code == 302
    again = mara.post(f"/handoffs/{row.pk}/withdraw/")
    assert (again.status_code, "Withdrawn" in again.content.decode()) == (409, True)
    assert client_of(cast.sam).post(f"/handoffs/{row.pk}/withdraw/").status_code == 403
    assert client_of(cast.otto).post(f"/handoffs/{row.pk}/withdraw/").status_code == 404
    assert mara.get(f"/handoffs/{row.pk}/withdraw/").status_code == 405
