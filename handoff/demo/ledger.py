"""Writes the lives down: leads, touches, handoffs, clocks, feedback and the journal, in bulk.

What is written here is history. Nobody is rung for it, so each entry counts as delivered at its
own instant; `tellings` makes the notices that people would have had.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from feedback.models import Feedback
from handoff.demo.cast import MARKETING, Company
from handoff.demo.clocks import Clockmaker, Ticked
from handoff.demo.lives import Journey, Life, Touch
from handoff.demo.news import news_of_clock, news_of_feedback, news_of_handoff, news_of_lead
from handoff.demo.shelf import WEBSITE, Shelf
from handoff.journal.models import Entry
from handoff.journal.record import News
from leads.actions.handoff import describe_signal
from leads.arrival import search_of
from leads.models import Attempt, Handoff, Interaction, InteractionKind, Lead, NextStep, Source
from leads.models.attempt import REACHED
from leads.models.interaction import STRONG
from leads.package import package_of
from leads.stages import HandoffState
from sla.actions.agreements import InForce
from sla.models import Clock, ClockEvent, Escalation

BATCH: Final = 1_000
PAGES: Final = ("precos", "integracoes", "clientes", "sla", "blog/passagem-de-bastao", "contato")
MATERIALS: Final = "https://www.handoff.example"


@dataclass
class Ledger:
    """Rows of every kind, kept until each kind is written at once."""

    company: Company
    shelf: Shelf
    terms: dict[str, InForce]
    now: datetime
    leads: list[tuple[Life, Lead]] = field(default_factory=list)
    handoffs: list[tuple[Journey, Handoff]] = field(default_factory=list)
    ticked: list[Ticked] = field(default_factory=list)
    answers: list[Feedback] = field(default_factory=list)
    news: list[News] = field(default_factory=list)

    # ------------------------------------------------------------------ leads
    def write_leads(self, lives: Iterable[Life]) -> int:
        source = Source.objects.get(name=WEBSITE)
        self.leads = [
            (life, self._lead(life, number, source)) for number, life in enumerate(lives, 1)
        ]
        Lead.objects.bulk_create((lead for _life, lead in self.leads), BATCH)
        for life, lead in self.leads:
            self.news.extend(news_of_lead(life, lead, self.company))
        return len(self.leads)

    def _lead(self, life: Life, number: int, source: Source) -> Lead:
        who = life.who
        last = max(touch.at for touch in life.touches)
        lead = Lead(
            team=self.company.teams[MARKETING],
            stage=life.stage,
            name=who.name,
            email=who.email,
            email_key=who.email,
            phone=who.phone,
            phone_key=who.phone,
            source=source,
            external_id=f"site-{number:05d}",
            company=who.company,
            cnpj=who.cnpj,
            job_title=who.job_title,
            city=who.city,
            region=who.region,
            origin=who.origin,
            campaign=self.shelf.campaigns[who.idea.name],
            utm={"utm_source": who.origin, "utm_campaign": who.idea.name} if who.origin else {},
            landing_page=f"{MATERIALS}/lp/{number % 12 + 1}",
            attributes={"tamanho": who.size},
            pains=list(who.pains),
            legal_basis=who.legal_basis,
            inbound_at=life.inbound_at,
            touched_at=last,
            marketing_qualified_at=life.qualified_at,
            marketing_qualified_by=life.qualified_by,
            qualification_reason="Perfil e interesse claros." if life.qualified_at else "",
            disqualified_at=life.disqualified_at,
            disqualified_reason=life.disqualified_reason,
            recycle_on=life.recycle_on,
            created_at=life.inbound_at,
            updated_at=max([last, *(journey.offered_at for journey in life.journeys)]),
        )
        lead.search = search_of(lead)
        return lead

    def write_touches(self) -> int:
        materials = {
            material.name: material for each in self.shelf.materials.values() for material in each
        }
        touches = [
            Interaction(
                lead=lead,
                kind=touch.kind,
                occurred_at=touch.at,
                recorded_at=touch.at,
                text=touch.text,
                url=_page_of(touch),
                material=materials.get(touch.material),
                campaign=lead.campaign,
            )
            for life, lead in self.leads
            for touch in life.touches
        ]
        Interaction.objects.bulk_create(touches, BATCH)
        return len(touches)

    # ------------------------------------------------------------------ handoffs
    def write_handoffs(self) -> int:
        self.handoffs = [
            (journey, self._handoff(life, lead, journey))
            for life, lead in self.leads
            for journey in life.journeys
        ]
        self.handoffs.sort(key=lambda pair: pair[0].offered_at)
        Handoff.objects.bulk_create((handoff for _journey, handoff in self.handoffs), BATCH)
        for journey, handoff in self.handoffs:
            self.news.extend(news_of_handoff(journey, handoff))
        return len(self.handoffs)

    def _handoff(self, life: Life, lead: Lead, journey: Journey) -> Handoff:
        why_now = self._why_now(life, journey)
        promise, pains = life.who.idea.promise, list(life.who.pains)
        package = package_of(lead, why_now=why_now, promise=promise, pains=pains, note=journey.note)
        claim = journey.claims[-1] if journey.claims else None
        tries = [each.at for each in journey.tries]
        talks = [each.at for each in journey.tries if each.result in REACHED]
        return Handoff(
            lead=lead,
            team=self.company.teams[journey.team],
            state=journey.state,
            campaign=lead.campaign,
            note=journey.note,
            pains=pains,
            promise=promise,
            why_now=why_now,
            completeness=package.percent,
            offered_at=journey.offered_at,
            offered_by=journey.offered_by,
            claimed_at=claim.at if claim else None,
            claimed_by=claim.seller if claim else None,
            first_attempt_at=min(tries, default=None),
            first_contact_at=min(talks, default=None),
            accepted_at=journey.accepted_at,
            sales_qualified_at=journey.accepted_at,
            ended_at=journey.ended_at,
            ended_by=journey.ended_by,
            reason=journey.reason,
            reason_note=journey.reason_note,
            value=journey.value,
            rescues=sum(claim.rescued_at is not None for claim in journey.claims),
        )

    def _why_now(self, life: Life, journey: Journey) -> str:
        before = [
            touch
            for touch in life.touches
            if touch.kind in STRONG and touch.at <= journey.offered_at
        ]
        if not before:
            return ""
        newest = max(before, key=lambda touch: touch.at)
        if newest.material:
            return f"{newest.kind.label}: {newest.material}"
        return describe_signal(Interaction(kind=newest.kind, text=newest.text))

    def write_work(self) -> int:
        """Attempts and the steps planned next."""
        attempts = [
            Attempt(
                handoff=handoff,
                by=each.by,
                channel=each.channel,
                result=each.result,
                note=each.note,
                occurred_at=each.at,
                recorded_at=each.at,
            )
            for journey, handoff in self.handoffs
            for each in journey.tries
        ]
        Attempt.objects.bulk_create(attempts, BATCH)
        NextStep.objects.bulk_create(
            NextStep(
                handoff=handoff,
                by=handoff.claimed_by,
                what=journey.step[0],
                due_at=journey.step[1],
                created_at=journey.tries[-1].at,
            )
            for journey, handoff in self.handoffs
            if journey.step and handoff.claimed_by
        )
        return len(attempts)

    # ------------------------------------------------------------------ clocks and feedback
    def write_clocks(self) -> int:
        self.ticked = [
            ticked
            for journey, handoff in self.handoffs
            for ticked in Clockmaker(handoff, self.terms[journey.team], self.now).of(journey)
        ]
        Clock.objects.bulk_create((ticked.clock for ticked in self.ticked), BATCH)
        events = (event for ticked in self.ticked for event in ticked.events())
        ClockEvent.objects.bulk_create(events, BATCH)
        passed = [each for ticked in self.ticked for each in ticked.escalations()]
        Escalation.objects.bulk_create(passed, BATCH)
        self.news.extend(news for each in passed for news in news_of_clock(each))
        return len(self.ticked)

    def write_feedback(self) -> int:
        self.answers = [
            _feedback(journey, handoff)
            for journey, handoff in self.handoffs
            if journey.ended_at and journey.state != HandoffState.WITHDRAWN
        ]
        Feedback.objects.bulk_create(self.answers, BATCH)
        for feedback in self.answers:
            self.news.extend(news_of_feedback(feedback))
        return len(self.answers)

    def write_journal(self) -> list[Entry]:
        """Everything that was told along the way, in the order in which it happened."""
        entries = [news.entry() for news in sorted(self.news, key=lambda news: news.at)]
        for entry in entries:
            entry.delivered_at, entry.next_at = entry.at, None
        return Entry.objects.bulk_create(entries, BATCH)


def _page_of(touch: Touch) -> str:
    """The page that was looked at; other touches have none."""
    if touch.kind not in {InteractionKind.VISIT, InteractionKind.EMAIL_CLICK}:
        return ""
    return f"{MATERIALS}/{PAGES[touch.at.second % len(PAGES)]}"


def _feedback(journey: Journey, handoff: Handoff) -> Feedback:
    said, ended_at, by = journey.answer, journey.ended_at, journey.ended_by
    if ended_at is None or by is None:
        raise ValueError("Feedback is asked for once the journey has ended.")
    if said is None:
        return Feedback(handoff=handoff, asked_of=by, asked_at=ended_at)
    return Feedback(
        handoff=handoff,
        asked_of=by,
        asked_at=ended_at,
        given_at=said.given_at,
        given_by=by,
        accepted=said.accepted,
        quality=said.quality,
        reason=handoff.reason if said.quality <= 3 or not said.accepted else "",
        comment=said.comment,
        reply=said.reply,
        replied_at=said.replied_at,
        replied_by=said.replied_by,
    )
