"""What the frame around every page needs. Everything is lazy: a fragment pays for nothing."""

from collections.abc import Callable

from django.http import HttpRequest

from handoff.menu import Link, menu
from handoff.notices.models import Delivery
from handoff.people.access import reach_of
from handoff.people.models import User

MOST_COUNTED = 100


def chrome(request: HttpRequest) -> dict[str, object]:
    """The signed-in person's permission words, their menu and their unread notices."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"words": frozenset()}
    return {
        "words": reach_of(user).words,
        "menu": _menu_of(user, request.path),
        "unread": Delivery.objects.bell_of(user.pk).unread().order_by()[:MOST_COUNTED].count,
    }


def _menu_of(user: User, path: str) -> Callable[[], list[Link]]:
    return lambda: list(menu(reach_of(user).words, path))
