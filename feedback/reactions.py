"""What feedback does when a journey ends, and what an answer does to its clock."""

from feedback import events
from feedback.actions import ask
from feedback.models import Feedback
from handoff.journal.models import Entry
from handoff.journal.reactions import after, on
from leads.events import JOURNEY_ENDS
from leads.models import Handoff
from sla.actions import clocks
from sla.models import ClauseKind


@after(*JOURNEY_ENDS)
def ask_the_seller(entry: Entry) -> None:
    """Ask who held it; at least once, and the request is unique, so it is asked once."""
    handoff = Handoff.objects.select_related("claimed_by", "ended_by").get(pk=entry.about_id)
    asked_of = handoff.claimed_by or handoff.ended_by
    if asked_of is not None and not handoff.imported:
        ask(handoff_id=handoff.pk, asked_of=asked_of, at=entry.at)


@on(events.GIVEN)
def stop_the_clock(entry: Entry) -> None:
    """Who gave it is done; marketing owes an answer where it is not praise."""
    clocks.stop(handoff_id=entry.about_id, kind=ClauseKind.FEEDBACK, by_id=entry.by_id, at=entry.at)
    given = Feedback.objects.select_related("handoff__lead").get(handoff=entry.about_id)
    if given.is_negative:
        clocks.start(
            handoff_id=entry.about_id,
            team_id=given.handoff.team_id,
            kinds=(ClauseKind.ANSWER,),
            owner_id=given.handoff.offered_by_id,
            owing_id=given.handoff.lead.team_id,
            by_id=entry.by_id,
            at=entry.at,
        )


@on(events.REPLIED)
def stop_the_clock_of_marketing(entry: Entry) -> None:
    clocks.stop(handoff_id=entry.about_id, kind=ClauseKind.ANSWER, by_id=entry.by_id, at=entry.at)
