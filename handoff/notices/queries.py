"""A person's notices, newest first, keyset paged."""

from dataclasses import dataclass

from handoff.notices.models import Delivery
from handoff.people.models import User

PAGE = 30


@dataclass(frozen=True)
class BellPage:
    """`next` is the id after which the list goes on, None at its end."""

    rows: list[Delivery]
    next: int | None


def bell_page(user: User, *, after: int | None = None, limit: int = PAGE) -> BellPage:
    told = Delivery.objects.bell_of(user.pk)
    if after is not None:
        told = told.filter(pk__lt=after)
    rows = list(told[: limit + 1])
    return BellPage(rows[:limit], rows[limit - 1].pk if len(rows) > limit else None)


def unread_count(user: User, *, most: int = 100) -> int:
    """How many are unread, counted no further than `most`."""
    return Delivery.objects.bell_of(user.pk).unread().order_by()[:most].count()
