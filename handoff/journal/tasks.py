"""The relay in Celery's hands: woken right after a commit, and by the beat."""

from celery import shared_task

from handoff.journal import outbox
from handoff.journal.loops import turn
from handoff.journal.nudges import nudger
from handoff.journal.record import wake

RELAY = "handoff.journal.tasks.relay"


@shared_task(name=RELAY)
def relay() -> int:
    return turn("relay", outbox.fire_next)


def nudge_the_relay() -> None:
    nudger.nudge(RELAY)


wake.append(nudge_the_relay)
