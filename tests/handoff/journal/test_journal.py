"""What happened is recorded with the change, reacted to once committed, and told in words."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from handoff.journal import outbox, record
from handoff.journal.loops import BEATS_APART, beat, turn
from handoff.journal.models import Entry, Heartbeat
from handoff.journal.nudges import Nudger
from handoff.journal.reactions import AFTER, ON, after, on
from handoff.journal.record import News, record_all
from handoff.journal.vocabulary import EVENTS, UnknownEvent, declare, known, msgid
from tests.cast import MONDAY

PINGED, DONE = "test.pinged", "test.done"


@pytest.fixture
def words() -> Iterator[None]:
    declare(PINGED, about="test", sentence=_("{by} pinged: {what}"), msgids=("what",))
    declare(DONE, about="test", sentence=_("{by} is done."))
    yield
    for name in (PINGED, DONE):
        del EVENTS[name]
        ON.pop(name, None)
        AFTER.pop(name, None)


def ping() -> Entry:
    with transaction.atomic():
        return record.record(PINGED, about_id=7, at=MONDAY)


def test_an_event_nobody_declared_cannot_be_recorded(db: None) -> None:
    with pytest.raises(UnknownEvent, match="No app declares"), transaction.atomic():
        record.record("nobody.said", about_id=1, at=MONDAY)
    with pytest.raises(UnknownEvent):
        after("nobody.said")


def test_an_event_is_declared_once(words: None) -> None:
    with pytest.raises(ValueError, match="twice"):
        declare(PINGED, about="test", sentence="")


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_its_change_is_refused(words: None) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        record.record(PINGED, about_id=1, at=MONDAY)


@pytest.mark.django_db
def test_what_nobody_reacts_to_is_delivered(words: None) -> None:
    entry = ping()
    assert (entry.delivered_at, entry.next_at) == (MONDAY, None)
    assert not outbox.fire_next(at=MONDAY + timedelta(days=1))


@pytest.mark.django_db
def test_a_failing_on_undoes_the_change(words: None) -> None:
    @on(PINGED)
    def fail(entry: Entry) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ping()
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_a_failing_after_waits_longer_each_time_and_stops_nobody(words: None) -> None:
    reached: list[int] = []

    @after(PINGED)
    def fail(entry: Entry) -> None:
        raise ZeroDivisionError

    @after(PINGED, DONE)
    def reach(entry: Entry) -> None:
        reached.append(entry.pk)

    poison = ping()
    with transaction.atomic():
        fine = record.record(DONE, about_id=8, at=MONDAY)
    at, waits = MONDAY, []
    for _round in range(4):
        while outbox.fire_next(at=at):
            pass
        poison.refresh_from_db()
        assert poison.next_at is not None
        waits.append((poison.next_at - at).total_seconds())
        at = poison.next_at
    assert waits == [5, 10, 20, 40]
    assert "ZeroDivisionError" in poison.error
    fine.refresh_from_db()
    assert fine.delivered_at is not None
    assert reached.count(poison.pk) == 4


def test_the_longest_wait_is_an_hour() -> None:
    assert outbox.wait_after(1) == timedelta(seconds=5)
    assert outbox.wait_after(30_000) == timedelta(hours=1)


@pytest.mark.django_db
def test_the_attempt_is_counted_before_the_reaction(words: None) -> None:
    """So that an entry whose reaction kills the process waits like any other."""

    @after(PINGED)
    def die(entry: Entry) -> None:
        raise KeyboardInterrupt

    entry = ping()
    with pytest.raises(KeyboardInterrupt):
        outbox.fire_next(at=MONDAY)
    entry.refresh_from_db()
    assert (entry.attempts, entry.next_at) == (1, MONDAY + outbox.LEASE)


@pytest.mark.django_db
def test_many_entries_are_one_write(words: None, django_assert_num_queries: object) -> None:
    news = [News(DONE, pk, MONDAY, {}) for pk in range(50)]
    with django_assert_num_queries(3), transaction.atomic():  # type: ignore[operator]
        rows = record_all(news)
    assert [row.about_id for row in rows] == list(range(50))


@pytest.mark.django_db
def test_imported_history_wakes_nobody(words: None) -> None:
    @after(PINGED)
    def never(entry: Entry) -> None:
        raise AssertionError

    assert record.record_imported(PINGED, about_ids=range(3), at=MONDAY) == 3
    assert not Entry.objects.filter(next_at__isnull=False).exists()


def test_a_sentence_has_its_msgids_in_the_readers_language(words: None) -> None:
    data = {"what": msgid(_("E-mail"))}
    with override("en"):
        assert known(PINGED).told(by="Mara", data=data) == "Mara pinged: E-mail"
    assert known(PINGED).told(by="Mara", data={}) == "Mara pinged: —"


@pytest.mark.django_db
def test_a_turn_ends_when_nothing_is_due_and_leaves_its_mark() -> None:
    left = [True, True, False]
    assert turn("test", lambda *, at: left.pop(0)) == 2
    assert Heartbeat.objects.filter(name="test").exists()


@pytest.mark.django_db
def test_a_turn_is_bounded_in_time() -> None:
    assert turn("test", lambda *, at: True, seconds=0.05) > 0


@pytest.mark.django_db
def test_a_beat_is_written_every_few_seconds_and_after_a_clock_that_jumped_back() -> None:
    beat("test", at=MONDAY)
    beat("test", at=MONDAY + BEATS_APART / 2)
    assert Heartbeat.objects.get(name="test").beat_at == MONDAY
    beat("test", at=MONDAY + BEATS_APART)
    assert Heartbeat.objects.get(name="test").beat_at == MONDAY + BEATS_APART
    beat("test", at=MONDAY)
    assert Heartbeat.objects.get(name="test").beat_at == MONDAY


def test_a_nudge_returns_at_once_though_the_broker_hangs() -> None:
    hanging = threading.Event()
    nudger = Nudger(ask=lambda task: hanging.wait(5))
    began = time.monotonic()
    for _round in range(100):
        nudger.nudge("some.task")
    assert time.monotonic() - began < 0.5
    hanging.set()


def test_many_nudges_are_few_calls_and_a_failure_is_followed_by_silence() -> None:
    asked: list[str] = []

    def refuse(task: str) -> None:
        asked.append(task)
        raise OSError("away")

    nudger = Nudger(ask=refuse)
    for _round in range(100):
        nudger.nudge("some.task")
        time.sleep(0.005)
    assert asked == ["some.task"]
    assert nudger.silent_until > time.monotonic()
