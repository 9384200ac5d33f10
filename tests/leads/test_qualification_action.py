"""Marked MQL or set aside, one by one and many at once."""

import pytest

from handoff.journal.models import Entry
from leads import events
from leads.actions.qualification import disqualify, disqualify_many, qualify, qualify_many
from leads.models import Lead
from leads.refusals import Refusal
from leads.stages import DISQUALIFIABLE, QUALIFIABLE, LeadStage
from tests.cast import MONDAY, Cast
from tests.walk import lead_at

REASON = "Asked for a price"


@pytest.mark.parametrize("stage", QUALIFIABLE)
def test_a_lead_outside_a_journey_becomes_an_mql(cast: Cast, stage: LeadStage) -> None:
    lead = lead_at(stage, cast)
    qualify(lead_id=lead.pk, reason="  Asked for\na price ", by=cast.mara, at=MONDAY)
    lead.refresh_from_db()
    assert (lead.stage, lead.marketing_qualified_by) == (LeadStage.MQL, cast.mara)
    assert (lead.marketing_qualified_at, lead.qualification_reason) == (MONDAY, REASON)
    assert Entry.objects.filter(event=events.QUALIFIED).last().data == {"reason": REASON}  # type: ignore[union-attr]


@pytest.mark.parametrize("stage", [LeadStage.HANDED_OFF, LeadStage.CLAIMED])
def test_a_lead_inside_a_journey_stays(cast: Cast, stage: LeadStage) -> None:
    lead = lead_at(stage, cast)
    for step in (qualify, disqualify):
        with pytest.raises(Refusal) as refused:
            step(lead_id=lead.pk, reason=REASON, by=cast.mara, at=MONDAY)
        assert refused.value.reason == "not_possible"


@pytest.mark.parametrize("stage", DISQUALIFIABLE)
def test_a_lead_is_set_aside(cast: Cast, stage: LeadStage) -> None:
    lead = lead_at(stage, cast)
    disqualify(lead_id=lead.pk, reason="A student", by=cast.mara, at=MONDAY)
    lead.refresh_from_db()
    assert (lead.stage, lead.disqualified_reason) == (LeadStage.DISQUALIFIED, "A student")


def test_the_same_verdict_twice_changes_nothing(cast: Cast) -> None:
    lead = lead_at(LeadStage.NEW, cast)
    for step, event in ((qualify, events.QUALIFIED), (disqualify, events.DISQUALIFIED)):
        step(lead_id=lead.pk, reason=REASON, by=cast.mara, at=MONDAY)
        step(lead_id=lead.pk, reason="again", by=cast.mara, at=MONDAY)
        assert Entry.objects.filter(event=event).count() == 1


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 501])
def test_a_verdict_needs_a_reason(cast: Cast, reason: str) -> None:
    lead = lead_at(LeadStage.NEW, cast)
    with pytest.raises(Refusal) as refused:
        qualify(lead_id=lead.pk, reason=reason, by=cast.mara, at=MONDAY)
    assert "reason" in (refused.value.fields or {})


def test_whose_lead_it_is_not_gives_no_verdict(cast: Cast) -> None:
    lead = lead_at(LeadStage.RETURNED, cast)
    for by, reason in ((cast.olga, "unknown"), (cast.sam, "not_allowed"), (cast.otto, "unknown")):
        with pytest.raises(Refusal) as refused:
            qualify(lead_id=lead.pk, reason=REASON, by=by, at=MONDAY)
        assert refused.value.reason == reason


def test_of_many_each_is_told_apart(cast: Cast) -> None:
    new, queued = lead_at(LeadStage.NEW, cast), lead_at(LeadStage.HANDED_OFF, cast)
    verdicts = qualify_many(
        lead_ids=[new.pk, queued.pk, 2**60], reason=REASON, by=cast.mara, at=MONDAY
    )
    assert [verdict.refusal and verdict.refusal.reason for verdict in verdicts] == [
        None,
        "not_possible",
        "unknown",
    ]
    assert Lead.objects.get(pk=new.pk).stage == LeadStage.MQL
    [gone] = disqualify_many(lead_ids=[new.pk], reason=REASON, by=cast.mara, at=MONDAY)
    assert gone.lead is not None
    assert gone.lead.stage == LeadStage.DISQUALIFIED


def test_many_has_an_end(cast: Cast) -> None:
    with pytest.raises(Refusal):
        qualify_many(lead_ids=range(501), reason=REASON, by=cast.mara, at=MONDAY)
