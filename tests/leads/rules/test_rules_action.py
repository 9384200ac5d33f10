"""The way of criteria into force, and what follows from it."""

from datetime import timedelta
from typing import Any

import pytest

from handoff.journal.models import Entry
from handoff.people.models import User
from leads import events
from leads.actions import rules as actions
from leads.actions import scoring
from leads.actions.touch import Deed, touch
from leads.models import Lead, RuleSet, Score, Wave
from leads.refusals import Refusal
from leads.stages import LeadStage, RuleSetState
from tests.cast import MONDAY, Cast
from tests.walk import lead_at, new_lead

DEMO = {"key": "demo", "axis": "intent", "activity": ["demo_request"], "points": 30}
RULES = {"criteria": [DEMO], "thresholds": {"intent": 30}}
LATER = MONDAY + timedelta(hours=1)


def drafted(cast: Cast, team_id: int | None = None, rules: Any = RULES) -> RuleSet:
    return actions.draft(team_id=team_id, rules=rules, why="Demos win.", by=cast.mara, at=MONDAY)


def agreed(cast: Cast, team_id: int | None = None, rules: Any = RULES, **more: Any) -> RuleSet:
    row = drafted(cast, team_id, rules)
    if more:
        row = actions.revise(
            rule_set_id=row.pk, rules=rules, revision=1, by=cast.mara, at=MONDAY, **more
        )
    actions.propose(rule_set_id=row.pk, by=cast.mara, at=MONDAY)
    return actions.approve(rule_set_id=row.pk, by=cast.tess, at=MONDAY)


def refused(reason: str, step: Any, **given: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        step(**given)
    assert caught.value.reason == reason
    return caught.value


def revision_of(row: RuleSet, cast: Cast) -> dict[str, Any]:
    return {"rule_set_id": row.pk, "rules": RULES, "revision": 1, "by": cast.mara, "at": MONDAY}


def asked_for_a_demo(cast: Cast, lead: Lead) -> None:
    deed = Deed(lead_id=lead.pk, kind="demo_request", occurred_at=LATER)
    touch(deed=deed, by=cast.mara, at=LATER)


def test_marketing_proposes_and_sales_approves(cast: Cast) -> None:
    row = agreed(cast)
    assert (row.state, row.number, row.proposed_by, row.approved_by) == (
        RuleSetState.ACTIVE,
        1,
        cast.mara,
        cast.tess,
    )
    told = Entry.objects.filter(about="rules").order_by("pk").values_list("event", flat=True)
    assert list(told) == [events.RULES_PROPOSED, events.RULES_APPROVED]


def test_the_next_version_retires_the_one_before(cast: Cast) -> None:
    first, second = agreed(cast), agreed(cast)
    first.refresh_from_db()
    assert (first.state, first.retired_at, second.number) == (RuleSetState.RETIRED, MONDAY, 2)


@pytest.mark.parametrize("name", ["mara", "sam", "otto"])
def test_only_who_leads_sales_approves(cast: Cast, name: str) -> None:
    row = drafted(cast)
    actions.propose(rule_set_id=row.pk, by=cast.mara, at=MONDAY)
    by: User = getattr(cast, name)
    refused("not_allowed", actions.approve, rule_set_id=row.pk, by=by, at=MONDAY)
    row.refresh_from_db()
    assert row.state == RuleSetState.PROPOSED


def test_nobody_approves_their_own_proposal(cast: Cast) -> None:
    row = actions.draft(team_id=None, rules=RULES, by=cast.ada, at=MONDAY)
    actions.propose(rule_set_id=row.pk, by=cast.ada, at=MONDAY)
    refused("not_allowed", actions.approve, rule_set_id=row.pk, by=cast.ada, at=MONDAY)


def test_sales_writes_no_criteria(cast: Cast) -> None:
    refused("not_allowed", actions.draft, team_id=None, rules=RULES, by=cast.sam, at=MONDAY)
    foreign = cast.other_marketing.pk
    refused("not_allowed", actions.draft, team_id=foreign, rules=RULES, by=cast.mara, at=MONDAY)


def test_a_proposal_sent_back_is_a_draft_with_its_answer(cast: Cast) -> None:
    row = drafted(cast)
    actions.propose(rule_set_id=row.pk, by=cast.mara, at=MONDAY)
    refused("invalid", actions.send_back, rule_set_id=row.pk, why=" ", by=cast.tess, at=MONDAY)
    row = actions.send_back(rule_set_id=row.pk, why="Too many.", by=cast.tess, at=MONDAY)
    assert (row.state, row.answer, row.proposed_at) == (RuleSetState.DRAFT, "Too many.", None)


def test_the_second_of_two_editors_is_told(cast: Cast) -> None:
    row = drafted(cast)
    given = revision_of(row, cast)
    actions.revise(**given)
    refused("changed_meanwhile", actions.revise, **given)


@pytest.mark.parametrize("state", ["proposed", "active"])
def test_what_is_agreed_on_does_not_change(cast: Cast, state: str) -> None:
    row = agreed(cast) if state == "active" else drafted(cast)
    if state == "proposed":
        actions.propose(rule_set_id=row.pk, by=cast.mara, at=MONDAY)
    given = revision_of(row, cast)
    refused("not_possible", actions.revise, **given)


def test_a_proposal_that_makes_no_sense_is_refused(cast: Cast) -> None:
    row = drafted(cast, rules={"criteria": [DEMO], "thresholds": {"intent": 500}})
    found = refused("invalid", actions.propose, rule_set_id=row.pk, by=cast.mara, at=MONDAY)
    assert list(found.fields or {}) == ["thresholds.intent"]


def test_a_touch_scores_in_its_own_transaction(cast: Cast) -> None:
    agreed(cast)
    lead = new_lead(cast)
    score = Score.objects.get(lead=lead)
    assert (score.intent, score.qualifies) == (0, False)
    asked_for_a_demo(cast, lead)
    score.refresh_from_db()
    assert (score.intent, score.qualifies) == (3_000, True)
    lead.refresh_from_db()
    assert lead.stage == LeadStage.NEW


def test_who_crosses_the_line_becomes_an_mql_where_agreed(cast: Cast) -> None:
    agreed(cast, marks=True)
    lead = new_lead(cast)
    asked_for_a_demo(cast, lead)
    lead.refresh_from_db()
    assert (lead.stage, lead.marketing_qualified_at) == (LeadStage.MQL, LATER)
    entry = Entry.objects.get(event=events.QUALIFIED_BY_RULES)
    assert (entry.about_id, entry.data) == (lead.pk, {"number": 1, "grade": "D3"})


def test_a_lead_with_sales_is_not_marked_again(cast: Cast) -> None:
    agreed(cast, marks=True)
    lead = lead_at(LeadStage.CLAIMED, cast)
    asked_for_a_demo(cast, lead)
    lead.refresh_from_db()
    assert lead.stage == LeadStage.CLAIMED


def test_a_team_with_criteria_of_its_own_follows_no_others(cast: Cast) -> None:
    everybody = agreed(cast)
    own = agreed(cast, cast.marketing.pk, {"criteria": [{**DEMO, "points": 7}]})
    lead = new_lead(cast)
    asked_for_a_demo(cast, lead)
    assert (Score.objects.get(lead=lead).rule_set, own == everybody) == (own, False)


def test_a_wave_scores_everybody_and_goes_on_where_it_was(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring, "CHUNK", 2)
    leads = [new_lead(cast) for _ in range(5)]
    agreed(cast)
    assert not Score.objects.exists()
    assert Wave.objects.get().percent == 0
    assert scoring.rescore_next(at=LATER)
    assert (Score.objects.count(), Wave.objects.get().percent) == (2, 40)
    while scoring.rescore_next(at=LATER):
        pass
    assert Score.objects.count() == len(leads)
    wave = Wave.objects.get()
    assert (wave.finished_at, wave.percent, wave.changed) == (LATER, 100, 5)


def test_a_wave_whose_criteria_were_replaced_ends(cast: Cast) -> None:
    new_lead(cast)
    first, second = agreed(cast), agreed(cast)
    while scoring.rescore_next(at=LATER):
        pass
    assert Wave.objects.get(rule_set=first).finished_at == LATER
    assert set(Score.objects.values_list("rule_set", flat=True)) == {second.pk}


def test_a_score_that_ages_is_made_anew(cast: Cast) -> None:
    agreed(cast, rules={"criteria": [{**DEMO, "within_days": 7}]})
    lead = new_lead(cast)
    asked_for_a_demo(cast, lead)
    while scoring.rescore_next(at=LATER):
        pass
    assert Score.objects.get().intent == 3_000
    while scoring.rescore_next(at=LATER + timedelta(days=8)):
        pass
    assert Score.objects.get().intent == 0
