"""Deliveries that wait are sent one by one, whoever calls it and however often."""

from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from handoff.journal.outbox import LEASE, wait_after
from handoff.notices.channels import Channel, Unsent
from handoff.notices.channels.bell import BellChannel
from handoff.notices.channels.email import EmailChannel
from handoff.notices.models import Delivery

CHANNELS: Final[dict[str, Channel]] = {
    Delivery.Channel.BELL: BellChannel(),
    Delivery.Channel.EMAIL: EmailChannel(),
}
GIVE_UP_AFTER: Final = timedelta(days=3)
DOWN_WAITS: Final = timedelta(seconds=30)
log = structlog.get_logger(__name__)


def fire_next(*, at: datetime) -> bool:
    """Send the delivery that has waited longest. True: one was tried, there may be more."""
    delivery = _lease(at)
    if delivery is None:
        return False
    send(delivery, at=at)
    return True


def _lease(at: datetime) -> Delivery | None:
    """Count the attempt and push the delivery out of sight before the work."""
    with transaction.atomic():
        due = Delivery.objects.due(at).select_related("recipient")
        delivery = due.select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
        if delivery is None:
            return None
        delivery.attempts += 1
        delivery.next_at = at + max(LEASE, wait_after(delivery.attempts))
        delivery.save(update_fields=("attempts", "next_at"))
    return delivery


def send(delivery: Delivery, *, at: datetime) -> None:
    """Hand one delivery to its channel and note how it went."""
    channel = CHANNELS[delivery.channel]
    try:
        if channel.silent(delivery):
            _end(delivery, Delivery.State.SILENT)
            return
        channel.send(delivery)
    except Unsent as error:
        _note(delivery, error, at)
    except Exception as error:
        log.exception("delivery_failed", delivery=delivery.pk, channel=delivery.channel)
        _note(delivery, Unsent(repr(error)), at)
    else:
        delivery.sent_at = at
        _end(delivery, Delivery.State.SENT)


def _end(delivery: Delivery, state: Delivery.State, error: str = "") -> None:
    delivery.state, delivery.next_at, delivery.error = state, None, error[:2_000]
    delivery.save(update_fields=("state", "next_at", "error", "sent_at"))


def _note(delivery: Delivery, error: Unsent, at: datetime) -> None:
    if error.permanent or at - delivery.created_at > GIVE_UP_AFTER:
        log.warning("delivery_given_up", delivery=delivery.pk, error=str(error))
        _end(delivery, Delivery.State.FAILED, str(error))
        return
    wait = DOWN_WAITS if error.down else wait_after(delivery.attempts)
    delivery.next_at, delivery.error = at + wait, str(error)[:2_000]
    delivery.save(update_fields=("next_at", "error"))
    if error.down:
        _let_the_others_wait(delivery.channel, at)


def _let_the_others_wait(channel: str, at: datetime) -> None:
    """A channel that is away would cost each of them its time-out."""
    log.warning("channel_away", channel=channel)
    due = Delivery.objects.filter(channel=channel, next_at__lte=at)
    due.update(next_at=Greatest(F("next_at"), at + DOWN_WAITS))
