"""What can happen to a lead and to a handoff, in both languages."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from handoff.journal.vocabulary import declare

LEAD: Final = "lead"
HANDOFF: Final = "handoff"
IMPORT: Final = "import"
RULES: Final = "rules"

CAPTURED: Final = "lead.captured"
TOUCHED: Final = "lead.touched"
EDITED: Final = "lead.edited"
IMPORTED: Final = "lead.imported"
QUALIFIED: Final = "lead.qualified"
QUALIFIED_BY_RULES: Final = "lead.qualified_by_rules"
PROPOSAL_DISMISSED: Final = "lead.proposal_dismissed"
DISQUALIFIED: Final = "lead.disqualified"
OFFERED: Final = "handoff.offered"
WITHDRAWN: Final = "handoff.withdrawn"
CLAIMED: Final = "handoff.claimed"
RESCUED: Final = "handoff.rescued"
REASSIGNED: Final = "handoff.reassigned"
ATTEMPTED: Final = "handoff.attempted"
CONTACTED: Final = "handoff.contacted"
PLANNED: Final = "handoff.planned"
STEP_DONE: Final = "handoff.step_done"
ACCEPTED: Final = "handoff.accepted"
RETURNED: Final = "handoff.returned"
WON: Final = "handoff.won"
LOST: Final = "handoff.lost"
IMPORT_FINISHED: Final = "import.finished"
RULES_PROPOSED: Final = "rules.proposed"
RULES_SENT_BACK: Final = "rules.sent_back"
RULES_APPROVED: Final = "rules.approved"
RULES_MARKED: Final = "rules.marked"

JOURNEY_ENDS: Final = (RETURNED, WON, LOST)

declare(CAPTURED, about=LEAD, sentence=_("Came in by {origin}."), icon="login")
declare(TOUCHED, about=LEAD, sentence=_("Came back by {origin}."), icon="repeat")
declare(EDITED, about=LEAD, sentence=_("{by} changed {fields}."), icon="edit")
declare(IMPORTED, about=LEAD, sentence=_("Imported from {file}."), icon="file-import")
declare(QUALIFIED, about=LEAD, sentence=_("{by} marked this as MQL: {reason}"), icon="star")
declare(
    QUALIFIED_BY_RULES,
    about=LEAD,
    sentence=_("The criteria, version {number}, made this an MQL: grade {grade}."),
    icon="star",
)
declare(
    PROPOSAL_DISMISSED,
    about=LEAD,
    sentence=_("{by} set aside what the criteria, version {number}, proposed: {reason}"),
    icon="eye-off",
)
declare(DISQUALIFIED, about=LEAD, sentence=_("{by} disqualified this: {reason}"), icon="ban")
declare(OFFERED, about=HANDOFF, sentence=_("{by} handed off to {team}."), icon="send")
declare(WITHDRAWN, about=HANDOFF, sentence=_("{by} took it back from the queue."), icon="undo")
declare(CLAIMED, about=HANDOFF, sentence=_("{by} claimed it."), icon="hand")
declare(
    RESCUED,
    about=HANDOFF,
    sentence=_("Back in the queue: {name} did not attempt in time."),
    icon="lifebuoy",
)
declare(REASSIGNED, about=HANDOFF, sentence=_("{by} gave it to {name}."), icon="arrow-right")
declare(ATTEMPTED, about=HANDOFF, sentence=_("{by} tried to reach them."), icon="phone-call")
declare(CONTACTED, about=HANDOFF, sentence=_("{by} reached them."), icon="phone-check")
declare(PLANNED, about=HANDOFF, sentence=_("{by} planned: {what}"), icon="calendar")
declare(STEP_DONE, about=HANDOFF, sentence=_("{by} did: {what}"), icon="check")
declare(ACCEPTED, about=HANDOFF, sentence=_("{by} accepted it."), icon="thumb-up")
declare(
    RETURNED,
    about=HANDOFF,
    sentence=_("{by} returned it: {reason}"),
    icon="arrow-back",
    msgids=("reason",),
)
declare(WON, about=HANDOFF, sentence=_("{by} won it."), icon="trophy")
declare(LOST, about=HANDOFF, sentence=_("{by} lost it: {reason}"), icon="x", msgids=("reason",))
declare(IMPORT_FINISHED, about=IMPORT, sentence=_("{file} was imported."), icon="file-check")
declare(RULES_PROPOSED, about=RULES, sentence=_("{by} proposed these criteria."), icon="send")
declare(RULES_SENT_BACK, about=RULES, sentence=_("{by} sent them back: {why}"), icon="undo")
declare(RULES_APPROVED, about=RULES, sentence=_("{by} approved these criteria."), icon="signature")
declare(RULES_MARKED, about=RULES, sentence=_("Leads that it made MQLs: {n}."), icon="star")
