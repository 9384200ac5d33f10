"""The bell: what is told is there to be read at once, and open pages ring."""

from handoff.notices.live import changed
from handoff.notices.models import Delivery


class BellChannel:
    def silent(self, delivery: Delivery) -> bool:
        return False

    def send(self, delivery: Delivery) -> None:
        changed(f"user:{delivery.recipient_id}")
