"""Who is told of a handoff. Open pages at once; people only of what concerns them by name."""

from handoff.journal.models import Entry
from handoff.journal.reactions import after, on
from handoff.notices.live import changed
from handoff.notices.models import Delivery
from handoff.notices.tell import tell
from handoff.people.models import User
from leads import events
from leads.models import Handoff


@on(
    *(events.OFFERED, events.WITHDRAWN, events.CLAIMED),
    *(events.RESCUED, events.REASSIGNED),
)
def refresh_the_queue(entry: Entry) -> None:
    """Work came or went. Nobody gets a message for it: the queue is where sellers look."""
    changed(f"queue:{entry.data['team_id']}", "board")


@on(
    *(events.ACCEPTED, events.ATTEMPTED, events.CONTACTED),
    *(events.RETURNED, events.WON, events.LOST),
)
def refresh_the_board(entry: Entry) -> None:
    changed("board")


@after(events.CLAIMED)
def tell_marketing_who_took_it(entry: Entry) -> None:
    """By bell alone: good to know, nothing to do."""
    _tell_marketing(entry, Delivery.Channel.BELL)


@after(*events.JOURNEY_ENDS)
def tell_marketing_how_it_ended(entry: Entry) -> None:
    _tell_marketing(entry, *Delivery.Channel)


@after(events.REASSIGNED)
def tell_the_new_owner(entry: Entry) -> None:
    """Who took it on themselves knows already."""
    if entry.data["owner_id"] == entry.by_id:
        return
    row = Handoff.objects.get(pk=entry.about_id)
    people = User.objects.filter(pk=entry.data["owner_id"])
    tell(entry=entry, recipients=people, url=row.get_absolute_url())


def _tell_marketing(entry: Entry, *channels: str) -> None:
    """Whoever handed the lead over, unless they did this themselves."""
    row = Handoff.objects.select_related("lead", "offered_by").get(pk=entry.about_id)
    if row.offered_by is None or row.offered_by_id == entry.by_id:
        return
    url = row.lead.get_absolute_url()
    tell(entry=entry, recipients=[row.offered_by], url=url, channels=channels)
