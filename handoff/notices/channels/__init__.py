"""Ways to reach a person, one folder each, with a contract of two methods."""

from typing import Protocol

from handoff.notices.models import Delivery


class Unsent(Exception):
    """A delivery that did not go out.

    `permanent`: this one never will. `down`: the channel is away, so no other would either.
    """

    def __init__(self, why: str, *, permanent: bool = False, down: bool = False) -> None:
        super().__init__(why)
        self.permanent, self.down = permanent, down


class Channel(Protocol):
    def silent(self, delivery: Delivery) -> bool:
        """Whether the recipient would rather not be told this way."""
        ...

    def send(self, delivery: Delivery) -> None:
        """Hand it over. Raises Unsent."""
        ...
