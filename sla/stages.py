"""The words of a clock: what it promises, how it stands, and the stages it passes. Pure."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ClauseKind(TextChoices):
    CLAIM = "claim", _("Claim")
    FIRST_ATTEMPT = "first_attempt", _("First attempt")
    FEEDBACK = "feedback", _("Feedback")
    LEASE = "lease", _("Untouched claim")


class Verdict(TextChoices):
    RUNNING = "running", _("Running")
    MET = "met", _("Met")
    BREACHED = "breached", _("Breached")
    CANCELLED = "cancelled", _("Cancelled")


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
