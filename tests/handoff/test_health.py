"""Ready is red when something due is over a minute late, and says which."""

from datetime import datetime, timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from handoff import health
from handoff.journal.loops import beat
from handoff.journal.models import Entry, Heartbeat
from handoff.notices.models import Delivery
from leads.stages import HandoffState
from sla.models import Clock
from tests.cast import Cast
from tests.walk import handoff_at

MINUTE = timedelta(minutes=1)


@pytest.fixture
def now(db: None) -> datetime:
    at = timezone.now()
    for name in health.SWEEPS:
        beat(name, at=at)
    return at


def test_live_asks_nobody(client: Client) -> None:
    assert client.get("/healthz/live").content == b"ok"


def test_ready_where_all_sweeps_come_round(client: Client, now: datetime) -> None:
    answer = client.get("/healthz/ready")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "state": "ready", "wrong": [], "slow": []}


def test_nobody_sweeps_yet(client: Client, db: None) -> None:
    answer = client.get("/healthz/ready")
    assert answer.status_code == 503
    assert "clocks: never swept" in answer.json()["wrong"]


def test_a_sweep_that_stopped_is_named(now: datetime) -> None:
    Heartbeat.objects.filter(name="relay").update(beat_at=now - 2 * MINUTE)
    assert list(health.troubles(now)) == ["relay: last swept 120 s ago"]


def test_a_late_clock_is_named(cast: Cast, now: datetime) -> None:
    handoff_at(HandoffState.WAITING, cast)
    Entry.objects.update(next_at=None, delivered_at=now)
    Clock.objects.update(next_at=now - 59 * timedelta(seconds=1))
    assert list(health.troubles(now)) == []
    Clock.objects.update(next_at=now - 90 * timedelta(seconds=1))
    assert list(health.troubles(now)) == ["oldest due clock: 90 s late"]


def test_a_late_entry_and_a_late_notice_are_named(cast: Cast, now: datetime) -> None:
    handoff_at(HandoffState.WAITING, cast)
    Clock.objects.update(next_at=now + MINUTE)
    Entry.objects.update(next_at=now - 2 * MINUTE, delivered_at=None)
    Delivery.objects.create(
        entry=Entry.objects.latest("id"),
        recipient=cast.sam,
        channel="email",
        event="x",
        subject="x",
        created_at=now,
        next_at=now - 3 * MINUTE,
    )
    assert list(health.troubles(now)) == [
        "oldest undelivered entry: 120 s late",
        "oldest waiting notice: 180 s late",
    ]


def test_without_redis_it_is_degraded_and_not_red(
    client: Client, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_redis_answers", lambda: False)
    answer = client.get("/healthz/ready")
    assert (answer.status_code, answer.json()["state"]) == (200, "degraded")


def test_a_database_that_is_away_is_red(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> bool:
        raise OperationalError

    monkeypatch.setattr(health, "_migrated", away)
    answer = client.get("/healthz/ready")
    assert answer.status_code == 503
    assert answer.json()["wrong"] == ["the database does not answer"]


def test_missing_migrations_are_red(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", lambda: False)
    assert list(health.troubles(now)) == ["migrations are missing"]
