"""Taking a calendar out of choice, where no promise counts by it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from handoff.calendars import actions as calendars
from handoff.calendars.models import Calendar
from handoff.people.access import allowed
from handoff.people.models import User
from leads import refusals
from leads.refusals import Refusal
from sla.actions.agreements import wait_for_others
from sla.models import Agreement


@transaction.atomic
def archive(*, calendar_id: int, by: User, at: datetime) -> Calendar:
    """Archive a calendar; its versions stay for the clocks that pin them.

    Archiving an archived one changes nothing. Raises the refusals `not_allowed`, `unknown` and
    `in_use`.
    """
    if not allowed(by, "calendars"):
        raise refusals.not_allowed()
    wait_for_others()
    found = Calendar.objects.select_for_update().filter(pk=calendar_id).first()
    if found is None:
        raise refusals.unknown()
    if found.archived_at is not None:
        return found
    counts = Agreement.objects.not_over(at) | Agreement.objects.filter(state="proposed")
    if counts.filter(calendar=found).exists():
        sentence = _("An agreement counts by this calendar. Give it another one first.")
        raise Refusal("in_use", sentence, icon="handshake")
    return calendars.archive(calendar_id=calendar_id, at=at)
