"""What beat calls exists, and nothing it asked for piles up while no worker is there."""

from importlib import import_module
from typing import Any

from celery import current_app
from django.conf import settings

from handoff.journal.tasks import RELAY
from handoff.management.commands.keep_clocks import LOOPS
from handoff.notices.tell import SEND_DUE

TABLE: dict[str, Any] = settings.CELERY_BEAT_SCHEDULE


def test_every_task_of_the_table_exists() -> None:
    for entry in TABLE.values():
        import_module(entry["task"].rpartition(".")[0])
        assert entry["task"] in current_app.tasks


def test_what_is_asked_for_expires() -> None:
    for entry in TABLE.values():
        assert 0 < entry["options"]["expires"] <= 4 * entry["schedule"]


def test_the_tasks_that_are_nudged_are_those_of_the_table() -> None:
    called = {entry["task"] for entry in TABLE.values()}
    assert {RELAY, SEND_DUE} <= called


def test_each_turn_of_beat_is_also_a_loop_of_keep_clocks() -> None:
    assert set(LOOPS) == {"clocks", "relay", "notices", "imports", "scores", "moves"}
