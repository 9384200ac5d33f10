"""What a clause promises, in one sentence that both teams would sign."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from handoff.templatetags.handoff import duration
from sla.lengths import business
from sla.models import Agreement, Clause, Clock, ClockEvent
from sla.stages import (
    BINDING,
    EVIDENCE_OF,
    AgreementState,
    ClauseKind,
    Evidence,
    Occurrence,
    Verdict,
)

Sentence = Callable[[], str]

PROMISED: Final[dict[str, Sentence]] = {
    ClauseKind.CLAIM: lambda: _("Sales claims each lead handed over within {length}."),
    ClauseKind.FIRST_ATTEMPT: lambda: _(
        "Whoever claims a lead makes the first attempt to reach it within {length}."
    ),
    ClauseKind.FIRST_CONTACT: lambda: _(
        "Whoever claims a lead has talked with it within {length}."
    ),
    ClauseKind.FEEDBACK: lambda: _(
        "Sales tells marketing how good the lead was within {length} of the end."
    ),
    ClauseKind.ANSWER: lambda: _(
        "Marketing answers feedback that says no, or two stars and less, within {length}."
    ),
    ClauseKind.TAKE_UP: lambda: _(
        "Marketing decides within {length} what becomes of a lead that was returned to it."
    ),
    ClauseKind.LEASE: lambda: _(
        "A claim that nobody touches goes back to the queue after {length}."
    ),
}
ICONS: Final = {
    ClauseKind.CLAIM: "hand",
    ClauseKind.FIRST_ATTEMPT: "phone-call",
    ClauseKind.FIRST_CONTACT: "messages-square",
    ClauseKind.FEEDBACK: "message-square",
    ClauseKind.ANSWER: "reply",
    ClauseKind.TAKE_UP: "rotate-ccw",
    ClauseKind.LEASE: "life-buoy",
}


COUNTS: Final[dict[str, Sentence]] = {
    Evidence.CONTACT: lambda: _("It counts once the lead is reached, also one way."),
    Evidence.TWO_WAY: lambda: _("It counts once the two have talked."),
}


def promise(clause: Clause) -> str:
    """ "Sales claims each lead handed over within 15 business minutes." """
    return PROMISED[clause.kind]().format(length=business(clause.target))


def consequences(clause: Clause) -> list[str]:
    """Who is told of what and when, in the order of time."""
    said = []
    usual = EVIDENCE_OF.get(clause.kind, (clause.evidence,))[0]
    if clause.evidence != usual:
        said.append(COUNTS[clause.evidence]())
    if clause.warn_before:
        before = _("A warning comes {length} before the deadline.")
        said.append(before.format(length=business(clause.warn_before)))
    if clause.escalate_after:
        after = _("The manager is told {length} after it.")
        said.append(after.format(length=business(clause.escalate_after)))
    return said


def accepting(agreement: Agreement) -> str:
    """What a claim means."""
    if agreement.claim_accepts:
        return _("A claim counts as acceptance: the lead is SAL and SQL at once.")
    return _(
        "A claim is not yet acceptance: "
        "the seller looks at the lead and then accepts or returns it."
    )


class Change(NamedTuple):
    """What one version says and the other does not; empty where it says nothing of it."""

    before: str
    after: str


def said(agreement: Agreement, clauses: Iterable[Clause]) -> dict[str, str]:
    """A version in sentences, by what each is about."""
    counted = _("Time counts by the calendar “%(name)s”.") % {"name": agreement.calendar}
    lines = {clause.kind: " ".join((promise(clause), *consequences(clause))) for clause in clauses}
    return {**lines, "accepts": accepting(agreement), "calendar": counted}


def changes(before: dict[str, str], after: dict[str, str]) -> list[Change]:
    """What a version adds, takes away or says otherwise."""
    return [
        Change(before.get(about, ""), after.get(about, ""))
        for about in dict.fromkeys([*before, *after])
        if before.get(about) != after.get(about)
    ]


class Standing(NamedTuple):
    """How a version stands: the kind, word and icon of its badge."""

    kind: str
    text: str
    symbol: str


def standing(agreement: Agreement, at: datetime) -> Standing:
    if agreement.state == AgreementState.DRAFT:
        return Standing("muted", _("Draft"), "pencil")
    if agreement.state not in BINDING or agreement.started_at is None:
        return Standing("info", _("Proposed"), "send")
    if agreement.ended_at is not None and agreement.ended_at <= agreement.started_at:
        return Standing("muted", _("Overtaken before it began"), "circle-slash")
    if agreement.started_at > at:
        return Standing("info", _("Signed, not yet in force"), "calendar-clock")
    if agreement.ended_at is not None and agreement.ended_at <= at:
        return Standing("muted", _("Ended"), "history")
    return Standing("ok", _("In force"), "check")


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
