"""The offer and its package; taking it back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from handoff.journal.models import Entry
from handoff.people.models import User
from leads import events
from leads.actions import handoff
from leads.models import Campaign, Handoff, Interaction, InteractionKind, Lead, Material
from leads.package import package_of
from leads.refusals import Refusal
from leads.stages import HandoffState, LeadStage
from tests.cast import MONDAY, Cast
from tests.walk import fresh, handoff_at, lead_at, new_lead

LATER = MONDAY + timedelta(hours=1)


def offer(lead: Lead, cast: Cast, *, by: User | None = None, **fields: object) -> Handoff:
    package = {
        "team_id": cast.sales.pk,
        "note": "Call before noon.",
        "pains": ["Slow answers"],
        "promise": "A plan",
        **fields,
    }
    return handoff.offer(lead_id=lead.pk, by=by or cast.mara, at=LATER, **package)  # type: ignore[arg-type]


def test_an_offer_carries_its_package(cast: Cast) -> None:
    lead = lead_at(LeadStage.MQL, cast)
    campaign = Campaign.objects.create(team=cast.marketing, name="Nova", promise="A plan")
    guide = Material.objects.create(name="Buyer's guide")
    Interaction.objects.create(
        lead=lead,
        kind=InteractionKind.DOWNLOAD,
        material=guide,
        occurred_at=MONDAY,
        recorded_at=MONDAY,
    )
    row = offer(lead, cast, campaign_id=campaign.pk)
    assert (row.state, row.why_now) == (HandoffState.WAITING, "Download: Buyer's guide")
    assert (row.campaign, row.completeness) == (campaign, 100)
    assert Lead.objects.get(pk=lead.pk).stage == LeadStage.HANDED_OFF
    entry = Entry.objects.get(event=events.OFFERED)
    assert entry.data == {
        "lead_id": lead.pk,
        "lead": lead.name,
        "team_id": cast.sales.pk,
        "team": "Inside Sales",
    }


def test_a_package_names_what_it_lacks(cast: Cast) -> None:
    lead = new_lead(cast, job_title="", legal_basis="unknown", pains=[])
    package = package_of(lead, note="")
    assert [part.key for part in package.missing] == [
        "job_title",
        "legal_basis",
        "pains",
        "why_now",
        "promise",
        "note",
    ]
    assert package.percent == 40
    assert "note" not in [part.key for part in package_of(lead).parts]


@pytest.mark.parametrize("stage", [LeadStage.NEW, LeadStage.HANDED_OFF, LeadStage.WON])
def test_only_an_mql_is_handed_off(cast: Cast, stage: LeadStage) -> None:
    lead = lead_at(stage, cast)
    with pytest.raises(Refusal) as refused:
        offer(lead, cast)
    assert refused.value.reason == "not_possible"


def test_a_person_who_came_back_gets_a_new_handoff(cast: Cast) -> None:
    lead = lead_at(LeadStage.WON, cast)
    Lead.objects.filter(pk=lead.pk).update(stage=LeadStage.MQL)
    offer(lead, cast)
    assert Handoff.objects.filter(lead=lead).count() == 2


def test_the_database_keeps_one_open_handoff_a_lead(cast: Cast) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    with pytest.raises(IntegrityError):
        Handoff.objects.create(lead=row.lead, team=cast.sales, offered_at=LATER)


@pytest.mark.parametrize(
    ("who", "reason"),
    [("olga", "unknown"), ("sam", "unknown"), ("max", "not_allowed")],
)
def test_who_may_not_hand_off(cast: Cast, who: str, reason: str) -> None:
    lead = lead_at(LeadStage.MQL, cast)
    with pytest.raises(Refusal) as refused:
        offer(lead, cast, by=getattr(cast, who))
    assert refused.value.reason == reason


def test_what_is_wrong_with_an_offer_is_said_by_field(cast: Cast) -> None:
    lead = lead_at(LeadStage.MQL, cast)
    foreign = Campaign.objects.create(team=cast.other_marketing, name="Other")
    for fields, name in (
        ({"team_id": cast.marketing.pk}, "team"),
        ({"team_id": 2**40}, "team"),
        ({"campaign_id": foreign.pk}, "campaign"),
        ({"note": "n" * 4_001}, "note"),
        ({"pains": ["p"] * 21}, "pains"),
    ):
        with pytest.raises(Refusal) as refused:
            offer(lead, cast, **fields)
        assert list(refused.value.fields or {}) == [name]


@pytest.mark.parametrize("who", ["mara", "tess", "max"])
def test_a_waiting_one_is_taken_back(cast: Cast, who: str) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    handoff.withdraw(handoff_id=row.pk, by=getattr(cast, who), at=LATER)
    assert (fresh(row).state, fresh(row).lead.stage) == (HandoffState.WITHDRAWN, LeadStage.MQL)


@pytest.mark.parametrize(
    ("who", "reason"), [("sam", "not_allowed"), ("olga", "unknown"), ("otto", "unknown")]
)
def test_who_may_not_take_it_back(cast: Cast, who: str, reason: str) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    with pytest.raises(Refusal) as refused:
        handoff.withdraw(handoff_id=row.pk, by=getattr(cast, who), at=LATER)
    assert refused.value.reason == reason


def test_a_claimed_one_stays_with_sales(cast: Cast) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    with pytest.raises(Refusal) as refused:
        handoff.withdraw(handoff_id=row.pk, by=cast.mara, at=LATER)
    assert refused.value.reason == "not_possible"


def test_no_offer_without_its_entry(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    lead = lead_at(LeadStage.MQL, cast)

    def fail(*args: object, **data: object) -> None:
        raise RuntimeError("the journal is full")

    monkeypatch.setattr(handoff, "record", fail)
    with pytest.raises(RuntimeError):
        offer(lead, cast)
    assert not Handoff.objects.exists()
    assert Lead.objects.get(pk=lead.pk).stage == LeadStage.MQL
