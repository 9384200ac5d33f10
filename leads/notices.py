"""Who is told of a handoff and of an MQL that no person made. Open pages at once; people only of
what concerns them by name."""

from django.urls import reverse

from handoff.journal.models import Entry
from handoff.journal.reactions import after, on
from handoff.notices.live import changed
from handoff.notices.models import Delivery
from handoff.notices.tell import tell
from handoff.people.models import Membership, Side, User
from leads import events
from leads.models import Handoff, Lead, RuleSet
from leads.stages import LeadStage


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


@after(events.QUALIFIED_BY_RULES)
def tell_the_marketers_of_an_mql(entry: Entry) -> None:
    """By bell alone: it waits on the desk of each of them, and one will hand it off."""
    lead = Lead.objects.get(pk=entry.about_id)
    url = lead.get_absolute_url()
    people = _marketers(lead.team_id)
    tell(entry=entry, recipients=people, url=url, channels=[Delivery.Channel.BELL], lead=lead)


@after(events.RULES_MARKED)
def tell_the_marketers_of_many(entry: Entry) -> None:
    """New criteria found them among all leads: one line for all of them."""
    rule_set = RuleSet.objects.get(pk=entry.about_id)
    url = f"{reverse('leads:list')}?stage={LeadStage.MQL}"
    channels = [Delivery.Channel.BELL]
    tell(entry=entry, recipients=_marketers(rule_set.team_id), url=url, channels=channels)


def _marketers(team_id: int | None) -> list[User]:
    """Who qualifies leads: in a team, or in all of them."""
    rows = Membership.objects.filter(team__side=Side.MARKETING, team__archived_at__isnull=True)
    members = rows if team_id is None else rows.filter(team_id=team_id)
    return list(User.objects.filter(is_active=True, pk__in=members.values("user_id")))


def _tell_marketing(entry: Entry, *channels: str) -> None:
    """Whoever handed the lead over, unless they did this themselves."""
    row = Handoff.objects.select_related("lead", "offered_by").get(pk=entry.about_id)
    if row.offered_by is None or row.offered_by_id == entry.by_id:
        return
    url = row.lead.get_absolute_url()
    tell(entry=entry, recipients=[row.offered_by], url=url, channels=channels)
