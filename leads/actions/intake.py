"""The one door: a person comes in, or comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from handoff.journal.record import record as tell
from handoff.people.access import allowed, reach_of
from handoff.people.models import Side, Team, User
from leads import events, refusals
from leads.actions import known
from leads.actions.past import as_it_is, remember
from leads.actions.scoring import score
from leads.actions.touch import seen, touch_of
from leads.arrival import LABELS, Arrival, Inbound, arrive, search_of
from leads.duplicates import additions, same_person
from leads.models import Campaign, Interaction, Lead, LegalBasis, Source
from leads.problems import Problem

COPIED: Final = (
    *("name", "email", "email_key", "phone", "phone_key", "external_id", "company", "cnpj"),
    *("job_title", "city", "region", "landing_page", "utm", "attributes", "pains"),
)
LONGEST_SOURCE: Final = 120


@dataclass(frozen=True)
class Captured:
    """Who it is, whether they are new here, and the touch that was recorded."""

    lead: Lead
    created: bool
    touch: Interaction


@dataclass(frozen=True)
class Sent:
    """One arrival with the rows it names."""

    team_id: int
    arrival: Arrival
    source: Source | None
    campaign: Campaign | None
    at: datetime

    @property
    def source_id(self) -> int | None:
        return self.source.pk if self.source else None

    @property
    def origin(self) -> str:
        return self.arrival.origin or (self.campaign.origin if self.campaign else "")

    @property
    def occurred_at(self) -> datetime:
        return self.arrival.occurred_at or self.at


@transaction.atomic
def capture(*, record: Inbound, by: User, at: datetime) -> Captured:
    """Take in a person, or record that a known one came back; never a second lead.

    A returning person fills blanks and loses nothing. One who belongs to another team is touched
    and otherwise left alone. Raises the refusals `invalid` and `not_allowed`.
    """
    _require_team(record.team_id, by)
    sent = _sent(record, at)
    keys = known.keys_of(sent.arrival, sent.source_id)
    known.hold([*keys, *known.touch_key(record.external_key)])
    if (found := seen(record.external_key)) is not None:
        return Captured(found.lead, created=False, touch=found)
    lead, created, filled = _come_in(sent)
    touch = touch_of(
        lead,
        kind=record.kind,
        occurred_at=sent.occurred_at,
        text=sent.arrival.text,
        url=record.url,
        material=sent.arrival.material,
        campaign=sent.campaign,
        external_key=record.external_key,
        at=at,
    )
    tell(
        events.CAPTURED if created else events.TOUCHED,
        about_id=lead.pk,
        at=at,
        by=by,
        origin=_spoken(sent.origin or record.source or str(touch.get_kind_display())),
        touch_id=touch.pk,
        filled=filled,
    )
    score(lead_ids=[lead.pk], at=at)
    return Captured(lead, created=created, touch=touch)


def marketing_teams(by: User) -> list[Team]:
    """The teams that the person may bring leads into."""
    reach = reach_of(by)
    if reach.holds_everywhere("intake"):
        return list(Team.objects.filter(side=Side.MARKETING, archived_at__isnull=True))
    return [
        member.team
        for member in reach.memberships
        if member.team is not None
        and member.team.side == Side.MARKETING
        and reach.holds("intake", member.team_id)
    ]


def _require_team(team_id: int, by: User) -> None:
    if not allowed(by, "intake", on=team_id):
        raise refusals.not_allowed()
    if all(team.pk != team_id for team in marketing_teams(by)):
        raise refusals.wrong(team=_("Choose a marketing team."))


def _sent(record: Inbound, at: datetime) -> Sent:
    arrival, wrong = arrive(
        record.texts(),
        attributes=record.attributes,
        pains=record.pains,
        occurred_at=record.occurred_at,
        at=at,
    )
    if not wrong and not arrival.is_known_by_something:
        wrong["email"] = Problem("nobody")
    if arrival.external_id and not record.source.strip():
        wrong["source"] = Problem("no_source")
    refuse(wrong)
    return Sent(record.team_id, arrival, _source(record.source), _campaign(record), at)


def refuse(wrong: Mapping[str, Problem]) -> None:
    """Raises the refusal `invalid` where anything is wrong."""
    if wrong:
        raise refusals.wrong(**{name: found.sentence for name, found in wrong.items()})


def _source(name: str) -> Source | None:
    name = name.strip()
    if not name:
        return None
    if len(name) > LONGEST_SOURCE:
        raise refusals.wrong(source=_("This is too long."))
    return Source.objects.get_or_create(name=name)[0]


def _campaign(record: Inbound) -> Campaign | None:
    rows = Campaign.objects.filter(team_id=record.team_id)
    if record.campaign_id is not None:
        found = rows.filter(pk=record.campaign_id).first()
    elif record.campaign.strip():
        found = rows.filter(name=record.campaign.strip()).first()
    else:
        return None
    if found is None:
        raise refusals.wrong(campaign=_("This team has no such campaign."))
    return found


def _come_in(sent: Sent) -> tuple[Lead, bool, list[str]]:
    """The person's lead, whether it is new, and what of it was filled in."""
    among = known.candidates(sent.arrival, sent.source_id)
    match = same_person(sent.arrival, source_id=sent.source_id, among=among)
    if match is None:
        return _create(sent), True, []
    lead = Lead.objects.select_for_update(no_key=True).get(pk=match.id)
    others = [one for one in among if one.pk != lead.pk]
    return lead, False, _come_back(lead, sent, others, by_record=match.by_record)


def _create(sent: Sent) -> Lead:
    return Lead.objects.create(
        team_id=sent.team_id,
        source=sent.source if sent.arrival.external_id else None,
        origin=sent.origin,
        campaign=sent.campaign,
        legal_basis=sent.arrival.legal_basis or LegalBasis.UNKNOWN,
        search=search_of(sent.arrival),
        inbound_at=sent.occurred_at,
        touched_at=sent.occurred_at,
        created_at=sent.at,
        updated_at=sent.at,
        **{name: getattr(sent.arrival, name) for name in COPIED},
    )


def _come_back(lead: Lead, sent: Sent, others: Sequence[Lead], *, by_record: bool) -> list[str]:
    """Fill what was blank and move the instants; the names of the fields that changed."""
    changes: dict[str, Any] = {}
    if lead.team_id == sent.team_id:
        changes = additions(vars(lead), sent.arrival, by_record=by_record)
        changes |= _more_keys(lead, sent, others)
        if lead.campaign_id is None and sent.campaign is not None:
            changes["campaign"] = sent.campaign
    before = as_it_is(lead)
    for name, value in changes.items():
        setattr(lead, name, value)
    remember(lead, before=before, at=sent.at)
    lead.search = search_of(lead) if changes else lead.search
    lead.inbound_at = min(lead.inbound_at, sent.occurred_at)
    lead.touched_at = max(lead.touched_at, sent.occurred_at)
    lead.updated_at = sent.at
    lead.save(update_fields=(*changes, "search", "inbound_at", "touched_at", "updated_at"))
    return [name for name in changes if name in LABELS]


def _more_keys(lead: Lead, sent: Sent, others: Sequence[Lead]) -> dict[str, Any]:
    """Keys the lead did not have yet, unless another lead is known by them."""
    arrival, more = sent.arrival, dict[str, Any]()
    if arrival.external_id and not lead.external_id:
        more |= {"external_id": arrival.external_id, "source": sent.source}
    taken = any(one.email_key == arrival.email_key for one in others)
    if arrival.email_key and not lead.email_key and not taken:
        more |= {"email": arrival.email, "email_key": arrival.email_key}
    shared = any(one.phone_key == arrival.phone_key and not one.email_key for one in others)
    named = lead.email_key or "email_key" in more
    if arrival.phone_key and not lead.phone_key and (named or not shared):
        more |= {"phone": arrival.phone, "phone_key": arrival.phone_key}
    return more


def _spoken(origin: str) -> str:
    return origin.replace("_", " ")
