"""The outbox in Celery's hands: woken once somebody is told, and by the beat."""

from celery import shared_task

from handoff.journal.loops import turn
from handoff.notices import outbox
from handoff.notices.tell import SEND_DUE


@shared_task(name=SEND_DUE)
def send_due() -> int:
    return turn("notices", outbox.fire_next)
