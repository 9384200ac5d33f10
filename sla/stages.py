"""The words of a clock: what it promises, how it stands, and the stages it passes. Pure."""

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
    FEEDBACK = "feedback", _("Feedback")
    LEASE = "lease", _("Untouched claim")


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


PROMISES: Final = (ClauseKind.CLAIM, ClauseKind.FIRST_ATTEMPT, ClauseKind.FEEDBACK)
"""Clauses that are met or breached. A lease is none: it only says when a claim goes back."""

OWNERS: Final = (ClauseKind.FIRST_ATTEMPT, ClauseKind.LEASE)
"""Clauses that run against the person who holds the lead."""


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
