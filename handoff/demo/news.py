"""What the journal would have heard of each life, as the actions themselves tell it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from feedback import events as feedback_events
from feedback.models import Feedback
from handoff.demo.cast import Company
from handoff.demo.lives import Journey, Life
from handoff.demo.shelf import WEBSITE
from handoff.journal.record import News
from handoff.journal.vocabulary import msgid
from handoff.people.models import User
from leads import events
from leads.actions.steps import told
from leads.models import Handoff, Lead
from leads.models.attempt import REACHED
from leads.stages import HandoffState, ReasonGroup
from sla.actions.escalations import CLAUSES, EVENT_OF
from sla.models import Escalation

ENDED: Final = {
    HandoffState.RETURNED: events.RETURNED,
    HandoffState.WON: events.WON,
    HandoffState.LOST: events.LOST,
    HandoffState.WITHDRAWN: events.WITHDRAWN,
}


def news_of_lead(life: Life, lead: Lead, company: Company) -> Iterator[News]:
    origin = (lead.origin or WEBSITE).replace("_", " ")
    yield News(events.CAPTURED, lead.pk, life.inbound_at, {"origin": origin, "filled": []})
    if life.qualified_at:
        data = {"reason": lead.qualification_reason}
        yield News(events.QUALIFIED, lead.pk, life.qualified_at, data, life.qualified_by)
    if life.disqualified_at and not life.journeys:
        data = {"reason": life.disqualified_reason}
        mara = company.people["mara"]
        yield News(events.DISQUALIFIED, lead.pk, life.disqualified_at, data, mara)


def news_of_handoff(journey: Journey, handoff: Handoff) -> Iterator[News]:
    def news(event: str, at: datetime, by: User | None, **data: Any) -> News:
        return News(event, handoff.pk, at, told(handoff, **data), by)

    yield news(events.OFFERED, journey.offered_at, journey.offered_by)
    for claim in journey.claims:
        yield news(events.CLAIMED, claim.at, claim.seller)
        if claim.rescued_at:
            name, owner = str(claim.seller), claim.seller.pk
            yield news(events.RESCUED, claim.rescued_at, None, name=name, owner_id=owner)
    if journey.accepted_at:
        implied = journey.accepted_at == handoff.claimed_at
        yield news(events.ACCEPTED, journey.accepted_at, handoff.claimed_by, implied=implied)
    for each in journey.tries:
        yield news(
            events.CONTACTED if each.result in REACHED else events.ATTEMPTED,
            each.at,
            each.by,
            occurred_at=each.at.isoformat(),
            channel=each.channel,
            result=each.result,
            automatic=False,
        )
    if journey.step:
        what, due_at = journey.step
        yield news(
            events.PLANNED,
            journey.tries[-1].at,
            handoff.claimed_by,
            what=what,
            due_at=due_at.isoformat(),
        )
    if journey.ended_at:
        yield news(ENDED[journey.state], journey.ended_at, journey.ended_by, **_end_of(journey))


def _end_of(journey: Journey) -> dict[str, Any]:
    if journey.state == HandoffState.WON:
        return {"value": str(journey.value)}
    if not journey.reason:
        return {}
    label = msgid(ReasonGroup(journey.reason).label)
    return {"reason_code": journey.reason, "reason": label, "note": journey.reason_note}


def news_of_clock(passed: Escalation) -> Iterator[News]:
    clock = passed.clock
    if passed.stage not in EVENT_OF:
        return
    data = {
        "clause": CLAUSES[clock.kind],
        "kind": clock.kind,
        "handoff_id": clock.handoff_id,
        "lead_id": clock.handoff.lead_id,
        "lead": str(clock.handoff.lead),
        "team_id": clock.team_id,
        "owner_id": clock.owner_id,
        "due_at": clock.due_at.isoformat(),
        "superseded": False,
        "alone": True,
    }
    yield News(EVENT_OF[passed.stage], clock.pk, passed.due_at, data)  # type: ignore[index]


def news_of_feedback(feedback: Feedback) -> Iterator[News]:
    handoff = feedback.handoff
    data = told(handoff, name=str(feedback.asked_of), asked_of=feedback.asked_of.pk)
    yield News(feedback_events.REQUESTED, handoff.pk, feedback.asked_at, data)
    if feedback.given_at:
        data = told(
            handoff,
            quality=feedback.quality,
            accepted=feedback.accepted,
            reason=feedback.reason,
            comment=feedback.comment,
        )
        yield News(feedback_events.GIVEN, handoff.pk, feedback.given_at, data, feedback.given_by)
    if feedback.replied_at and feedback.given_by:
        data = told(handoff, reply=feedback.reply, given_by=feedback.given_by.pk)
        at, by = feedback.replied_at, feedback.replied_by
        yield News(feedback_events.REPLIED, handoff.pk, at, data, by)
