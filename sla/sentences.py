"""What a clause promises, in one sentence that both teams would sign."""

from collections.abc import Callable
from typing import Final

from django.utils.translation import gettext as _

from handoff.templatetags.handoff import duration
from sla.lengths import business
from sla.models import Clause, Clock, ClockEvent
from sla.stages import ClauseKind, Occurrence, Verdict

Sentence = Callable[[], str]

PROMISED: Final[dict[str, Sentence]] = {
    ClauseKind.CLAIM: lambda: _("Sales claims each lead handed over within {length}."),
    ClauseKind.FIRST_ATTEMPT: lambda: _(
        "Whoever claims a lead makes the first attempt to reach it within {length}."
    ),
    ClauseKind.FEEDBACK: lambda: _(
        "Sales tells marketing how good the lead was within {length} of the end."
    ),
    ClauseKind.LEASE: lambda: _(
        "A claim that nobody touches goes back to the queue after {length}."
    ),
}
ICONS: Final = {
    ClauseKind.CLAIM: "hand",
    ClauseKind.FIRST_ATTEMPT: "phone-call",
    ClauseKind.FEEDBACK: "message-square",
    ClauseKind.LEASE: "life-buoy",
}


def promise(clause: Clause) -> str:
    """ "Sales claims each lead handed over within 15 business minutes." """
    return PROMISED[clause.kind]().format(length=business(clause.target))


def consequences(clause: Clause) -> list[str]:
    """Who is told of what and when, in the order of time."""
    said = []
    if clause.warn_before:
        before = _("A warning comes {length} before the deadline.")
        said.append(before.format(length=business(clause.warn_before)))
    if clause.escalate_after:
        after = _("The manager is told {length} after it.")
        said.append(after.format(length=business(clause.escalate_after)))
    return said


def verdict(clock: Clock) -> str:
    """How a clock stands; a lease is not kept or broken, it ends."""
    if clock.kind == ClauseKind.LEASE and clock.verdict == Verdict.MET:
        return _("Touched")
    if clock.kind == ClauseKind.LEASE and clock.verdict == Verdict.BREACHED:
        return _("Back in the queue")
    return clock.get_verdict_display()


def flags(clock: Clock, evidence: ClockEvent | None) -> list[str]:
    """What to know before one believes a verdict, in the order of weight."""
    said = []
    if evidence is not None and clock.late_logged:
        length = duration(evidence.recorded_at - evidence.at)
        said.append(_("Logged %(length)s after it happened") % {"length": length})
    if clock.bulk_logged:
        said.append(_("Logged with others within a minute"))
    if evidence is not None and evidence.data.get("before_start"):
        said.append(_("Happened before this began; counted from the start"))
    if evidence is not None and evidence.kind == Occurrence.CORRECTED:
        said.append(_("Corrected: earlier evidence was recorded later"))
    return said
