"""Clocks under harm: two sweepers, kill -9, late sweeps, a broker and a database that go away."""

import random
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.db.models import Count
from django.utils import timezone

from handoff.journal.models import Entry
from handoff.notices.models import Delivery
from leads.models import Handoff
from leads.stages import HandoffState
from sla import events
from sla.actions import clocks
from sla.models import Clock, Escalation, Stage, Verdict
from tests.cast import Cast
from tests.faults.children import child
from tests.faults.house import eventually
from tests.walk import handoff_at

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 60


@pytest.fixture
def house(transactional_db: None, cast: Cast) -> Cast:
    return cast


def due_clocks(cast: Cast, count: int = MANY) -> list[int]:
    """Waiting handoffs whose claim clocks are all overdue, whatever the weekday of this run."""
    rows = [handoff_at(HandoffState.WAITING, cast) for _ in range(count)]
    ago = timezone.now() - timedelta(minutes=10)
    found = Clock.objects.filter(handoff__in=rows)
    found.update(
        started_at=ago - timedelta(minutes=15),
        warn_at=ago - timedelta(minutes=5),
        due_at=ago,
        escalate_at=timezone.now() + timedelta(hours=3),
        next_at=ago - timedelta(minutes=5),
    )
    return list(found.values_list("pk", flat=True))


def assert_each_breached_once(cast: Cast, pks: list[int]) -> None:
    of = Clock.objects.filter(pk__in=pks)
    assert of.filter(verdict=Verdict.BREACHED).count() == len(pks)
    breaches = Escalation.objects.filter(clock__in=pks, stage=Stage.BREACHED)
    assert breaches.count() == len(pks)
    assert not breaches.exclude(due_at__in=of.values("due_at")).exists()
    told = Entry.objects.filter(event=events.BREACHED, about_id__in=pks)
    assert told.count() == len(pks)
    alerts = Delivery.objects.filter(entry__in=told, recipient=cast.tess)
    assert alerts.filter(channel="bell").count() == len(pks)
    counted = alerts.values("entry", "channel").annotate(n=Count("pk"))
    assert not counted.filter(n__gt=1).exists()


@contextmanager
def keep_clocks(**environment: str) -> Iterator[subprocess.Popen[str]]:
    with child("manage.py", "keep_clocks", **environment) as process:
        yield process


def all_told(pks: list[int]) -> bool:
    told = Entry.objects.filter(event=events.BREACHED, about_id__in=pks)
    return told.filter(delivered_at__isnull=False).count() == len(pks)


def test_two_sweepers_at_once_record_each_stage_once(house: Cast) -> None:
    pks = due_clocks(house)
    start = threading.Barrier(2)

    def sweep() -> None:
        start.wait()
        while clocks.fire_due(at=timezone.now(), limit=7):
            pass
        connections.close_all()

    threads = [threading.Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Escalation.objects.filter(stage=Stage.BREACHED).count() == len(pks)
    assert Entry.objects.filter(event=events.BREACHED).count() == len(pks)
    assert set(Clock.objects.values_list("verdict", flat=True)) == {Verdict.BREACHED}


def kill_sweepers(house: Cast, kills: int, *, seed: int) -> None:
    """Kill one sweeper after another at a random moment; the last one is let to finish."""
    chance, pks = random.Random(seed), due_clocks(house)
    for _ in range(kills):
        with child("-m", "tests.faults.children", "sweep") as sweeper:
            assert sweeper.stdout is not None
            assert sweeper.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0, 0.25))
            sweeper.kill()
            sweeper.wait()
    Entry.objects.filter(next_at__gt=timezone.now()).update(next_at=timezone.now())
    with child("-m", "tests.faults.children", "sweep") as sweeper:
        sweeper.wait(60)
    assert_each_breached_once(house, pks)


def test_a_sweeper_killed_in_mid_sweep_loses_and_doubles_nothing(house: Cast) -> None:
    kill_sweepers(house, 3, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(3))
def test_thirty_kills_lose_and_double_nothing(house: Cast, seed: int) -> None:
    kill_sweepers(house, 10, seed=seed)


def test_keep_clocks_alone_warns_tells_and_ends_cleanly(house: Cast) -> None:
    pks = due_clocks(house, 5)
    with keep_clocks() as process:
        assert eventually(lambda: all_told(pks), within=30)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert_each_breached_once(house, pks)


def test_a_breach_is_recorded_within_a_second_of_its_moment(house: Cast) -> None:
    [pk] = due_clocks(house, 1)
    with keep_clocks():
        assert eventually(lambda: all_told([pk]), within=30)
        moment = timezone.now() + timedelta(seconds=1)
        Clock.objects.filter(pk=pk).update(escalate_at=moment, next_at=moment)
        assert eventually(lambda: Escalation.objects.filter(stage="escalated").exists(), within=10)
    escalated = Escalation.objects.get(stage="escalated")
    assert escalated.due_at == moment
    assert escalated.recorded_at - moment < timedelta(seconds=3)  # one, on a machine of its own


def test_keep_clocks_outlives_its_connections(house: Cast) -> None:
    with keep_clocks() as process:
        first = due_clocks(house, 2)
        assert eventually(lambda: all_told(first), within=30)
        for _ in range(3):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            time.sleep(0.3)
        second = due_clocks(house, 2)
        assert eventually(lambda: all_told(second), within=30)
        assert process.poll() is None


@contextmanager
def closed_port() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    yield port


@contextmanager
def hanging_port() -> Iterator[int]:
    """Takes connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(64)
        yield int(server.getsockname()[1])


@pytest.mark.parametrize("broker", [closed_port, hanging_port])
def test_without_a_broker_a_claim_is_quick_and_alerts_go_out(house: Cast, broker: object) -> None:
    pks = due_clocks(house, 2)
    row = Handoff.objects.latest("id")
    with broker() as port:  # type: ignore[operator]
        gone = {"REDIS_URL": f"redis://127.0.0.1:{port}/0"}
        who = {"CLAIM_ID": str(row.pk), "CLAIM_BY": house.sam.email}
        with child("-m", "tests.faults.children", "claim", **gone, **who) as claimer:
            said, _nothing = claimer.communicate(timeout=30)
        seconds = float(said.strip().splitlines()[-1])
        with keep_clocks(**gone):
            assert eventually(lambda: all_told(pks), within=30)
    row.refresh_from_db()
    assert row.claimed_by == house.sam
    assert seconds < 1
    assert_each_breached_once(house, pks)
