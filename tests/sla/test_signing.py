"""One side proposes and the other signs; what both signed takes its place by instants alone."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from time_machine import travel

from handoff.journal import outbox
from handoff.journal.models import Entry
from handoff.notices.models import Delivery
from handoff.people.models import Role, Team, User
from leads.refusals import Refusal
from sla.actions import signing
from sla.actions.agreements import in_force, terms_in_force
from sla.actions.clocks import start
from sla.actions.terms import DEFAULT, MINUTE, Terms
from sla.models import Agreement, AgreementState, ClauseKind, Clock
from sla.sentences import standing
from tests.cast import MONDAY, Cast, person
from tests.conftest import ClientOf
from tests.walk import agreed, waiting

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
QUICK = (Terms(ClauseKind.CLAIM, 5 * MINUTE), *DEFAULT[1:])


@pytest.fixture
def lena(cast: Cast) -> User:
    """Who leads Mara's team."""
    return person("Lena", Role.LEAD, cast.marketing)


def draft(by: User, team: Team | None = None, **changes: Any) -> Agreement:
    said = {
        "team_id": team.pk if team else None,
        "calendar_id": in_force(None, at=MONDAY).calendar_id,
        "clauses": QUICK,
        "claim_accepts": True,
        "at": MONDAY,
        **changes,
    }
    return signing.draft(by=by, **said)


def proposed(by: User, team: Team | None = None, **said: Any) -> Agreement:
    row = draft(by, team)
    said = {"why": "Sooner.", "at": MONDAY, **said}
    return signing.propose(agreement_id=row.pk, by=by, **said)


def refused(step: Any, row: Agreement, by: User, **said: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        step(agreement_id=row.pk, by=by, at=MONDAY + HOUR, **said)
    return refusal.value.reason


def page(row: Agreement, verb: str) -> str:
    return reverse(f"sla:{verb}_agreement", args=[row.pk])


def test_marketing_proposes_and_sales_signs(cast: Cast, lena: User) -> None:
    first = in_force(cast.sales.pk, at=MONDAY)
    row = proposed(lena, cast.sales)
    assert (row.state, row.proposed_side, row.proposed_by) == ("proposed", "marketing", lena)
    assert in_force(cast.sales.pk, at=MONDAY + HOUR) == first
    signing.sign(agreement_id=row.pk, by=cast.tess, at=MONDAY + HOUR)
    now = in_force(cast.sales.pk, at=MONDAY + HOUR)
    assert (now.pk, now.state, now.signed_by) == (row.pk, "signed", cast.tess)
    assert in_force(cast.sales.pk, at=MONDAY + HOUR - timedelta(seconds=1)) == first
    entries = Entry.objects.filter(about="agreement").order_by("pk")
    told = list(entries.values_list("event", flat=True))
    assert told == ["agreement.proposed", "agreement.signed"]


def test_sales_proposes_and_marketing_signs(cast: Cast, lena: User) -> None:
    row = proposed(cast.tess, cast.sales)
    assert row.proposed_side == "sales"
    assert refused(signing.sign, row, cast.tess) == "not_allowed"
    signing.sign(agreement_id=row.pk, by=lena, at=MONDAY + HOUR)
    assert in_force(cast.sales.pk, at=MONDAY + HOUR).signed_by == lena


def test_only_the_other_side_answers(cast: Cast, lena: User) -> None:
    other_lead = person("Rui", Role.LEAD, cast.other_sales)
    second = person("Lea", Role.LEAD, cast.other_marketing)
    row = proposed(lena, cast.sales)
    for user in (lena, second, cast.mara, cast.sam):
        assert refused(signing.sign, row, user) == "not_allowed"
        assert refused(signing.send_back, row, user, why="No.") == "not_allowed"
    assert refused(signing.sign, row, other_lead) == "unknown"
    row.refresh_from_db()
    assert row.state == AgreementState.PROPOSED


def test_a_manager_signs_for_the_side_that_did_not_propose(cast: Cast) -> None:
    row = draft(cast.max)
    assert refused(signing.propose, row, cast.max, why="Sooner.") == "invalid"
    signing.propose(agreement_id=row.pk, why="Sooner.", side="sales", by=cast.max, at=MONDAY)
    assert refused(signing.sign, row, cast.max) == "not_allowed"
    assert refused(signing.sign, row, cast.tess) == "not_allowed"
    assert signing.sign(agreement_id=row.pk, by=cast.ada, at=MONDAY).state == "signed"


def test_a_proposal_comes_back_with_what_is_missing(cast: Cast, lena: User) -> None:
    row = proposed(lena, cast.sales, starts_at=MONDAY + DAY)
    assert refused(signing.revise, row, lena, **terms(row), revision=1) == "not_possible"
    assert refused(signing.send_back, row, cast.tess, why="  ") == "invalid"
    signing.send_back(agreement_id=row.pk, why="Not at night.", by=cast.tess, at=MONDAY)
    row.refresh_from_db()
    assert (row.state, row.answer, row.proposed_by) == ("draft", "Not at night.", None)
    assert row.started_at is None
    assert refused(signing.sign, row, cast.tess) == "not_possible"
    signing.revise(agreement_id=row.pk, **terms(row), revision=1, by=cast.tess, at=MONDAY)
    again = signing.propose(agreement_id=row.pk, why="By day.", by=lena, at=MONDAY)
    assert (again.why, again.answer, again.revision) == ("By day.", "", 2)


def terms(row: Agreement) -> dict[str, Any]:
    return {"calendar_id": row.calendar_id, "clauses": DEFAULT, "claim_accepts": False}


def test_of_two_who_edit_a_draft_the_second_is_told(cast: Cast, client_of: ClientOf) -> None:
    row = draft(cast.max)
    signing.revise(agreement_id=row.pk, **terms(row), revision=1, by=cast.ada, at=MONDAY)
    assert refused(signing.revise, row, cast.max, **terms(row), revision=1) == "changed_meanwhile"
    client = client_of(cast.max)
    text = client.get(page(row, "edit")).content.decode()
    assert 'name="revision" value="2"' in text
    sent: dict[str, Any] = {"calendar": row.calendar_id, "revision": 1}
    sent |= {f"{one.kind}_target": f"{one.target} s" for one in DEFAULT}
    stale = client.post(page(row, "edit"), sent)
    assert stale.status_code == 409
    assert "Somebody changed this while you were editing." in stale.content.decode()
    assert client.post(page(row, "edit"), {**sent, "revision": 2}).status_code == 302


def test_one_is_proposed_at_a_time(cast: Cast, lena: User) -> None:
    proposed(lena, cast.sales)
    second = draft(cast.tess, cast.sales)
    assert refused(signing.propose, second, cast.tess, why="Mine.") == "already_proposed"
    assert proposed(lena, cast.other_sales).state == AgreementState.PROPOSED


@pytest.mark.parametrize("start", [MONDAY, MONDAY - DAY, MONDAY + 400 * DAY])
def test_a_start_lies_ahead_within_a_year(cast: Cast, lena: User, start: datetime) -> None:
    row = draft(lena)
    with pytest.raises(Refusal) as refusal:
        signing.propose(agreement_id=row.pk, why="x", starts_at=start, by=lena, at=MONDAY)
    assert list(refusal.value.fields or {}) == ["starts_at"]


def test_a_start_that_lay_ahead_comes_by_itself(cast: Cast) -> None:
    """The terms are kept in memory, and yet the old ones are not served a moment too long."""
    first = agreed(cast, team=cast.sales)
    begins = MONDAY + 2 * DAY
    row = agreed(cast, team=cast.sales, clauses=QUICK, at=MONDAY + HOUR, starts_at=begins)
    for at, version, target in (
        (begins - timedelta(microseconds=1), first, 15 * MINUTE),
        (begins, row, 5 * MINUTE),
        (begins - timedelta(microseconds=1), first, 15 * MINUTE),
        (begins + DAY, row, 5 * MINUTE),
    ):
        found = terms_in_force(cast.sales.pk, at=at)
        assert found.agreement == version
        assert found.clauses[ClauseKind.CLAIM].target == target
    first.refresh_from_db()
    assert first.ended_at == begins


def test_clocks_begin_under_what_is_in_force_at_their_start(cast: Cast) -> None:
    agreed(cast, team=cast.sales)
    begins = MONDAY + DAY
    agreed(cast, team=cast.sales, clauses=QUICK, at=MONDAY, starts_at=begins)
    with travel(begins - HOUR, tick=False) as clock:
        before = waiting(cast, at=begins - HOUR)
        clock.move_to(begins + HOUR)
        after = waiting(cast, at=begins + HOUR)
    targets = {one.handoff_id: one.clause.target for one in Clock.objects.select_related("clause")}
    assert targets == {before.pk: 15 * MINUTE, after.pk: 5 * MINUTE}


def test_what_a_later_one_overtakes_never_begins(cast: Cast) -> None:
    first = agreed(cast, team=cast.sales)
    slow = agreed(cast, team=cast.sales, at=MONDAY + HOUR, starts_at=MONDAY + 9 * DAY)
    soon = agreed(cast, team=cast.sales, at=MONDAY + 2 * HOUR, starts_at=MONDAY + 3 * DAY)
    for row in (first, slow, soon):
        row.refresh_from_db()
    assert [first.ended_at, soon.ended_at] == [MONDAY + 3 * DAY, None]
    assert in_force(cast.sales.pk, at=MONDAY + 2 * DAY) == first
    assert in_force(cast.sales.pk, at=MONDAY + 9 * DAY) == soon
    assert standing(slow, MONDAY + 3 * HOUR).text == "Overtaken before it began"
    assert standing(soon, MONDAY + 3 * HOUR).text == "Signed, not yet in force"
    assert standing(first, MONDAY + 3 * DAY).text == "Ended"


def test_a_first_version_for_a_day_ahead_leaves_no_gap(cast: Cast) -> None:
    calendar = in_force(None, at=MONDAY).calendar_id
    Agreement.objects.all().delete()
    begins = MONDAY + DAY
    row = agreed(cast, calendar_id=calendar, at=MONDAY, starts_at=begins)
    until_then = in_force(None, at=MONDAY + HOUR)
    assert (until_then.state, until_then.ended_at) == ("unsigned", begins)
    assert in_force(cast.sales.pk, at=begins) == row
    assert in_force(None, at=MONDAY + 2 * HOUR) == until_then


def test_a_process_whose_clock_is_behind_finds_the_default(cast: Cast) -> None:
    first = in_force(None, at=MONDAY)
    assert in_force(None, at=MONDAY - timedelta(milliseconds=5)) == first
    assert Agreement.objects.count() == 1


def test_what_was_archived_meanwhile_begins_no_clock_of_its_own(cast: Cast) -> None:
    row = waiting(cast)
    agreed(cast, team=cast.sales, at=MONDAY + HOUR)
    [clock] = start(
        handoff_id=row.pk,
        team_id=cast.sales.pk,
        kinds=[ClauseKind.FEEDBACK],
        at=MONDAY + 2 * HOUR,
    )
    assert clock.clause.agreement.team == cast.sales


def deliver() -> None:
    while outbox.fire_next(at=MONDAY + DAY):
        pass


def heard(event: str) -> dict[str, set[str]]:
    told: dict[str, set[str]] = {}
    for row in Delivery.objects.filter(event=event).select_related("recipient"):
        told.setdefault(row.recipient.name, set()).add(row.channel)
    return told


BOTH = {"bell", "email"}


def test_the_other_side_is_told_by_bell_and_e_mail(cast: Cast, lena: User) -> None:
    row = proposed(lena, cast.sales)
    deliver()
    assert heard("agreement.proposed") == {"Tess": BOTH}
    signing.send_back(agreement_id=row.pk, why="Not at night.", by=cast.tess, at=MONDAY)
    deliver()
    assert heard("agreement.sent_back") == {"Lena": BOTH}
    told = Delivery.objects.filter(event="agreement.sent_back").first()
    assert told is not None
    assert told.subject == "Tess sent back the agreement with Inside Sales"
    assert "“Not at night.”" in told.body
    signing.propose(agreement_id=row.pk, why="By day.", by=lena, at=MONDAY)
    signing.sign(agreement_id=row.pk, by=cast.tess, at=MONDAY)
    deliver()
    assert heard("agreement.signed") == {"Lena": BOTH}


def test_where_nobody_leads_the_other_side_the_managers_hear(cast: Cast) -> None:
    proposed(cast.tess, cast.sales)
    deliver()
    assert heard("agreement.proposed") == {"Max": BOTH}


def test_the_page_offers_each_what_is_theirs_to_do(
    cast: Cast, lena: User, client_of: ClientOf
) -> None:
    row = draft(lena, cast.sales)
    mine = client_of(lena).get(row.get_absolute_url()).content.decode()
    assert page(row, "edit") in mine
    assert page(row, "propose") in mine
    sent = {"why": "Sooner.", "starts_at": "2026-12-01T09:00"}
    with travel(MONDAY, tick=False):
        answer = client_of(lena).post(page(row, "propose"), sent)
    assert answer.headers["Location"] == row.get_absolute_url()
    row.refresh_from_db()
    assert row.started_at == datetime.fromisoformat("2026-12-01T12:00:00+00:00")
    own = reverse("sla:agreement_of", args=[cast.sales.pk])
    assert "Version 1 is proposed by marketing" in client_of(cast.tess).get(own).content.decode()
    theirs = client_of(cast.tess).get(row.get_absolute_url()).content.decode()
    assert page(row, "sign") in theirs
    assert page(row, "send_back") in theirs
    for user in (lena, cast.mara, cast.sam):
        text = client_of(user).get(row.get_absolute_url()).content.decode()
        assert page(row, "sign") not in text
    assert client_of(cast.tess).post(page(row, "send_back"), {}).status_code == 422
    with travel(MONDAY, tick=False):
        signed = client_of(cast.tess).post(page(row, "sign"), follow=True).content.decode()
    assert "Both sides have signed version 1: signed, not yet in force." in signed
    assert "Tess" in signed


def test_what_is_wrong_with_a_proposal_is_said_at_its_field(
    cast: Cast, lena: User, client_of: ClientOf
) -> None:
    row = draft(lena)
    for sent, field in (
        ({"why": ""}, "why"),
        ({"why": "x", "starts_at": "2001-01-01T09:00"}, "starts_at"),
        ({"why": "x", "starts_at": "soon"}, "starts_at"),
    ):
        answer = client_of(lena).post(page(row, "propose"), sent)
        assert answer.status_code == 422
        assert list(answer.context["propose"].errors) == [field]
    both = client_of(cast.max).post(page(row, "propose"), {"why": "x"})
    assert list(both.context["propose"].errors) == ["side"]


def test_what_nobody_signed_says_so_and_is_proposed_as_it_is(
    cast: Cast, lena: User, client_of: ClientOf
) -> None:
    first = in_force(None, at=MONDAY)
    text = client_of(lena).get(reverse("sla:agreement")).content.decode()
    assert "Not yet signed by both sides" in text
    assert page(first, "copy") in text
    assert page(first, "copy") not in (
        client_of(cast.mara).get(reverse("sla:agreement")).content.decode()
    )
    client_of(lena).post(page(first, "copy"))
    row = Agreement.objects.latest("pk")
    assert (row.number, row.state, row.created_by) == (2, "draft", lena)
    assert row.clauses.count() == first.clauses.count()
    text = client_of(lena).get(row.get_absolute_url()).content.decode()
    assert "It says the same." in text


def test_two_versions_are_compared_in_sentences(cast: Cast, client_of: ClientOf) -> None:
    first = in_force(None, at=MONDAY)
    second = agreed(cast, clauses=QUICK, claim_accepts=False, at=MONDAY + HOUR)
    third = agreed(cast, claim_accepts=True, at=MONDAY + 2 * HOUR)
    text = client_of(cast.sam).get(second.get_absolute_url()).content.decode()
    assert "Against version 1" in text
    assert "<del>Sales claims each lead handed over within 15 business minutes." in text
    assert "Sales claims each lead handed over within 5 business minutes." in text
    chosen = client_of(cast.sam).get(third.get_absolute_url(), {"against": first.pk})
    assert "Against version 1" in chosen.content.decode()
    assert "It says the same." in chosen.content.decode()
    for odd in ("x", "-1", "9" * 30, "٣"):
        assert (
            client_of(cast.sam).get(third.get_absolute_url(), {"against": odd}).status_code == 200
        )


def test_a_draft_alone_is_edited(cast: Cast, client_of: ClientOf) -> None:
    row = agreed(cast)
    assert client_of(cast.max).get(page(row, "edit")).status_code == 409
    assert refused(signing.revise, row, cast.max, **terms(row), revision=1) == "not_possible"
    assert refused(signing.propose, row, cast.max, why="x") == "not_possible"
