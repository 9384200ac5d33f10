"""Whom the criteria propose: on the desk, in the list, followed with one click or set aside."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from handoff.journal.models import Entry
from handoff.people.models import User
from leads import events
from leads.actions import rules as criteria
from leads.actions import scoring
from leads.actions.edit import edit
from leads.actions.qualification import dismiss, dismiss_many, qualify
from leads.actions.touch import Deed, touch
from leads.models import Lead, RuleSet, Score
from leads.queries.desk import Desk, desk_of
from leads.queries.people import Filters, leads_of
from leads.queries.proposals import proposed
from leads.refusals import Refusal
from leads.stages import LeadStage, ReasonGroup
from tests.cast import MONDAY, Cast
from tests.conftest import ApiOf, ClientOf
from tests.walk import lead_at, new_lead, returned

DEMO = {"key": "demo", "name": "Demo", "axis": "intent", "activity": ["demo_request"], "points": 30}
CITY = {"axis": "fit", "field": "city", "op": "is", "values": ["Recife"], "points": 5}
OPERATIONS = {"axis": "fit", "role": "veto", "field": "company", "op": "is", "values": ["Gone"]}
LATER = MONDAY + timedelta(hours=1)
TODAY = MONDAY.date()


@pytest.fixture
def mara(cast: Cast, client_of: ClientOf) -> Client:
    return client_of(cast.mara)


def agreed(cast: Cast, *, marks: bool = False, at: datetime = MONDAY) -> RuleSet:
    """A version that proposes whoever asked for a demo, in force, and everybody scored by it."""
    said = {"criteria": [DEMO, CITY, OPERATIONS], "thresholds": {"intent": 30}}
    row = criteria.draft(team_id=None, rules=said, by=cast.mara, at=at)
    criteria.revise(rule_set_id=row.pk, rules=said, marks=marks, revision=1, by=cast.mara, at=at)
    criteria.propose(rule_set_id=row.pk, by=cast.mara, at=at)
    row = criteria.approve(rule_set_id=row.pk, by=cast.tess, at=at)
    while scoring.rescore_next(at=at):
        pass
    return row


def keen(cast: Cast, lead: Lead | None = None, at: datetime = LATER, **fields: Any) -> Lead:
    """A lead that crosses the line."""
    lead = lead or new_lead(cast, **fields)
    deed = Deed(lead_id=lead.pk, kind="demo_request", occurred_at=at)
    touch(deed=deed, by=cast.mara, at=at)
    return Lead.objects.get(pk=lead.pk)


def not_now(cast: Cast) -> Lead:
    """A recycled lead with a day, above the line for what it did before it was handed off."""
    return keen(cast, returned(cast, ReasonGroup.NOT_NOW).lead, at=MONDAY - timedelta(days=1))


def ids(cast: Cast, today: Any = TODAY) -> list[int]:
    rows = leads_of(cast.mara, Filters(proposed_on=today))
    return sorted(rows.values_list("pk", flat=True))


def desk(cast: Cast) -> Desk:
    return desk_of(cast.mara, today=TODAY, at=LATER)


def refused(reason: str, step: Any, lead: Lead, by: User, said: str = "Not yet") -> None:
    with pytest.raises(Refusal) as caught:
        step(lead_id=lead.pk, reason=said, by=by, at=LATER)
    assert caught.value.reason == reason


def test_who_crosses_the_line_stands_on_the_desk_once_with_grade_evidence_and_version(
    cast: Cast, mara: Client
) -> None:
    rule_set, plain = agreed(cast), new_lead(cast)
    lead = keen(cast, city="Recife")
    found = desk(cast)
    [row] = found.proposed.rows
    assert (row.lead, found.proposed.count) == (lead, 1)
    assert row.score is not None
    assert (row.score.grade, row.score.rule_set) == ("D3", rule_set)
    assert [(part.text, part.said) for part in row.parts] == [
        ("Demo", "+30"),
        ("City is Recife", "+5"),
    ]
    assert [row.lead for row in found.news.rows] == [plain]
    shown = mara.get(reverse("leads:desk")).content.decode()
    assert shown.count(f'data-row="{lead.pk}"') == 1
    assert "Criteria v1" in shown


@pytest.mark.parametrize("stage", [one for one in LeadStage if one != LeadStage.NEW])
def test_whose_verdict_is_given_is_not_proposed(cast: Cast, stage: LeadStage) -> None:
    lead = lead_at(stage, cast)
    deed = Deed(lead_id=lead.pk, kind="demo_request", occurred_at=MONDAY)
    touch(deed=deed, by=cast.mara, at=MONDAY)
    agreed(cast)
    assert Score.objects.get(lead=lead).qualifies
    assert ids(cast) == []


def test_a_recycled_lead_is_proposed_when_its_day_comes_or_it_comes_back(cast: Cast) -> None:
    agreed(cast)
    lead = keen(cast, at=MONDAY)
    lead = returned(cast, ReasonGroup.NOT_NOW, email=lead.email).lead
    assert lead.recycle_on is not None
    assert ids(cast) == []
    assert ids(cast, lead.recycle_on) == [lead.pk]
    keen(cast, lead, at=LATER)
    assert ids(cast) == [lead.pk]
    found = desk(cast)
    assert [row.lead.pk for row in found.proposed.rows] == [lead.pk]
    assert [*found.news.rows, *found.again.rows] == []


def test_one_click_makes_it_an_mql_and_the_version_is_the_reason(cast: Cast, mara: Client) -> None:
    rule_set, lead = agreed(cast), keen(cast)
    back = f"http://testserver{reverse('leads:desk')}"
    address = reverse("leads:qualify", args=[lead.pk])
    answer = mara.post(address, headers={"referer": back})
    assert (answer.status_code, answer["Location"]) == (302, back)
    lead.refresh_from_db()
    assert (lead.stage, lead.qualification_reason) == (LeadStage.MQL, "v1 · D3")
    assert (lead.marketing_qualified_by, lead.qualified_under) == (cast.mara, rule_set)
    assert Entry.objects.filter(event=events.QUALIFIED, about_id=lead.pk).count() == 1
    assert "As criteria v1 · D3 proposed" in mara.get(lead.get_absolute_url()).content.decode()
    assert mara.post(address).status_code == 302
    assert ids(cast) == []


def test_a_reason_of_ones_own_is_kept_as_it_is(cast: Cast) -> None:
    agreed(cast)
    lead = keen(cast)
    qualify(lead_id=lead.pk, reason="I know them", by=cast.mara, at=LATER)
    lead.refresh_from_db()
    assert (lead.qualification_reason, lead.qualified_under) == ("I know them", None)


def test_without_a_proposal_a_reason_is_needed(cast: Cast) -> None:
    agreed(cast)
    refused("invalid", qualify, new_lead(cast), cast.mara, said=" ")


def test_a_dismissed_lead_stays_and_is_not_proposed(cast: Cast, mara: Client) -> None:
    agreed(cast)
    lead = keen(cast)
    address = reverse("leads:dismiss", args=[lead.pk])
    assert mara.post(address, {"reason": " "}).status_code == 422
    assert mara.post(address, {"reason": "A student"}).status_code == 302
    assert mara.post(address, {"reason": "Again"}).status_code == 302
    lead.refresh_from_db()
    assert lead.stage == LeadStage.NEW
    assert ids(cast) == []
    assert [row.lead for row in desk(cast).news.rows] == [lead]
    told = Entry.objects.get(event=events.PROPOSAL_DISMISSED)
    assert (told.by, told.data) == (cast.mara, {"number": 1, "reason": "A student"})
    assert "A student" in mara.get(lead.get_absolute_url()).content.decode()


def test_a_dismissal_holds_while_the_lead_stays_above_the_line(cast: Cast) -> None:
    agreed(cast)
    lead = keen(cast)
    dismiss(lead_id=lead.pk, reason="Not yet", by=cast.mara, at=LATER)
    keen(cast, lead, at=LATER + timedelta(hours=1))
    assert ids(cast) == []
    for company, found in (("Gone", []), ("Acme", [lead.pk])):
        edit(lead_id=lead.pk, changes={"company": company}, by=cast.mara, at=LATER)
        assert ids(cast) == found


def test_another_version_proposes_anew(cast: Cast) -> None:
    agreed(cast)
    lead = keen(cast)
    dismiss(lead_id=lead.pk, reason="Not yet", by=cast.mara, at=LATER)
    agreed(cast, at=LATER + timedelta(minutes=1))
    assert ids(cast) == [lead.pk]


def test_a_wave_of_the_same_version_forgets_no_dismissal(cast: Cast) -> None:
    rule_set, lead = agreed(cast), keen(cast)
    dismiss(lead_id=lead.pk, reason="Not yet", by=cast.mara, at=LATER)
    Score.objects.filter(lead=lead).update(fit=1)
    [force] = scoring.in_force()
    assert scoring.score_range(force, low=0, high=lead.pk, at=LATER) == 1
    assert (ids(cast), force.rule_set_id) == ([], rule_set.pk)


def test_what_marks_by_itself_leaves_a_dismissed_lead_alone(cast: Cast) -> None:
    agreed(cast, marks=True)
    lead = not_now(cast)
    dismiss(lead_id=lead.pk, reason="Not yet", by=cast.mara, at=LATER)
    assert keen(cast, lead).stage == LeadStage.RECYCLED


def test_what_marks_by_itself_waits_for_the_day_of_a_recycled_lead(cast: Cast) -> None:
    agreed(cast, marks=True)
    lead = not_now(cast)
    assert lead.stage == LeadStage.RECYCLED
    scoring.score(lead_ids=[lead.pk], at=LATER + timedelta(days=31))
    lead.refresh_from_db()
    assert lead.stage == LeadStage.MQL


def test_only_who_qualifies_leads_dismisses(cast: Cast) -> None:
    agreed(cast)
    lead = keen(cast)
    refused("unknown", dismiss, lead, cast.olga)
    refused("not_allowed", dismiss, lead_at(LeadStage.HANDED_OFF, cast), cast.sam)
    refused("not_proposed", dismiss, new_lead(cast), cast.mara)
    refused("not_proposed", dismiss, keen(cast, lead_at(LeadStage.MQL, cast)), cast.mara)


def test_many_proposals_at_once(cast: Cast, mara: Client) -> None:
    agreed(cast)
    rows = [keen(cast) for _ in range(3)]
    plain = new_lead(cast)
    address = f"{reverse('leads:list')}?proposed=1"
    shown = mara.get(address)
    assert [row.pk for row in shown.context["page"].rows] == [row.pk for row in rows[::-1]]
    assert "Dismiss ticked" in shown.content.decode()
    assert "Dismiss ticked" not in mara.get(reverse("leads:list")).content.decode()
    mara.post(reverse("leads:qualify_many"), {"lead": [rows[0].pk, plain.pk], "reason": ""})
    mara.post(reverse("leads:dismiss_many"), {"lead": [rows[1].pk, plain.pk], "reason": "No"})
    assert ids(cast) == [rows[2].pk]
    stages = Lead.objects.in_bulk([rows[0].pk, plain.pk])
    assert (stages[rows[0].pk].stage, stages[plain.pk].stage) == (LeadStage.MQL, LeadStage.NEW)
    with pytest.raises(Refusal):
        dismiss_many(lead_ids=[rows[2].pk], reason=" ", by=cast.mara, at=LATER)


def test_proposals_over_the_api(cast: Cast, api_of: ApiOf) -> None:
    agreed(cast)
    one, two, three = (keen(cast) for _ in range(3))
    new_lead(cast)
    api = api_of(cast.mara)
    leads = "/api/v1/leads/"

    def seen(**query: str) -> list[int]:
        return sorted(row["id"] for row in api.get(leads, query).json()["results"])

    assert seen(proposed="true") == [one.pk, two.pk, three.pk]
    assert len(seen(proposed="false")) == 4
    assert seen(grade="D3") == [one.pk, two.pk, three.pk]
    assert api.get(leads, {"grade": "E9"}).status_code == 400
    assert api.post(f"{leads}{one.pk}/dismiss/", {"reason": "No"}).json()["stage"] == "new"
    followed = api.post(f"{leads}{two.pk}/qualify/", {}).json()
    assert (followed["stage"], followed["qualification_reason"]) == ("mql", "v1 · D3")
    refused = api.post(f"{leads}{one.pk}/qualify/", {})
    assert (refused.status_code, refused.json()["fields"]) == (422, {"reason": "Say why."})
    gone = api.post(f"{leads}{two.pk}/dismiss/", {"reason": "No"})
    assert (gone.status_code, gone.json()["reason"]) == (409, "not_proposed")
    assert seen(proposed="true") == [three.pk]


def test_the_desk_asks_the_same_of_many_proposals(
    cast: Cast, mara: Client, django_assert_max_num_queries: Any
) -> None:
    agreed(cast)
    keen(cast)
    with django_assert_max_num_queries(15) as few:
        mara.get(reverse("leads:desk"))
    for _number in range(12):
        keen(cast)
    with django_assert_max_num_queries(len(few)):
        mara.get(reverse("leads:desk"))


def test_grades_stand_in_the_list_and_its_file_and_narrow_it(cast: Cast, mara: Client) -> None:
    before = new_lead(cast, name="Before Criteria")
    rule_set = criteria.draft(team_id=None, rules={"criteria": [DEMO]}, by=cast.mara, at=MONDAY)
    criteria.propose(rule_set_id=rule_set.pk, by=cast.mara, at=MONDAY)
    criteria.approve(rule_set_id=rule_set.pk, by=cast.tess, at=MONDAY)
    lead, other = keen(cast), new_lead(cast)
    rows = {
        row.pk: row.cells["grade"] for row in mara.get(reverse("leads:list")).context["page"].rows
    }
    assert rows == {before.pk: "", lead.pk: "D3", other.pk: "D4"}
    narrowed = mara.get(f"{reverse('leads:list')}?grade=D3&grade=A1&grade=Z9")
    assert [row.pk for row in narrowed.context["page"].rows] == [lead.pk]
    assert [chip[:2] for chip in narrowed.context["chips"]] == [("grade", "D3"), ("grade", "A1")]
    assert "Profile D, from A (best) to D" in narrowed.content.decode()
    file = mara.get(f"{reverse('leads:list_csv')}?grade=D3")
    header, line = b"".join(file.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert (
        dict(zip(header.lstrip("\ufeff").split(","), line.split(","), strict=True))["grade"] == "D3"
    )


def test_the_predicate_and_the_mark_agree(cast: Cast) -> None:
    """Whom a version without `marks` proposes is whom one with it makes an MQL."""
    agreed(cast)
    leads = [keen(cast), keen(cast, lead_at(LeadStage.RECYCLED, cast))]
    leads += [lead_at(stage, cast) for stage in LeadStage]
    for lead in leads[2:]:
        touch(
            deed=Deed(lead_id=lead.pk, kind="demo_request", occurred_at=MONDAY),
            by=cast.ada,
            at=MONDAY,
        )
    expected = set(Lead.objects.filter(proposed(TODAY)).values_list("pk", flat=True))
    agreed(cast, marks=True, at=LATER + timedelta(minutes=1))
    marked = Entry.objects.filter(event=events.QUALIFIED_BY_RULES)
    assert set(marked.values_list("about_id", flat=True)) == expected
    assert len(expected) > 2
