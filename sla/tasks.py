"""The sweep in Celery's hands, called by the beat; `manage.py keep_clocks` needs neither."""

from celery import shared_task

from handoff.journal.loops import turn
from sla.actions import clocks, moving


@shared_task
def keep_clocks() -> int:
    return turn("clocks", clocks.fire_some)


@shared_task
def move_clocks() -> int:
    return turn("moves", moving.move_next)
