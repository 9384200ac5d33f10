"""The audit prints zeros over honest data and counts what is broken by force."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from handoff.invariants import INVARIANTS, found
from handoff.journal import outbox
from leads.models import Handoff, Lead
from leads.stages import HandoffState, LeadStage
from sla.actions import clocks
from sla.models import Clock, Escalation, Verdict
from tests.cast import MONDAY, Cast
from tests.walk import handoff_at, lead_at


@pytest.fixture
def lived(cast: Cast) -> Cast:
    """Leads in every stage, handoffs in every state, late ones swept and told."""
    for stage in LeadStage:
        lead_at(stage, cast)
    for state in HandoffState:
        handoff_at(state, cast)
    for days in range(4):
        at = MONDAY + timedelta(days=days)
        while clocks.fire_some(at=at):
            pass
        while outbox.fire_next(at=at):
            pass
    return cast


def broken() -> set[str]:
    return {held for held, count in found() if count}


def test_honest_data_break_nothing(lived: Cast) -> None:
    assert Escalation.objects.exists()
    assert broken() == set()


def test_each_is_said_once() -> None:
    assert len({each.held for each in INVARIANTS}) == len(INVARIANTS)


def test_what_is_broken_is_counted(lived: Cast) -> None:
    waiting = Handoff.objects.waiting()
    Clock.objects.open().filter(handoff__in=waiting).delete()
    Lead.objects.filter(stage=LeadStage.HANDED_OFF).update(stage=LeadStage.NEW)
    Escalation.objects.all().delete()
    Clock.objects.filter(verdict=Verdict.MET).update(
        due_at=MONDAY, warn_at=MONDAY, started_at=MONDAY
    )
    assert broken() == {
        "a waiting handoff has one open claim clock",
        "a handoff and its lead agree",
        "a breached clock has one record",
        "a stage recorded is told of once",
        "a verdict follows from its evidence",
    }


@pytest.mark.django_db(transaction=True)
def test_the_command_prints_zeros_and_fails_for_anything_else(cast: Cast) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    out = StringIO()
    call_command("audit_invariants", json=True, stdout=out)
    assert set(json.loads(out.getvalue()).values()) == {0}
    Lead.objects.filter(pk=row.lead_id).update(stage=LeadStage.NEW)
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("audit_invariants", stdout=out)
    assert "     1  a handoff and its lead agree" in out.getvalue()
    assert not connection.in_atomic_block
