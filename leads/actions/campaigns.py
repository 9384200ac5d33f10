"""What marketing runs, kept with its materials."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from handoff.people.access import allowed
from handoff.people.models import User
from leads import refusals
from leads.models import Campaign, Material


@transaction.atomic
def keep_campaign(*, campaign: Campaign, materials: Sequence[str], by: User) -> Campaign:
    """Save a campaign as its form has filled it in, with its materials by name.

    A material that another campaign of the team gave away moves here. Raises the refusals
    `not_allowed` and `invalid`.
    """
    if not allowed(by, "campaigns", on=campaign.team_id):
        raise refusals.not_allowed()
    same = Campaign.objects.filter(team_id=campaign.team_id, name=campaign.name)
    if same.exclude(pk=campaign.pk).exists():
        raise refusals.wrong(name=_("This team has a campaign of this name."))
    _require_own(materials, campaign)
    campaign.save()
    Material.objects.filter(campaign=campaign).exclude(name__in=materials).update(campaign=None)
    for name in materials:
        Material.objects.update_or_create(name=name, defaults={"campaign": campaign})
    return campaign


def _require_own(materials: Sequence[str], campaign: Campaign) -> None:
    others = Material.objects.filter(name__in=materials, campaign__isnull=False)
    theirs = others.exclude(campaign__team_id=campaign.team_id).first()
    if theirs is not None:
        said = _("Another team gives “%(name)s” away: choose another name.")
        raise refusals.wrong(materials=said % {"name": theirs})
