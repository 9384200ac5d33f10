"""A lead is corrected by hand; here a blank does overwrite."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from handoff.journal.record import record as tell
from handoff.people.access import allowed
from handoff.people.models import User
from leads import events, refusals
from leads.actions import known
from leads.actions.intake import refuse
from leads.actions.past import as_it_is, remember
from leads.actions.scoring import score
from leads.arrival import LABELS, Arrival, arrive, search_of
from leads.models import Campaign, Lead

CORRECTED: Final = (
    *("name", "email", "phone", "company", "cnpj", "job_title", "city", "region", "origin"),
    *("landing_page", "legal_basis"),
)
KEYS: Final = {"email": "email_key", "phone": "phone_key"}


@transaction.atomic
def edit(
    *,
    lead_id: int,
    changes: Mapping[str, Any],
    opened: datetime | None = None,
    by: User,
    at: datetime,
) -> Lead:
    """Correct the fields in `changes`: texts, `pains` as a list, `attributes`, `campaign_id`.

    `opened` is the lead's `updated_at` as the editor saw it: one changed since is refused.
    Raises the refusals `unknown`, `not_allowed`, `changed_meanwhile` and `invalid`.
    """
    arrival = _checked(changes, at)
    phones = Lead.objects.filter(pk=lead_id).values_list("phone_key", flat=True)
    known.hold([*known.keys_of(arrival, None), *(f"phone:{phone}" for phone in phones)])
    lead = _lock(lead_id, by)
    if opened is not None and lead.updated_at != opened:
        raise refusals.changed_meanwhile()
    before = as_it_is(lead)
    changed = _correct(lead, arrival, changes)
    if changed:
        _require_unique(lead)
        lead.search, lead.updated_at = search_of(lead), at
        lead.save()
        remember(lead, before=before, at=at)
        score(lead_ids=[lead.pk], at=at)
        labels = ", ".join(str(LABELS[name]) for name in changed)
        tell(events.EDITED, about_id=lead.pk, at=at, by=by, fields=labels)
    return lead


def _checked(changes: Mapping[str, Any], at: datetime) -> Arrival:
    arrival, wrong = arrive(
        {name: changes[name] for name in CORRECTED if name in changes},
        attributes=changes.get("attributes"),
        pains=changes.get("pains", ()),
        at=at,
    )
    refuse(wrong)
    return arrival


def _lock(lead_id: int, by: User) -> Lead:
    lead = Lead.objects.visible_to(by).filter(pk=lead_id).select_for_update(no_key=True).first()
    if lead is None:
        raise refusals.unknown()
    if not allowed(by, "intake", on=lead.team_id):
        raise refusals.not_allowed()
    return lead


def _correct(lead: Lead, arrival: Arrival, changes: Mapping[str, Any]) -> list[str]:
    """Put the values on the lead; the names of those that differ."""
    changed = []
    for name in (*CORRECTED, "pains", "attributes"):
        if name not in changes:
            continue
        new = getattr(arrival, name)
        if name == "legal_basis":
            new = new or "unknown"
        if new != getattr(lead, name):
            setattr(lead, name, new)
            changed.append(name)
        if name in KEYS:
            setattr(lead, KEYS[name], getattr(arrival, KEYS[name]))
    if "campaign_id" in changes and changes["campaign_id"] != lead.campaign_id:
        lead.campaign = _campaign(changes["campaign_id"], lead.team_id)
        changed.append("campaign")
    return changed


def _campaign(campaign_id: int | None, team_id: int) -> Campaign | None:
    if campaign_id is None:
        return None
    found = Campaign.objects.filter(pk=campaign_id, team_id=team_id).first()
    if found is None:
        raise refusals.wrong(campaign=_("This team has no such campaign."))
    return found


def _require_unique(lead: Lead) -> None:
    """A person is known once: by an e-mail, and without one by a phone."""
    others = Lead.objects.exclude(pk=lead.pk)
    if not (lead.email_key or lead.phone_key or lead.external_id):
        raise refusals.wrong(
            email=_("There is no e-mail, phone or external id to know the person by.")
        )
    if lead.email_key and others.filter(email_key=lead.email_key).exists():
        raise refusals.wrong(email=_("Another lead is known by this e-mail."))
    by_phone = others.filter(phone_key=lead.phone_key, email_key="")
    if not lead.email_key and lead.phone_key and by_phone.exists():
        raise refusals.wrong(phone=_("Another lead without an e-mail has this phone."))
