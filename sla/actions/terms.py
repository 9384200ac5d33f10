"""The terms of an agreement as they are written: what they may be, and writing them down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from django.utils.translation import gettext as _

from handoff.calendars.working_time import Schedule, Unreachable
from leads import refusals
from sla.derivation import Promise, moments
from sla.models import Agreement, Clause, ClauseKind, Evidence
from sla.stages import EVIDENCE_OF, REQUIRED

MINUTE: Final = 60
HOUR: Final = 3_600
LONGEST: Final = 2_000 * HOUR


@dataclass(frozen=True)
class Terms:
    """One clause as it is proposed, in seconds of open time; without `evidence` the usual one."""

    kind: str
    target: int
    warn_before: int = 0
    escalate_after: int | None = None
    evidence: str = ""

    @classmethod
    def of(cls, clause: Clause) -> Self:
        return cls(
            *(clause.kind, clause.target, clause.warn_before, clause.escalate_after),
            evidence=clause.evidence,
        )

    @property
    def counts(self) -> str:
        return self.evidence or EVIDENCE_OF.get(self.kind, (Evidence.ATTEMPT,))[0]

    @property
    def promise(self) -> Promise:
        return Promise(self.target, self.warn_before, self.escalate_after)


DEFAULT: Final = (
    Terms(ClauseKind.CLAIM, 15 * MINUTE, 5 * MINUTE, 30 * MINUTE),
    Terms(ClauseKind.FIRST_ATTEMPT, 60 * MINUTE, 15 * MINUTE, 2 * HOUR),
    Terms(ClauseKind.FIRST_CONTACT, 8 * HOUR, HOUR, 8 * HOUR, Evidence.TWO_WAY),
    Terms(ClauseKind.FEEDBACK, 16 * HOUR, 4 * HOUR, 8 * HOUR),
    Terms(ClauseKind.ANSWER, 16 * HOUR, 4 * HOUR, 8 * HOUR),
    Terms(ClauseKind.TAKE_UP, 8 * HOUR, 2 * HOUR, 8 * HOUR),
    Terms(ClauseKind.LEASE, 2 * HOUR),
)


def write(clauses: Iterable[Terms], *, agreement: Agreement) -> None:
    """Write the clauses of a version that has none."""
    Clause.objects.bulk_create(
        Clause(
            agreement=agreement,
            kind=terms.kind,
            target=terms.target,
            warn_before=terms.warn_before,
            escalate_after=terms.escalate_after,
            evidence=terms.counts,
        )
        for terms in clauses
    )


def check(clauses: Sequence[Terms], *, schedule: Schedule, at: datetime) -> None:
    """Raises the refusal `invalid`, whose fields are named `<clause>_<term>`."""
    kinds = [terms.kind for terms in clauses]
    if len(set(kinds)) < len(kinds) or not set(REQUIRED) <= set(kinds) <= set(ClauseKind):
        raise refusals.wrong(clauses=_("An agreement states each of its clauses once."))
    wrong: dict[str, str] = {}
    for terms in clauses:
        wrong |= {f"{terms.kind}_{term}": said for term, said in _faults(terms).items()}
        if not wrong and not _reachable(terms, schedule, at):
            wrong[f"{terms.kind}_target"] = _("This calendar is not open enough to reach it.")
    if wrong:
        raise refusals.wrong(**wrong)


def _faults(terms: Terms) -> dict[str, str]:
    wrong = {}
    if terms.counts not in EVIDENCE_OF.get(terms.kind, (Evidence.ATTEMPT,)):
        wrong["evidence"] = _("Choose what counts.")
    if not 0 < terms.target <= LONGEST:
        wrong["target"] = _("A target is more than zero and at most 2,000 hours.")
    elif not 0 <= terms.warn_before < terms.target:
        wrong["warn_before"] = _("The warning comes before the deadline and after the start.")
    if terms.escalate_after is not None and not 0 < terms.escalate_after <= LONGEST:
        wrong["escalate_after"] = _("The manager is told after the deadline, or not at all.")
    return wrong


def _reachable(terms: Terms, schedule: Schedule, at: datetime) -> bool:
    try:
        moments(schedule, start=at, promise=terms.promise)
    except Unreachable:
        return False
    return True
