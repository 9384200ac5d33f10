"""Who hears of a handoff, by which channel, and which open pages ask again."""

from datetime import timedelta

import pytest

from handoff.journal import outbox
from handoff.journal.models import Entry
from handoff.notices import live
from handoff.notices.models import Delivery
from leads import events
from leads.actions import claim, rules
from leads.actions.scoring import rescore_next
from leads.actions.touch import Deed, touch
from leads.models import RuleSet
from leads.stages import HandoffState
from tests.cast import MONDAY, Cast
from tests.walk import criteria, handoff_at, new_lead

DEMO = {"key": "demo", "axis": "intent", "activity": ["demo_request"], "points": 30}
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


def test_the_marketers_hear_of_an_mql_that_the_criteria_made(cast: Cast) -> None:
    approved(criteria(cast, DEMO, team=cast.marketing, thresholds={"intent": 30}), cast)
    lead = new_lead(cast, name="Rita")
    deed = Deed(lead_id=lead.pk, kind="demo_request", occurred_at=MONDAY)
    touch(deed=deed, by=cast.mara, at=LATER)
    relayed()
    [row] = Delivery.objects.filter(event=events.QUALIFIED_BY_RULES)
    assert (row.recipient, row.channel, row.url) == (cast.mara, "bell", lead.get_absolute_url())
    assert (row.subject, row.body) == (
        "Rita is an MQL by the criteria",
        "Version 1, grade D3. It is ready to hand off.",
    )


def test_a_wave_that_makes_many_mqls_is_told_once(cast: Cast) -> None:
    for _number in range(3):
        lead = new_lead(cast)
        deed = Deed(lead_id=lead.pk, kind="demo_request", occurred_at=MONDAY)
        touch(deed=deed, by=cast.mara, at=MONDAY)
    approved(criteria(cast, DEMO, team=cast.marketing, thresholds={"intent": 30}), cast)
    while rescore_next(at=LATER):
        pass
    relayed()
    assert Entry.objects.filter(event=events.QUALIFIED_BY_RULES).count() == 3
    [row] = Delivery.objects.filter(event__in=(events.QUALIFIED_BY_RULES, events.RULES_MARKED))
    assert (row.recipient, row.subject) == (cast.mara, "3 leads became MQLs by the new criteria")
    assert row.url == "/leads/?stage=mql"


def approved(row: RuleSet, cast: Cast) -> RuleSet:
    """In force, and marking by itself."""
    rules.revise(
        rule_set_id=row.pk, rules=row.rules, marks=True, revision=1, by=cast.mara, at=MONDAY
    )
    rules.propose(rule_set_id=row.pk, by=cast.mara, at=MONDAY)
    return rules.approve(rule_set_id=row.pk, by=cast.tess, at=MONDAY)


def test_the_queue_and_the_board_ask_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(live.publisher, "publish", heard.extend)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        handoff_at(HandoffState.WAITING, cast)
    assert {f"queue:{cast.sales.pk}", "board"} <= set(heard)
