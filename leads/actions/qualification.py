"""Marketing's verdict: a lead is marked MQL, or disqualified, with a reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from handoff.journal.record import record as tell
from handoff.people.access import allowed
from handoff.people.models import User
from leads import events, refusals
from leads.actions.scoring import settle
from leads.models import Lead, Score
from leads.refusals import Refusal
from leads.stages import DISQUALIFIABLE, PROPOSABLE, QUALIFIABLE, LeadStage

LONGEST_REASON: Final = 500
MOST_AT_ONCE: Final = 500


@dataclass(frozen=True)
class Verdict:
    """What became of one lead of many: no refusal, and it was done."""

    lead_id: int
    lead: Lead | None = None
    refusal: Refusal | None = None


@transaction.atomic
def qualify(*, lead_id: int, reason: str, by: User, at: datetime) -> Lead:
    """Mark a lead MQL, from any stage outside an open journey; again changes nothing.

    Where the criteria propose the lead, an empty reason follows them: their version and the grade
    are the reason, as where they mark by themselves. Raises the refusals `unknown`, `not_allowed`,
    `not_possible` and `invalid`.
    """
    lead = _lock(lead_id, by)
    if lead.stage == LeadStage.MQL:
        return lead
    if lead.stage not in QUALIFIABLE:
        raise refusals.not_now("qualify", lead.get_stage_display())
    score = None if reason.strip() else _proposal(lead)
    reason = _checked(f"v{score.rule_set.number} · {score.grade}" if score else reason)
    lead.stage, lead.recycle_on = LeadStage.MQL, None
    lead.marketing_qualified_at, lead.marketing_qualified_by = at, by
    lead.qualified_under = score.rule_set if score else None
    lead.qualification_reason, lead.updated_at = reason, at
    lead.save(
        update_fields=(
            *("stage", "recycle_on", "marketing_qualified_at", "marketing_qualified_by"),
            *("qualified_under", "qualification_reason", "updated_at"),
        )
    )
    settle(lead_id=lead.pk)
    tell(events.QUALIFIED, about_id=lead.pk, at=at, by=by, reason=reason)
    return lead


@transaction.atomic
def disqualify(*, lead_id: int, reason: str, by: User, at: datetime) -> Lead:
    """Set a lead aside with a reason, before or after a journey; again changes nothing.

    Raises the refusals `unknown`, `not_allowed`, `not_possible` and `invalid`.
    """
    lead = _lock(lead_id, by)
    reason = _checked(reason)
    if lead.stage == LeadStage.DISQUALIFIED:
        return lead
    if lead.stage not in DISQUALIFIABLE:
        raise refusals.not_now("disqualify", lead.get_stage_display())
    lead.stage, lead.recycle_on = LeadStage.DISQUALIFIED, None
    lead.disqualified_at, lead.disqualified_reason, lead.updated_at = at, reason, at
    lead.save(
        update_fields=(
            *("stage", "recycle_on", "disqualified_at", "disqualified_reason"),
            "updated_at",
        )
    )
    settle(lead_id=lead.pk)
    tell(events.DISQUALIFIED, about_id=lead.pk, at=at, by=by, reason=reason)
    return lead


@transaction.atomic
def dismiss(*, lead_id: int, reason: str, by: User, at: datetime) -> Lead:
    """Set the criteria's proposal aside, with a reason; the lead stays as it is. Again changes
    nothing. It holds until the lead drops below the line, or another version speaks for it.

    Raises the refusals `unknown`, `not_allowed`, `not_proposed` and `invalid`.
    """
    lead = _lock(lead_id, by)
    reason = _checked(reason)
    if Score.objects.filter(lead=lead, qualifies=True, dismissed_at__isnull=False).exists():
        return lead
    score = _proposal(lead)
    if score is None:
        raise refusals.not_proposed()
    score.dismissed_at, score.proposes, score.revision = at, False, score.revision + 1
    score.save(update_fields=("dismissed_at", "proposes", "revision"))
    number = score.rule_set.number
    tell(events.PROPOSAL_DISMISSED, about_id=lead.pk, at=at, by=by, number=number, reason=reason)
    return lead


def qualify_many(*, lead_ids: Sequence[int], reason: str, by: User, at: datetime) -> list[Verdict]:
    """Mark each of them MQL; one that cannot be does not stop the others."""
    _short(reason)
    return _each(lead_ids, lambda pk: qualify(lead_id=pk, reason=reason, by=by, at=at))


def disqualify_many(
    *, lead_ids: Sequence[int], reason: str, by: User, at: datetime
) -> list[Verdict]:
    """Disqualify each of them; one that cannot be does not stop the others."""
    _checked(reason)
    return _each(lead_ids, lambda pk: disqualify(lead_id=pk, reason=reason, by=by, at=at))


def dismiss_many(*, lead_ids: Sequence[int], reason: str, by: User, at: datetime) -> list[Verdict]:
    """Set aside what the criteria propose; one that cannot be does not stop the others."""
    _checked(reason)
    return _each(lead_ids, lambda pk: dismiss(lead_id=pk, reason=reason, by=by, at=at))


def _each(lead_ids: Sequence[int], step: Callable[[int], Lead]) -> list[Verdict]:
    wanted = sorted(set(lead_ids))
    if len(wanted) > MOST_AT_ONCE:
        raise refusals.wrong(leads=_("At most 500 leads at once."))
    return [_one(pk, step) for pk in wanted]


def _one(pk: int, step: Callable[[int], Lead]) -> Verdict:
    try:
        return Verdict(pk, lead=step(pk))
    except Refusal as refusal:
        return Verdict(pk, refusal=refusal)


def _lock(lead_id: int, by: User) -> Lead:
    lead = Lead.objects.visible_to(by).filter(pk=lead_id).select_for_update(no_key=True).first()
    if lead is None:
        raise refusals.unknown()
    if not allowed(by, "qualify", on=lead.team_id):
        raise refusals.not_allowed()
    return lead


def _proposal(lead: Lead) -> Score | None:
    """The score by which the criteria propose a lead that is held here."""
    if lead.stage not in PROPOSABLE:
        return None
    rows = Score.objects.filter(lead=lead, proposes=True).select_related("rule_set")
    return rows.select_for_update(of=("self",), no_key=True).first()


def _checked(reason: str) -> str:
    reason = _short(reason)
    if not reason:
        raise refusals.wrong(reason=_("Say why."))
    return reason


def _short(reason: str) -> str:
    reason = " ".join(reason.split())
    if len(reason) > LONGEST_REASON:
        raise refusals.wrong(reason=_("This is too long."))
    return reason
