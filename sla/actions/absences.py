"""Saying that a person is away, and that they are back."""

from collections.abc import Callable
from datetime import date, datetime

from django.core.exceptions import ValidationError

from handoff.calendars import actions as calendars
from handoff.calendars.models import Absence
from handoff.people.models import User
from leads import refusals
from sla.queries.absences import looks_after


def be_away(
    *, person: User, first: date, last: date, why: str = "", by: User, at: datetime
) -> Absence:
    """The person is away for some days. Raises the refusals `unknown` and `invalid`."""
    if not looks_after(by, person):
        raise refusals.unknown()
    return _said(
        lambda: calendars.be_away(person=person, first=first, last=last, why=why, by=by, at=at)
    )


def come_back(*, absence_id: int, by: User, at: datetime) -> Absence:
    """End an absence, or take it back before it begins. Raises the refusal `unknown`."""
    found = Absence.objects.select_related("person").filter(pk=absence_id).first()
    if found is None or not looks_after(by, found.person):
        raise refusals.unknown()
    return calendars.come_back(absence_id=absence_id, by=by, at=at)


def _said(verb: Callable[[], Absence]) -> Absence:
    try:
        return verb()
    except ValidationError as error:
        texts = {name: "; ".join(said) for name, said in error.message_dict.items()}
        raise refusals.wrong(**texts) from error
