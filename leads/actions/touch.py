"""What a known person did: one more touch, told once however often it is sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from handoff.journal.record import record as tell
from handoff.people.access import allowed
from handoff.people.models import User
from leads import events, refusals
from leads.actions import known
from leads.actions.scoring import score
from leads.arrival import Arrival, arrive, storable
from leads.duplicates import same_person
from leads.instants import within_bounds
from leads.models import Campaign, Interaction, InteractionKind, Lead, Material, Source
from leads.problems import Problem

LONGEST: Final = {"text": 4_000, "url": 500, "external_key": 150}


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One thing a person did. The person is named by `lead_id`, or by the keys of a person.

    `occurred_at` is the UTC instant, None for now. `external_key` is the sender's own id of it.
    """

    lead_id: int | None = None
    email: str = ""
    phone: str = ""
    source: str = ""
    external_id: str = ""
    kind: str = InteractionKind.VISIT
    occurred_at: datetime | None = None
    text: str = ""
    url: str = ""
    material: str = ""
    external_key: str = ""


@transaction.atomic
def touch(*, deed: Deed, by: User, at: datetime) -> tuple[Interaction, bool]:
    """Record what a known person did; the second value says whether it is news.

    Raises the refusals `unknown` (no such person, or none of `by`'s), `not_allowed`, `invalid`.
    """
    arrival = _keys(deed, at)
    known.hold(known.touch_key(deed.external_key))
    lead = _person(deed, arrival, by)
    if not allowed(by, "intake", on=lead.team_id):
        raise refusals.not_allowed()
    if (found := seen(deed.external_key)) is not None:
        return found, False
    row = touch_of(
        lead,
        kind=deed.kind,
        occurred_at=deed.occurred_at or at,
        text=deed.text,
        url=deed.url,
        material=deed.material,
        external_key=deed.external_key,
        at=at,
    )
    Lead.objects.filter(pk=lead.pk, touched_at__lt=row.occurred_at).update(
        touched_at=row.occurred_at
    )
    tell(
        events.TOUCHED,
        about_id=lead.pk,
        at=at,
        by=by,
        origin=str(InteractionKind(row.kind).label),
        touch_id=row.pk,
    )
    score(lead_ids=[lead.pk], at=at)
    return row, True


def seen(external_key: str) -> Interaction | None:
    """The touch that was already recorded under this key."""
    if not external_key:
        return None
    rows = Interaction.objects.select_related("lead")
    return rows.filter(external_key=external_key).first()


def touch_of(
    lead: Lead,
    *,
    kind: str,
    occurred_at: datetime,
    text: str = "",
    url: str = "",
    material: str = "",
    campaign: Campaign | None = None,
    external_key: str = "",
    at: datetime,
) -> Interaction:
    """Write one touch of a lead, its values checked. Raises the refusal `invalid`."""
    values = _checked(kind, occurred_at, at, text=text, url=url, external_key=external_key)
    return Interaction.objects.create(
        lead=lead, recorded_at=at, material=_material(material), campaign=campaign, **values
    )


def _checked(kind: str, occurred_at: datetime, at: datetime, **texts: str) -> dict[str, Any]:
    values: dict[str, Any] = {"kind": kind}
    wrong: dict[str, str] = {}
    if kind not in InteractionKind.values:
        wrong["kind"] = _("Choose a kind of touch.")
    for name, text in texts.items():
        try:
            values[name] = storable(text, LONGEST[name])
        except Problem as found:
            wrong[name] = found.sentence
    try:
        values["occurred_at"] = within_bounds(occurred_at, at=at)
    except Problem as found:
        wrong["occurred_at"] = found.sentence
    if wrong:
        raise refusals.wrong(**wrong)
    return values


def _material(name: str) -> Material | None:
    name = name.strip()
    return Material.objects.get_or_create(name=name[:160])[0] if name else None


def _keys(deed: Deed, at: datetime) -> Arrival:
    texts = {"email": deed.email, "phone": deed.phone, "external_id": deed.external_id}
    if deed.lead_id is not None:
        return Arrival()
    arrival, wrong = arrive(texts, at=at)
    if wrong:
        raise refusals.wrong(**{name: found.sentence for name, found in wrong.items()})
    return arrival


def _person(deed: Deed, arrival: Arrival, by: User) -> Lead:
    mine = Lead.objects.visible_to(by)
    pk = deed.lead_id
    if pk is None:
        source = Source.objects.filter(name=deed.source).first() if deed.source else None
        source_id = source.pk if source else None
        among = known.candidates(arrival, source_id)
        match = same_person(arrival, source_id=source_id, among=among)
        pk = match.id if match else None
    lead = mine.filter(pk=pk).first() if pk is not None else None
    if lead is None:
        raise refusals.unknown()
    return lead
