"""What the frame around every page needs."""

from django.http import HttpRequest

from handoff.people.access import reach_of
from handoff.people.models import User


def chrome(request: HttpRequest) -> dict[str, object]:
    """The signed-in person's permission words, for the menu."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"words": frozenset()}
    return {"words": reach_of(user).words}
