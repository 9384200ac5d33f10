"""What is going on right now, by the real verbs: work that is ready, waits, or was just claimed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zlib import crc32

from handoff.demo.cast import FIELD, INSIDE, MARKETING, Company
from handoff.demo.crowd import WORDS, Crowd, Stranger
from handoff.demo.phrases import NOTES
from handoff.demo.promises import open_ago
from handoff.demo.shelf import IDEAS, WEBSITE, Shelf
from handoff.journal import outbox
from handoff.people.models import User
from leads.actions.claim import claim
from leads.actions.contact import attempt
from leads.actions.handoff import offer
from leads.actions.intake import capture
from leads.actions.qualification import qualify
from leads.actions.touch import Deed, touch
from leads.arrival import Inbound
from leads.models import Handoff, InteractionKind, Lead
from sla.actions import clocks
from sla.actions.agreements import InForce
from sla.models import ClauseKind

MINUTE: Final = timedelta(minutes=1)
WAITING: Final = {
    INSIDE: (1.9, 1.5, 1.2, 0.93, 0.85, 0.75, 0.62, 0.55, 0.5, 0.4, 0.3, 0.22, 0.15, 0.06),
    FIELD: (1.3, 0.9, 0.7, 0.45, 0.3, 0.1),
}
"""How much of the claim's target each waiting lead has used up."""
CLAIMED: Final = {INSIDE: (("sam", 0.5), ("sol", 0.8), ("bia", 0.3)), FIELD: (("otto", 0.4),)}
"""Who has just claimed one, and how much of the first attempt's target is used up."""
READY: Final = 11
NEW: Final = 9
STRONG: Final = (
    InteractionKind.DEMO_REQUEST,
    InteractionKind.PRICE_REQUEST,
    InteractionKind.MESSAGE,
    InteractionKind.DOWNLOAD,
)


Moment = tuple[datetime, str | None, str]


@dataclass
class Desk:
    """Does what the people of the company do, one lead at a time."""

    company: Company
    shelf: Shelf
    crowd: Crowd
    dice: random.Random

    @property
    def mara(self) -> User:
        return self.company.people["mara"]

    def come_in(self, who: Stranger, *, at: datetime) -> Lead:
        """A person comes in by a form of a campaign, and does something that says why now."""
        record = Inbound(
            team_id=self.company.teams[MARKETING].pk,
            source=WEBSITE,
            external_id=f"F-{crc32(who.email.encode()):08x}",
            name=who.name,
            email=who.email,
            phone=who.phone,
            company=who.company,
            cnpj=who.cnpj,
            job_title=who.job_title,
            city=who.city,
            region=who.region,
            origin=who.origin,
            campaign=who.idea.name,
            legal_basis=who.legal_basis,
            attributes={"tamanho": who.size},
            pains=who.pains,
            kind=InteractionKind.VISIT,
            occurred_at=at - 3 * MINUTE,
        )
        lead = capture(record=record, by=self.mara, at=at).lead
        self.act(lead, who, at=at)
        return lead

    def act(self, lead: Lead, who: Stranger, *, at: datetime) -> None:
        kinds = [kind for kind in STRONG if kind != InteractionKind.DOWNLOAD or who.idea.materials]
        kind = self.dice.choice(kinds)
        deed = Deed(
            lead_id=lead.pk,
            kind=kind,
            occurred_at=at - MINUTE,
            text=self.dice.choice(WORDS) if kind != InteractionKind.DOWNLOAD else "",
            material=self.dice.choice(who.idea.materials)
            if kind == InteractionKind.DOWNLOAD
            else "",
        )
        touch(deed=deed, by=self.mara, at=at)

    def qualified(self, who: Stranger, *, at: datetime) -> Lead:
        lead = self.come_in(who, at=at)
        return qualify(
            lead_id=lead.pk, reason="Pediu contato e tem o perfil certo.", by=self.mara, at=at
        )

    def offered(self, who: Stranger, *, at: datetime) -> Handoff:
        """Came in, qualified and handed off within the same minute."""
        lead = self.qualified(who, at=at - MINUTE)
        return offer(
            lead_id=lead.pk,
            team_id=self.company.teams[who.idea.team].pk,
            note=self.dice.choice(NOTES),
            pains=list(who.pains),
            promise=who.idea.promise,
            by=self.mara,
            at=at,
        )

    def stranger_for(self, team: str) -> Stranger:
        return self.crowd.next(self.dice.choice([idea for idea in IDEAS if idea.team == team]))


def set_the_scene(desk: Desk, terms: dict[str, InForce], *, now: datetime) -> int:
    """Fill the queues, the desk and the newest claims; returns how many leads that took."""
    moments = sorted(_moments(terms, now), key=lambda moment: moment[0])
    for at, team, seller in moments:
        if team is None:
            _on_the_desk(desk, seller, at)
            continue
        row = desk.offered(desk.stranger_for(team), at=at)
        if seller:
            claim(handoff_id=row.pk, by=desk.company.people[seller], at=at + MINUTE)
    return len(moments)


def _on_the_desk(desk: Desk, step: str, at: datetime) -> None:
    who = desk.stranger_for(desk.dice.choice((INSIDE, INSIDE, FIELD)))
    if step == "ready":
        desk.qualified(who, at=at)
    else:
        desk.come_in(who, at=at)


def _moments(
    terms: dict[str, InForce], now: datetime
) -> Iterator[tuple[datetime, str | None, str]]:
    """When each lead of today is offered, to which team, and who claims it; or left on the desk."""
    for team, used in WAITING.items():
        for share in used:
            yield _ago(terms[team], ClauseKind.CLAIM, share, now), team, ""
    for team, sellers in CLAIMED.items():
        for seller, share in sellers:
            at = _ago(terms[team], ClauseKind.FIRST_ATTEMPT, share, now)
            yield at - 2 * MINUTE, team, seller
    for place in range(READY):
        yield now - (5 + 23 * place) * MINUTE, None, "ready"
    for place in range(NEW):
        yield now - (2 + 17 * place) * MINUTE, None, "new"


def _ago(terms: InForce, kind: ClauseKind, share: float, now: datetime) -> datetime:
    used = timedelta(seconds=terms.clauses[kind].target * share)
    return open_ago(terms.schedule, now, used)


def catch_up(*, now: datetime) -> int:
    """Sweep what is due and deliver what is untold, as the house does while it runs."""
    done = 0
    while clocks.fire_next(at=now):
        done += 1
    while outbox.fire_next(at=now):
        done += 1
    return done


def try_once(handoff: Handoff, by: User, *, at: datetime) -> None:
    """A colleague calls, and nobody answers."""
    attempt(
        handoff_id=handoff.pk,
        channel="call",
        result="no_answer",
        occurred_at=at,
        note="Caiu na caixa postal.",
        by=by,
        at=at,
    )
