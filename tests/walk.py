"""Any state of a lead or a handoff, reached by the real verbs; each step a minute after the last.

    lead = lead_at(LeadStage.MQL, cast)
    handoff = handoff_at(HandoffState.WAITING, cast, at=MONDAY)

A claim is Sam's and an offer Mara's unless somebody else is named. Where the agreement says that
a claim accepts, CLAIMED is already ACCEPTED.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, Final

from handoff.people.models import Side, Team, User
from leads.actions import claim, contact, handoff, outcome
from leads.actions.intake import capture
from leads.actions.qualification import qualify
from leads.actions.rules import draft
from leads.arrival import Inbound
from leads.models import Handoff, Lead, LegalBasis, RuleSet
from leads.stages import HandoffState, LeadStage, ReasonGroup
from sla.actions import signing
from sla.actions.agreements import in_force
from sla.actions.terms import DEFAULT, Terms
from sla.models import Agreement
from tests.cast import MONDAY, Cast

STEP: Final = timedelta(minutes=1)
REASON_TO: Final = {
    LeadStage.DISQUALIFIED: ReasonGroup.NOT_A_FIT,
    LeadStage.RECYCLED: ReasonGroup.UNREACHABLE,
    LeadStage.RETURNED: ReasonGroup.BAD_DATA,
}
PAID: Final = {
    "key": "paid",
    "axis": "fit",
    "field": "origin",
    "op": "any_of",
    "values": ["paid_search", "organic_search"],
    "points": 20,
}
numbers = count(1)


def lead_at(
    stage: LeadStage | HandoffState,
    cast: Cast,
    *,
    at: datetime = MONDAY,
    team: Team | None = None,
    seller: User | None = None,
    **fields: Any,
) -> Lead:
    """A lead of Mara's team walked to a stage; `team` is the sales team it is offered to."""
    if stage == LeadStage.NEW:
        return new_lead(cast, at=at, **fields)
    if stage == LeadStage.MQL:
        return qualified(new_lead(cast, at=at, **fields), cast, at=at + STEP)
    if stage == LeadStage.HANDED_OFF:
        stage = HandoffState.WAITING
    if stage in REASON_TO:
        return returned(
            cast, REASON_TO[LeadStage(stage)], at=at, team=team, seller=seller, **fields
        ).lead
    return handoff_at(HandoffState(stage), cast, at=at, team=team, seller=seller, **fields).lead


def handoff_at(
    state: HandoffState,
    cast: Cast,
    *,
    at: datetime = MONDAY,
    team: Team | None = None,
    seller: User | None = None,
    **fields: Any,
) -> Handoff:
    """A handoff whose lead came in at `at`, was offered two minutes later and claimed at three."""
    if state == HandoffState.RETURNED:
        return returned(cast, ReasonGroup.BAD_DATA, at=at, team=team, seller=seller, **fields)
    row = waiting(cast, at=at, team=team, **fields)
    by = seller or cast.sam
    if state == HandoffState.WITHDRAWN:
        handoff.withdraw(handoff_id=row.pk, by=cast.mara, at=at + 3 * STEP)
    elif state != HandoffState.WAITING:
        claim.claim(handoff_id=row.pk, by=by, at=at + 3 * STEP)
    if state == HandoffState.ACCEPTED:
        outcome.accept(handoff_id=row.pk, by=by, at=at + 4 * STEP)
    elif state in {HandoffState.WON, HandoffState.LOST}:
        reached(row, by, at=at + 4 * STEP)
        _finish(row, state, by, at + 5 * STEP)
    return fresh(row)


def new_lead(cast: Cast, *, at: datetime = MONDAY, **fields: Any) -> Lead:
    """A lead of Mara's team that came in by a form."""
    number = next(numbers)
    described = {
        "name": f"Ana Prado {number}",
        "email": f"ana{number}@acme.example",
        "phone": "+55 11 91234-5678",
        "company": "Acme Papéis",
        "job_title": "Head of operations",
        "origin": "organic_search",
        "legal_basis": LegalBasis.CONSENT,
        "pains": ["Leads wait for days"],
        **fields,
    }
    record = Inbound(team_id=cast.marketing.pk, **described)
    return capture(record=record, by=cast.mara, at=at).lead


def qualified(lead: Lead, cast: Cast, *, at: datetime) -> Lead:
    return qualify(lead_id=lead.pk, reason="Asked for a price.", by=cast.mara, at=at)


def waiting(
    cast: Cast, *, at: datetime = MONDAY, team: Team | None = None, **fields: Any
) -> Handoff:
    lead = lead_at(LeadStage.MQL, cast, at=at, **fields)
    return handoff.offer(
        lead_id=lead.pk,
        team_id=(team or cast.sales).pk,
        note="Wants to start in January.",
        pains=["Leads wait for days"],
        promise="A plan within a week.",
        by=cast.mara,
        at=at + 2 * STEP,
    )


def reached(row: Handoff, by: User, *, at: datetime) -> None:
    contact.attempt(
        handoff_id=row.pk, channel="call", result="two_way", occurred_at=at, by=by, at=at
    )


def returned(
    cast: Cast,
    reason: ReasonGroup,
    *,
    at: datetime = MONDAY,
    team: Team | None = None,
    seller: User | None = None,
    **fields: Any,
) -> Handoff:
    row = waiting(cast, at=at, team=team, **fields)
    by = seller or cast.sam
    claim.claim(handoff_id=row.pk, by=by, at=at + 3 * STEP)
    outcome.give_back(
        handoff_id=row.pk,
        reason=reason,
        note="As talked.",
        recycle_on=(at + timedelta(days=30)).date(),
        by=by,
        at=at + 4 * STEP,
    )
    return fresh(row)


def criteria(
    cast: Cast, *criteria: dict[str, Any], team: Team | None = None, **frame: Any
) -> RuleSet:
    """A draft of Mara's for the leads of her team, else of `team`."""
    rules = {"criteria": criteria or [PAID], "thresholds": {"fit": 20}, **frame}
    return draft(
        team_id=(team or cast.marketing).pk,
        rules=rules,
        why="Paid search buys.",
        by=cast.mara,
        at=MONDAY,
    )


def agreed(
    cast: Cast,
    *,
    team: Team | None = None,
    clauses: Sequence[Terms] = DEFAULT,
    calendar_id: int | None = None,
    claim_accepts: bool = True,
    at: datetime = MONDAY,
    starts_at: datetime | None = None,
) -> Agreement:
    """The next version of an agreement: Ada proposes it for marketing, and Max signs for sales."""
    team_id = team.pk if team else None
    row = signing.draft(
        team_id=team_id,
        calendar_id=calendar_id or in_force(team_id, at=at).calendar_id,
        clauses=clauses,
        claim_accepts=claim_accepts,
        by=cast.ada,
        at=at,
    )
    signing.propose(
        agreement_id=row.pk,
        why="Both can keep this.",
        starts_at=starts_at,
        side=Side.MARKETING,
        by=cast.ada,
        at=at,
    )
    return signing.sign(agreement_id=row.pk, by=cast.max, at=at)


def fresh(row: Handoff) -> Handoff:
    return Handoff.objects.select_related("lead", "team", "claimed_by").get(pk=row.pk)


def _finish(row: Handoff, state: HandoffState, by: User, at: datetime) -> None:
    if state == HandoffState.WON:
        outcome.win(handoff_id=row.pk, value=Decimal("1200.00"), by=by, at=at)
    else:
        outcome.lose(handoff_id=row.pk, reason=ReasonGroup.COMPETITOR, note="", by=by, at=at)
