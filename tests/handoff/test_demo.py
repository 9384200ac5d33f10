"""The demo is believable, generated and kept; it stands on the same rules as everything else."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from feedback.models import Feedback
from handoff.calendars.working_time import deadline, elapsed
from handoff.demo import cast as people
from handoff.demo.crowd import Crowd
from handoff.demo.promises import open_ago
from handoff.demo.trickle import MOST_WAITING, Stream
from handoff.invariants import found
from handoff.journal.models import Entry
from handoff.journal.vocabulary import known
from handoff.notices.models import Delivery
from handoff.people.models import Team, User
from leads.identity import cnpj_of, email_of, phone_of
from leads.models import Handoff, Interaction, Lead, RuleSet, Score
from leads.stages import RETURN_ROUTE, HandoffState, LeadStage
from sla.actions import clocks
from sla.actions.agreements import terms_in_force
from sla.models import ClauseKind, Clock, Escalation, Stage, Verdict
from sla.queries.verification import verify
from tests.seeded import seeded

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def look(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    with seeded(django_db_blocker, leads=400) as said:
        yield said


def test_each_step_says_what_it_made(look: str) -> None:
    steps = re.findall(r"^ +([\d,]*) +(.+) \(([\d.]+) s\)$", look, re.MULTILINE)
    assert len(steps) >= 12
    assert ("400", "leads") in [(count, words) for count, words, _seconds in steps]


def test_criteria_are_in_force_and_a_next_version_waits(look: str) -> None:
    assert list(RuleSet.objects.order_by("number").values_list("state", flat=True)) == [
        "active",
        "proposed",
    ]
    qualify = Score.objects.filter(qualifies=True).count()
    assert Score.objects.count() >= 400
    assert 0.05 < qualify / Score.objects.count() < 0.7
    assert len(set(Score.objects.values_list("grade", flat=True))) > 4


def test_three_teams_work_in_two_zones(look: str) -> None:
    assert {team.name for team in Team.objects.all()} == set(people.TEAMS)
    zones = {
        terms_in_force(team.pk, at=timezone.now()).version.zone
        for team in Team.objects.filter(side="sales")
    }
    assert zones == {"America/Sao_Paulo", "Europe/Lisbon"}


def test_journeys_are_in_every_state_and_every_reason_took_its_route(look: str) -> None:
    states = set(Handoff.objects.values_list("state", flat=True))
    assert states >= set(HandoffState) - {HandoffState.WITHDRAWN}
    for row in Handoff.objects.filter(state=HandoffState.RETURNED).select_related("lead"):
        if not Handoff.objects.filter(lead=row.lead, offered_at__gt=row.offered_at).exists():
            taken_up = {LeadStage.MQL, LeadStage.DISQUALIFIED}
            assert row.lead.stage in {RETURN_ROUTE[row.reason], *taken_up}


def test_queue_and_desk_have_work(look: str) -> None:
    now = timezone.now()
    assert 16 <= Handoff.objects.waiting().count() <= 24
    claims = Clock.objects.open().filter(kind=ClauseKind.CLAIM)
    assert claims.late(now).exists()
    assert claims.filter(due_at__gt=now).count() > claims.late(now).count()
    assert Lead.objects.filter(stage=LeadStage.MQL).count() >= 10
    assert Handoff.objects.held_by(User.objects.get(email="sam@handoff.example")).exists()


def test_every_verdict_is_what_the_calendar_says(look: str) -> None:
    """Derived anew from the pinned versions, by the slow way round."""
    rows = Clock.objects.exclude(kind=ClauseKind.LEASE).select_related("clause", "calendar")
    assert rows.count() > 400
    for clock in rows:
        target = timedelta(seconds=clock.clause.target)
        due_at = deadline(clock.calendar.schedule(), start=clock.started_at, target=target)
        assert clock.due_at == due_at
        if clock.verdict == Verdict.MET:
            assert clock.stopped_at is not None
            assert clock.stopped_at <= due_at
        elif clock.verdict == Verdict.BREACHED:
            assert clock.stopped_at is None or clock.stopped_at > due_at


def test_every_breach_is_recorded_once_and_told_once(look: str) -> None:
    late = Clock.objects.filter(verdict=Verdict.BREACHED).exclude(kind=ClauseKind.LEASE)
    assert late.exists()
    for clock in late:
        stage = Escalation.objects.get(clock=clock, stage=Stage.BREACHED)
        assert stage.due_at == clock.due_at
        entry = Entry.objects.get(event="clock.breached", about_id=clock.pk)
        told = Delivery.objects.filter(entry=entry, channel="bell")
        assert stage.superseded or told.exists()
        assert told.count() == told.values("recipient").distinct().count()


def test_every_entry_is_delivered_and_can_be_told(look: str) -> None:
    assert not Entry.objects.filter(next_at__isnull=False).exists()
    assert not Entry.objects.exclude(error="").exists()
    for entry in Entry.objects.select_related("by"):
        assert "—" not in known(entry.event).told(by=str(entry.by), data=entry.data), entry.event


def test_what_happened_lies_behind_us_and_in_order(look: str) -> None:
    now = timezone.now()
    for row in Handoff.objects.select_related("lead"):
        instants = [row.lead.inbound_at, row.offered_at, row.claimed_at, row.first_attempt_at]
        passed = [instant for instant in instants if instant is not None]
        assert passed == sorted(passed)
        assert (row.ended_at or passed[-1]) <= now
    assert not Interaction.objects.filter(occurred_at__gt=now).exists()
    assert not Feedback.objects.filter(given_at__gt=now).exists()


def test_feedback_was_given_on_most_of_what_ended(look: str) -> None:
    assert Feedback.objects.given().count() > 0.8 * Feedback.objects.count()


def test_nobody_real_can_be_reached(look: str) -> None:
    for lead in Lead.objects.all():
        assert lead.email.endswith(".example")
        assert re.fullmatch(r"\+55\d{2}95555\d{4}|\+3519\d555\d{4}", lead.phone)
    assert all(user.email.endswith("@handoff.example") for user in User.objects.all())


def test_the_same_seed_invents_the_same_people() -> None:
    first, second = Crowd(7), Crowd(7)
    crowd = [first.next() for _each in range(200)]
    assert crowd == [second.next() for _each in range(200)]
    for who in crowd:
        assert email_of(who.email)[1] == who.email
        assert phone_of(who.phone) == who.phone
        assert not who.cnpj or cnpj_of(who.cnpj) == who.cnpj


def test_a_second_run_keeps_what_is_there(look: str) -> None:
    before = Lead.objects.count()
    said = StringIO()
    call_command("seed_demo", leads=50, stdout=said)
    assert "stay as they are" in said.getvalue()
    assert Lead.objects.count() == before


def test_the_logins_are_printed_with_what_to_try() -> None:
    said = StringIO()
    call_command("seed_demo", logins=True, stdout=said)
    for key in ("mara", "sam", "sol", "tess", "max", "ada", "otto"):
        assert f"{key}@handoff.example" in said.getvalue()
    assert people.PASSWORD in said.getvalue()


def test_everybody_signs_in_with_the_one_password(look: str) -> None:
    assert User.objects.count() == len(people.PEOPLE)
    assert User.objects.values("password").distinct().count() == 1
    assert User.objects.get(email="mara@handoff.example").check_password(people.PASSWORD)


@pytest.mark.parametrize("share", [0.05, 0.5, 3.0])
def test_so_long_ago_in_open_time(look: str, share: float) -> None:
    team = Team.objects.get(name=people.INSIDE)
    now = timezone.now()
    schedule = terms_in_force(team.pk, at=now).schedule
    length = timedelta(hours=share)
    assert elapsed(schedule, start=open_ago(schedule, now, length), end=now) == length


def turns(stream: Stream, count: int, at: datetime) -> list[str]:
    return [stream.turn(at=at + timedelta(seconds=place)) for place in range(count)]


def test_leads_trickle_in_by_the_real_verbs_and_never_flood(look: str) -> None:
    now = timezone.now()
    stream = Stream.opened(now)
    assert stream is not None
    before = Handoff.objects.count()
    said = turns(stream, 60, now)
    assert Handoff.objects.count() == before + said.count("offered")
    assert said.count("offered") > 5
    assert Handoff.objects.waiting().count() <= MOST_WAITING
    assert {"acted", "claimed"} & set(said)


def test_a_house_without_the_demo_gets_no_invented_leads(look: str) -> None:
    User.objects.filter(email="otto@handoff.example").update(email="otto@handoff.test")
    assert Stream.opened(timezone.now()) is None


def test_what_is_always_true_is_true_of_the_demo(look: str) -> None:
    assert {held: count for held, count in found() if count} == {}


def test_every_clock_of_the_demo_is_derived_again(look: str) -> None:
    now = timezone.now()
    seen = verify(at=now)
    assert seen.clocks > 400
    assert not seen.wrong, seen.first
    stream = Stream.opened(now)
    assert stream is not None
    for hour in range(0, 24, 2):  # a day of it, swept every two hours
        at = now + timedelta(hours=hour)
        turns(stream, 6, at)
        while clocks.fire_some(at=at + timedelta(minutes=90)):
            pass
    later = verify(at=now + timedelta(days=1))
    assert later.clocks > seen.clocks
    assert not later.wrong, later.first


def test_the_trickle_ends_when_it_is_told_to() -> None:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "trickle_demo", "--shortest", "0.1", "--longest", "0.2"],
        env={**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nowhere"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "trickle_failed" in line:
            break
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode == 0
