"""Clocks of both sides: sales owes a talk, marketing an answer and a next step."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.urls import reverse
from time_machine import travel

from feedback import actions as feedback
from leads.actions import claim, contact
from leads.actions.qualification import disqualify, qualify
from leads.models import Handoff
from leads.stages import HandoffState, ReasonGroup
from sla.actions import clocks
from sla.actions.terms import DEFAULT, HOUR, MINUTE, Terms
from sla.models import ClauseKind, Clock, Evidence, Verdict
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf
from tests.walk import agreed, handoff_at, returned

A_MINUTE = timedelta(minutes=1)
LATER = MONDAY + timedelta(minutes=30)


def clock(row: Handoff, kind: str) -> Clock:
    return Clock.objects.filter(handoff=row, kind=kind).latest("id")


def tried(row: Handoff, cast: Cast, result: str, *, automatic: bool = False) -> None:
    contact.attempt(
        handoff_id=row.pk,
        channel="call",
        result=result,
        occurred_at=LATER,
        automatic=automatic,
        by=cast.sam,
        at=LATER,
    )


def said(row: Handoff, cast: Cast, *, accepted: bool = False, quality: int = 2) -> None:
    reason = "" if accepted else "bad_data"
    feedback.give(
        handoff_id=row.pk,
        accepted=accepted,
        quality=quality,
        reason=reason,
        comment="Nobody there.",
        by=cast.sam,
        at=LATER,
    )


# ------------------------------------------------------------------ sales talks
@pytest.mark.parametrize(
    ("result", "stopped"),
    [
        ("no_answer", {"first_attempt", "lease"}),
        ("contact", {"first_attempt", "lease"}),
        ("two_way", {"first_attempt", "first_contact", "lease"}),
    ],
)
def test_a_talk_is_more_than_a_try(cast: Cast, result: str, stopped: set[str]) -> None:
    row = handoff_at(HandoffState.ACCEPTED, cast)
    tried(row, cast, result)
    met = Clock.objects.filter(handoff=row, verdict=Verdict.MET, stopped_at=LATER)
    assert set(met.values_list("kind", flat=True)) == stopped


def test_an_automatic_message_is_no_talk(cast: Cast) -> None:
    row = handoff_at(HandoffState.ACCEPTED, cast)
    tried(row, cast, "two_way", automatic=True)
    assert clock(row, ClauseKind.FIRST_CONTACT).verdict == Verdict.RUNNING


def with_evidence(**evidence: str) -> Sequence[Terms]:
    return [Terms(each.kind, each.target, evidence=evidence.get(each.kind, "")) for each in DEFAULT]


def test_what_counts_is_agreed_on(cast: Cast) -> None:
    strict = with_evidence(first_attempt=Evidence.CONTACT, first_contact=Evidence.CONTACT)
    agreed(cast, team=cast.sales, clauses=strict)
    row = handoff_at(HandoffState.ACCEPTED, cast)
    tried(row, cast, "left_message")
    assert clock(row, ClauseKind.FIRST_ATTEMPT).verdict == Verdict.RUNNING
    assert clock(row, ClauseKind.LEASE).verdict == Verdict.MET
    tried(row, cast, "contact")
    assert clock(row, ClauseKind.FIRST_ATTEMPT).verdict == Verdict.MET
    assert clock(row, ClauseKind.FIRST_CONTACT).verdict == Verdict.MET


def test_whoever_is_given_a_lead_that_was_tried_still_owes_the_talk(cast: Cast) -> None:
    row = handoff_at(HandoffState.ACCEPTED, cast)
    tried(row, cast, "no_answer")
    claim.reassign(handoff_id=row.pk, to=cast.sol, by=cast.tess, at=LATER + A_MINUTE)
    owed = Clock.objects.open().filter(handoff=row)
    assert [(one.kind, one.owner) for one in owed] == [("first_contact", cast.sol)]


def test_a_journey_that_ends_without_a_talk_owes_none(cast: Cast) -> None:
    row = returned(cast, ReasonGroup.UNREACHABLE)
    assert clock(row, ClauseKind.FIRST_CONTACT).verdict == Verdict.CANCELLED


def test_what_is_not_agreed_on_runs_no_clock(cast: Cast) -> None:
    extra = (ClauseKind.FIRST_CONTACT, ClauseKind.ANSWER, ClauseKind.TAKE_UP)
    agreed(cast, team=cast.sales, clauses=[each for each in DEFAULT if each.kind not in extra])
    row = returned(cast, ReasonGroup.BAD_DATA)
    said(row, cast)
    assert not Clock.objects.filter(handoff=row, kind__in=extra).exists()


# ------------------------------------------------------------------ marketing answers
@pytest.mark.parametrize(
    ("accepted", "quality", "owed"), [(False, 4, True), (True, 2, True), (True, 3, False)]
)
def test_feedback_that_is_no_praise_is_to_be_answered(
    cast: Cast, accepted: bool, quality: int, owed: bool
) -> None:
    row = handoff_at(HandoffState.WON, cast)
    said(row, cast, accepted=accepted, quality=quality)
    running = Clock.objects.open().filter(handoff=row, kind=ClauseKind.ANSWER)
    assert running.exists() == owed
    if owed:
        one = running.get()
        assert (one.side, one.team, one.owner) == ("marketing", cast.marketing, cast.mara)
        assert one.started_at == LATER


def test_an_answer_stops_the_clock_and_a_late_one_is_late(cast: Cast) -> None:
    row = handoff_at(HandoffState.WON, cast)
    said(row, cast)
    due_at = clock(row, ClauseKind.ANSWER).due_at
    feedback.reply(handoff_id=row.pk, text="We ask twice now.", by=cast.mara, at=due_at)
    assert clock(row, ClauseKind.ANSWER).verdict == Verdict.MET


def test_marketing_is_warned_and_its_breach_is_recorded(cast: Cast) -> None:
    row = handoff_at(HandoffState.WON, cast)
    said(row, cast)
    one = clock(row, ClauseKind.ANSWER)
    while clocks.fire_some(at=one.due_at + timedelta(seconds=1)):
        pass
    one.refresh_from_db()
    assert one.verdict == Verdict.BREACHED
    feedback.reply(
        handoff_id=row.pk, text="Sorry.", by=cast.mara, at=one.due_at + timedelta(hours=1)
    )
    one.refresh_from_db()
    assert (one.verdict, one.stopped_at) == (Verdict.BREACHED, one.due_at + timedelta(hours=1))


# ------------------------------------------------------------------ marketing takes up
@pytest.mark.parametrize(
    ("reason", "owed"),
    [
        (ReasonGroup.BAD_DATA, True),
        (ReasonGroup.MISMATCH, True),
        (ReasonGroup.UNREACHABLE, False),
        (ReasonGroup.NOT_A_FIT, False),
    ],
)
def test_a_lead_that_comes_back_is_to_be_taken_up(
    cast: Cast, reason: ReasonGroup, owed: bool
) -> None:
    row = returned(cast, reason)
    running = Clock.objects.open().filter(handoff=row, kind=ClauseKind.TAKE_UP)
    assert running.exists() == owed


@pytest.mark.parametrize("verb", [qualify, disqualify])
def test_deciding_about_it_takes_it_up(cast: Cast, verb: object) -> None:
    row = returned(cast, ReasonGroup.BAD_DATA)
    assert callable(verb)
    verb(lead_id=row.lead_id, reason="Asked again.", by=cast.mara, at=LATER)
    one = clock(row, ClauseKind.TAKE_UP)
    assert (one.verdict, one.stopped_at, one.team) == (Verdict.MET, LATER, cast.marketing)


# ------------------------------------------------------------------ who sees what
def test_the_desk_shows_marketing_what_it_owes(cast: Cast, client_of: ClientOf) -> None:
    row = returned(cast, ReasonGroup.BAD_DATA)
    said(row, cast)
    owed = reverse("sla:owed")
    with travel(LATER, tick=False):
        assert owed in client_of(cast.mara).get(reverse("leads:desk")).content.decode()
        text = client_of(cast.mara).get(owed).content.decode()
        assert text.index("Returned lead taken up") < text.index("Answer to feedback")
        assert reverse("feedback:reply", args=[row.pk]) in text
        assert "Answer to feedback" not in client_of(cast.olga).get(owed).content.decode()


def test_sales_sees_the_clocks_of_marketing(cast: Cast, client_of: ClientOf) -> None:
    row = returned(cast, ReasonGroup.BAD_DATA)
    text = client_of(cast.sam).get(reverse("sla:clocks", args=[row.pk])).content.decode()
    assert "Returned lead taken up" in text
    assert "Marketing decides within 8 business hours" in text


def test_the_board_of_a_manager_has_both_sides(cast: Cast, client_of: ClientOf) -> None:
    row = returned(cast, ReasonGroup.BAD_DATA)
    late = clock(row, ClauseKind.TAKE_UP).due_at + timedelta(seconds=1)
    with travel(late, tick=False):
        text = client_of(cast.max).get(reverse("sla:board")).content.decode()
    assert "Demand BR" in text
    assert "Returned lead taken up" in text


def test_the_agreement_shows_what_each_side_promises(cast: Cast, client_of: ClientOf) -> None:
    text = client_of(cast.sam).get(reverse("sla:agreement")).content.decode()
    marketing, sales = text.index("Marketing promises"), text.index("Sales promises")
    answer = text.index("Marketing answers feedback that says no")
    assert marketing < answer < sales < text.index("has talked with it within 8 business hours")


def test_what_counts_is_written_and_read(cast: Cast, client_of: ClientOf) -> None:
    row = agreed(cast, clauses=with_evidence(first_attempt=Evidence.TWO_WAY))
    text = client_of(cast.max).get(row.get_absolute_url()).content.decode()
    assert "It counts once the two have talked." in text
    page = client_of(cast.max).get(reverse("sla:draft_agreement")).content.decode()
    assert '<option value="two_way" selected>' in page


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (Terms(ClauseKind.FIRST_CONTACT, HOUR, evidence="attempt"), "first_contact_evidence"),
        (Terms(ClauseKind.CLAIM, 9 * MINUTE, evidence="two_way"), "claim_evidence"),
        (Terms(ClauseKind.FIRST_ATTEMPT, HOUR, evidence="wink"), "first_attempt_evidence"),
    ],
)
def test_what_cannot_count_is_refused(cast: Cast, terms: Terms, field: str) -> None:
    clauses = [terms if each.kind == terms.kind else each for each in DEFAULT]
    with pytest.raises(Exception, match="Choose what counts") as refused:
        agreed(cast, clauses=clauses)
    assert list(getattr(refused.value, "fields", None) or {}) == [field]
