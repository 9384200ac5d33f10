"""Who is away when, for those who may know it."""

from datetime import datetime

from django.db.models import QuerySet

from handoff.calendars.models import Absence
from handoff.people.access import allowed
from handoff.people.models import Membership, User

MOST = 50


def looks_after(user: User, person: User) -> bool:
    """Whether `user` may say when the person is away: the person, who gives them work, and an
    administrator.
    """
    if user.pk == person.pk or allowed(user, "people"):
        return True
    teams = Membership.objects.filter(user=person, team__isnull=False)
    return any(allowed(user, "reassign", on=pk) for pk in teams.values_list("team_id", flat=True))


def person_seen_by(user: User, pk: int) -> User | None:
    """The person, if the user looks after them."""
    person = User.objects.filter(pk=pk).first()
    return person if person is not None and looks_after(user, person) else None


def absences_of(person: User, *, at: datetime) -> QuerySet[Absence]:
    """What lasts or is to come, the nearest first."""
    rows = Absence.objects.ahead(at).filter(person=person)
    return rows.select_related("person", "created_by")[:MOST]
