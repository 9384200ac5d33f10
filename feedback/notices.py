"""Who is told of feedback: the seller that it is asked for, marketing what was said, and who
said it what marketing answered."""

from django.urls import reverse

from feedback import events
from handoff.journal.models import Entry
from handoff.journal.reactions import after
from handoff.notices.models import Delivery
from handoff.notices.tell import tell
from handoff.people.models import User
from leads.models import Handoff


@after(events.REQUESTED)
def tell_the_seller(entry: Entry) -> None:
    """By bell alone: it is work that waits in a list, and no news."""
    people = User.objects.filter(pk=entry.data["asked_of"])
    url = reverse("feedback:form", args=[entry.about_id])
    tell(entry=entry, recipients=people, url=url, channels=[Delivery.Channel.BELL])


@after(events.GIVEN)
def tell_marketing(entry: Entry) -> None:
    """Whoever handed the lead over, and not the one who gave the feedback."""
    handoff = Handoff.objects.select_related("lead", "offered_by").get(pk=entry.about_id)
    if handoff.offered_by is not None and handoff.offered_by_id != entry.by_id:
        tell(entry=entry, recipients=[handoff.offered_by], url=handoff.lead.get_absolute_url())


@after(events.REPLIED)
def tell_who_gave_it(entry: Entry) -> None:
    """What becomes of one's feedback is why one gives it."""
    if entry.data["given_by"] == entry.by_id:
        return
    people = User.objects.filter(pk=entry.data["given_by"])
    url = reverse("leads:handoff", args=[entry.about_id])
    tell(entry=entry, recipients=people, url=url)
