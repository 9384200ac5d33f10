"""The words of a clock: what it promises, how it stands, and the stages it passes. Pure."""

from collections.abc import Mapping
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from handoff.people.models import Side


class AgreementState(TextChoices):
    """A draft is proposed by one side and signed by the other. What is not signed began by itself,
    or was put in force by one side alone, as agreements once were."""

    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Proposed")
    SIGNED = "signed", _("Signed")
    UNSIGNED = "unsigned", _("Not signed")


BINDING: Final = (AgreementState.SIGNED, AgreementState.UNSIGNED)
"""What counts from its start to its end, whether or not it does at this moment."""


class ClauseKind(TextChoices):
    CLAIM = "claim", _("Claim")
    FIRST_ATTEMPT = "first_attempt", _("First attempt")
    FIRST_CONTACT = "first_contact", _("First talk")
    FEEDBACK = "feedback", _("Feedback")
    ANSWER = "answer", _("Answer to feedback")
    TAKE_UP = "take_up", _("Returned lead taken up")
    LEASE = "lease", _("Untouched claim")


class Evidence(TextChoices):
    """What counts as having reached a lead; each also counts where less is asked."""

    ATTEMPT = "attempt", _("An attempt")
    CONTACT = "contact", _("A contact, also one way")
    TWO_WAY = "two_way", _("A talk, both ways")


class Verdict(TextChoices):
    RUNNING = "running", _("Running")
    MET = "met", _("Met")
    BREACHED = "breached", _("Breached")
    WAIVED = "waived", _("Waived")
    CANCELLED = "cancelled", _("Cancelled")
    SUPERSEDED = "superseded", _("Superseded")


class Stage(TextChoices):
    """In the order of time."""

    WARNED = "warned", _("Warned")
    BREACHED = "breached", _("Breached")
    ESCALATED = "escalated", _("Manager told")
    RESCUED = "rescued", _("Rescued")


PROMISES: Final = tuple(kind for kind in ClauseKind if kind != ClauseKind.LEASE)
"""Clauses that are met or breached. A lease is none: it only says when a claim goes back."""

OWNERS: Final = (ClauseKind.FIRST_ATTEMPT, ClauseKind.FIRST_CONTACT, ClauseKind.LEASE)
"""Clauses that run against the person who holds the lead."""

REQUIRED: Final = (
    *(ClauseKind.CLAIM, ClauseKind.FIRST_ATTEMPT, ClauseKind.FEEDBACK, ClauseKind.LEASE),
)
"""What every agreement states; the rest is agreed on or left out."""

AFTER_THE_END: Final = (ClauseKind.FEEDBACK, ClauseKind.ANSWER, ClauseKind.TAKE_UP)
"""What is still owed once a journey is over."""

URGENCY: Final[Mapping[str, int]] = {
    ClauseKind.CLAIM: 0,
    ClauseKind.FIRST_ATTEMPT: 0,
    ClauseKind.FIRST_CONTACT: 1,
    ClauseKind.TAKE_UP: 2,
    ClauseKind.FEEDBACK: 3,
    ClauseKind.ANSWER: 3,
}
"""Of what is late: first what a lead can still be saved by, last what is owed in words alone."""

EVIDENCE_OF: Final[Mapping[str, tuple[Evidence, ...]]] = {
    ClauseKind.FIRST_ATTEMPT: tuple(Evidence),
    ClauseKind.FIRST_CONTACT: (Evidence.TWO_WAY, Evidence.CONTACT),
    ClauseKind.LEASE: tuple(Evidence),
}
"""What can be agreed on as evidence, the usual one first; all other clauses have their own."""

SIDE_OF: Final = {
    kind: Side.MARKETING if kind in (ClauseKind.ANSWER, ClauseKind.TAKE_UP) else Side.SALES
    for kind in ClauseKind
}
"""Who owes what a clause promises."""


class Occurrence(TextChoices):
    """What can happen to a clock; a stage that it passes is none of these."""

    STARTED = "started", _("Started")
    STOPPED = "stopped", _("Stopped")
    CORRECTED = "corrected", _("Corrected")
    CANCELLED = "cancelled", _("No longer needed")
    SUPERSEDED = "superseded", _("Another one took its place")
    RESCUED = "rescued", _("Back in the queue")
    PAUSED = "paused", _("Paused")
    RESUMED = "resumed", _("Went on")
    CONTESTED = "contested", _("Contested")
    WAIVED = "waived", _("Waived")
    KEPT = "kept", _("Breach kept")
    REOPENED = "reopened", _("Opened again")
    MOVED = "moved", _("Counted by another calendar version")
    FLAGGED = "flagged", _("Logged in bulk")


EVIDENCE: Final = (Occurrence.STOPPED, Occurrence.CORRECTED)
CLOSINGS: Final = {
    Occurrence.CANCELLED: Verdict.CANCELLED,
    Occurrence.SUPERSEDED: Verdict.SUPERSEDED,
}
NOT_NEEDED: Final = (Verdict.CANCELLED, Verdict.SUPERSEDED)
"""Verdicts of clocks that count neither for nor against anybody."""


def other_side(side: str) -> Side:
    """The one that signs what this one proposes."""
    return Side.MARKETING if side == Side.SALES else Side.SALES
