"""Passing the baton: a qualified lead is offered to a sales team, or taken back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from handoff.journal.record import record
from handoff.people.access import allowed
from handoff.people.models import Side, Team, User
from leads import events, refusals
from leads.actions import steps
from leads.models import Campaign, Handoff, Interaction, Lead
from leads.models.interaction import STRONG
from leads.package import package_of
from leads.stages import LeadStage

LONGEST_TEXT: Final = 4_000
MOST_PAINS: Final = 20
LONGEST_PAIN: Final = 200


@transaction.atomic
def offer(
    *,
    lead_id: int,
    team_id: int,
    note: str,
    pains: Sequence[str],
    promise: str,
    campaign_id: int | None = None,
    by: User,
    at: datetime,
) -> Handoff:
    """Hand an MQL to a sales team with its package; it waits in that team's queue.

    Without `campaign_id` the lead's own campaign is attached. Raises the refusals `unknown`,
    `not_allowed`, `not_possible` and `invalid`.
    """
    lead = _lock_lead(lead_id, by)
    steps.require_right("hand_off", by, lead.team_id)
    if lead.stage != LeadStage.MQL:
        raise refusals.not_now("offer", lead.get_stage_display())
    _check_texts(note, pains, promise)
    strongest = strongest_signal(lead)
    why_now = describe_signal(strongest)
    handoff = Handoff.objects.create(
        lead=lead,
        team=_sales_team(team_id),
        campaign=_campaign(campaign_id, lead),
        note=note.strip(),
        pains=list(pains),
        promise=promise.strip(),
        why_now=why_now,
        completeness=package_of(
            lead, why_now=why_now, promise=promise, pains=pains, note=note
        ).percent,
        offered_at=at,
        offered_by=by,
    )
    lead.stage, lead.recycle_on, lead.updated_at = LeadStage.HANDED_OFF, None, at
    lead.save(update_fields=("stage", "recycle_on", "updated_at"))
    record(events.OFFERED, about_id=handoff.pk, at=at, by=by, **steps.told(handoff))
    return handoff


@transaction.atomic
def withdraw(*, handoff_id: int, by: User, at: datetime) -> Handoff:
    """Take a waiting handoff out of the queue; the lead is an MQL again.

    The marketing team that owns the lead may, and who leads the sales team.
    """
    handoff = steps.lock(handoff_id, by=by)
    if not (
        allowed(by, "hand_off", on=handoff.lead.team_id)
        or allowed(by, "reassign", on=handoff.team_id)
    ):
        raise refusals.not_allowed()
    handoff.state = steps.next_or_refuse("withdraw", handoff)
    handoff.ended_at, handoff.ended_by = at, by
    handoff.save(update_fields=("state", "ended_at", "ended_by"))
    Lead.objects.filter(pk=handoff.lead_id).update(stage=LeadStage.MQL, updated_at=at)
    record(events.WITHDRAWN, about_id=handoff.pk, at=at, by=by, **steps.told(handoff))
    return handoff


def strongest_signal(lead: Lead) -> Interaction | None:
    """The newest touch of a kind that says why now."""
    touches = Interaction.objects.filter(lead=lead, kind__in=STRONG)
    return touches.select_related("material").order_by("-occurred_at", "-id").first()


def describe_signal(touch: Interaction | None) -> str:
    """A signal in a few words, such as “Download: Price list”; empty without one.

    Kept as it was said at the moment of the offer, in the language of the one who offers.
    """
    if touch is None:
        return ""
    what = str(touch.material or "") or touch.text.strip()
    kind = touch.get_kind_display()
    return (f"{kind}: {what}" if what else kind)[:200]


def _lock_lead(lead_id: int, by: User) -> Lead:
    rows = Lead.objects.visible_to(by).filter(pk=lead_id).select_related("campaign")
    lead = rows.select_for_update(no_key=True, of=("self",)).first()
    if lead is None:
        raise refusals.unknown()
    return lead


def _sales_team(team_id: int) -> Team:
    team = Team.objects.filter(pk=team_id, side=Side.SALES, archived_at__isnull=True).first()
    if team is None:
        raise refusals.wrong(team=_("Choose a sales team."))
    return team


def _campaign(campaign_id: int | None, lead: Lead) -> Campaign | None:
    if campaign_id is None:
        return lead.campaign
    campaign = Campaign.objects.filter(pk=campaign_id, team_id=lead.team_id).first()
    if campaign is None:
        raise refusals.wrong(campaign=_("Choose a campaign of the lead's team."))
    return campaign


def _check_texts(note: str, pains: Sequence[str], promise: str) -> None:
    too_long = _("This is too long.")
    wrong = {
        name: too_long
        for name, text in (("note", note), ("promise", promise))
        if len(text) > LONGEST_TEXT
    }
    if len(pains) > MOST_PAINS or any(len(pain) > LONGEST_PAIN for pain in pains):
        wrong["pains"] = _("At most 20 pains of 200 characters each.")
    if wrong:
        raise refusals.wrong(**wrong)
