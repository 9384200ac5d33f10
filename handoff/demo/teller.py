"""How one person's story goes, from the first visit to the end of the journey. Nothing is written.

Delays are drawn in open time of the calendars that really count, so what comes out is late or in
time by the same arithmetic as everything else. What lies after `now` has not happened yet.
"""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from handoff.calendars.working_time import Schedule, deadline
from handoff.demo.afterwards import Afterwards, open_after
from handoff.demo.cast import INSIDE, Person
from handoff.demo.crowd import WORDS, Stranger, pick
from handoff.demo.lives import (
    Answer,
    Claim,
    Journey,
    Life,
    Touch,
    Try,
    World,
    came_back,
)
from handoff.demo.phrases import (
    CHANNELS,
    COMPLAINTS,
    CRITICISM,
    DAYS_OF_WEEK,
    HOURS_OF_DAY,
    LOSSES,
    NOTES,
    PRAISE,
    REASONS,
    SET_ASIDE,
    STEPS,
    TALKED,
    TRIED,
)
from handoff.people.models import User
from leads.models import AttemptResult, InteractionKind
from leads.stages import RETURN_ROUTE, HandoffState, LeadStage, ReasonGroup
from sla.actions.agreements import InForce
from sla.models import ClauseKind

MINUTE: Final = 60.0
HOUR: Final = 3_600.0
DAY: Final = timedelta(days=1)


class Teller:
    """Tells lives, the same for the same seed and world."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.dice = random.Random(seed)  # noqa: S311  no secret hangs on it
        self.afterwards = Afterwards(world, seed)

    def tell(self, who: Stranger) -> Life:
        life = Life(who, self._touches(who))
        dice = self.dice.random()
        if who.promise < 0.3 and dice < 0.45:
            self._set_aside(life)
        elif dice < 0.3 + 0.6 * who.promise:
            self._qualify(life)
        return life

    # ------------------------------------------------------------------ marketing
    def _touches(self, who: Stranger) -> list[Touch]:
        first = self._inbound(who)
        touches = [Touch(InteractionKind.VISIT, first)]
        at = first
        for _step in range(self.dice.choice((1, 2, 2, 3, 4, 6))):
            at += timedelta(seconds=self.dice.expovariate(1 / (9 * MINUTE)))
            touches.append(self._touch(who, at))
        if self.dice.random() < 0.35:
            later = at + timedelta(hours=self.dice.uniform(8, 200))
            touches.append(self._touch(who, later))
        return [touch for touch in touches if touch.at <= self.world.now]

    def _inbound(self, who: Stranger) -> datetime:
        """Somewhere within the campaign's run, mostly in working hours."""
        newest = max(who.idea.ends, 0)
        back = self.dice.uniform(newest, min(who.idea.starts, self.world.days))
        day = self.world.now - timedelta(days=back)
        for _again in range(8):
            if self.dice.random() * 1.2 < DAYS_OF_WEEK[day.weekday()]:
                break
            day = self.world.now - timedelta(
                days=self.dice.uniform(newest, min(who.idea.starts, self.world.days))
            )
        hour = self.dice.choices(range(24), HOURS_OF_DAY)[0]
        at = day.replace(hour=hour, minute=self.dice.randrange(60), second=self.dice.randrange(60))
        at += timedelta(hours=3)
        return at if at < self.world.now else at - DAY

    def _touch(self, who: Stranger, at: datetime) -> Touch:
        kinds = [
            (InteractionKind.VISIT, 3.0),
            (InteractionKind.EMAIL_OPEN, 1.2),
            (InteractionKind.EMAIL_CLICK, 0.7),
            (InteractionKind.DOWNLOAD, 1.6 if who.idea.materials else 0.0),
            (InteractionKind.EVENT, 1.6 if who.idea.origin == "event" else 0.1),
            (InteractionKind.FORM, 0.8),
            (InteractionKind.DEMO_REQUEST, 1.3 * who.promise),
            (InteractionKind.PRICE_REQUEST, 0.8 * who.promise),
            (InteractionKind.MESSAGE, 0.6 * who.promise),
        ]
        kind = pick(self.dice, kinds)
        talks = (InteractionKind.MESSAGE, InteractionKind.PRICE_REQUEST)
        return Touch(
            kind,
            at,
            text=self.dice.choice(WORDS) if kind in talks else "",
            material=self.dice.choice(who.idea.materials)
            if kind == InteractionKind.DOWNLOAD
            else "",
        )

    def _set_aside(self, life: Life) -> None:
        at = self._open(self.world.marketing, life.inbound_at, 5 * HOUR)
        if at <= self.world.now:
            life.stage, life.disqualified_at = LeadStage.DISQUALIFIED, at
            life.disqualified_reason = self.dice.choice(SET_ASIDE)

    def _qualify(self, life: Life) -> None:
        haste = 0.3 if life.who.idea.origin == "paid_search" else 1.0
        at = self._open(self.world.marketing, life.inbound_at, 14 * MINUTE * haste)
        if at > self.world.now:
            return
        life.stage, life.qualified_at = LeadStage.MQL, at
        life.qualified_by = self.dice.choice(self.world.marketers)
        if self.dice.random() < 0.995:
            self._journey(life, self._open(self.world.marketing, at, 3 * MINUTE))

    # ------------------------------------------------------------------ sales
    def _journey(self, life: Life, offered_at: datetime) -> None:
        """Add a journey, and another where the lead comes back and is offered anew."""
        journey = self._offered(life, offered_at)
        if journey is None:
            return
        life.journeys.append(journey)
        life.stage = _stage_after(journey)
        if journey.ended_at is None:
            return
        self.afterwards.reply(journey)
        life.recycle_on = journey.recycle_on if life.stage == LeadStage.RECYCLED else None
        if life.stage == LeadStage.DISQUALIFIED:
            life.disqualified_at = journey.ended_at
            life.disqualified_reason = journey.reason_note or str(ReasonGroup(journey.reason).label)
        again = life.stage in (LeadStage.RECYCLED, LeadStage.RETURNED, LeadStage.LOST)
        if again and len(life.journeys) < 2 and self.dice.random() < 0.16:
            self._come_back(life, journey.ended_at)
        if came_back(journey):
            self.afterwards.take_up(life, journey, journey.ended_at)

    def _come_back(self, life: Life, ended_at: datetime) -> None:
        at = ended_at + timedelta(days=self.dice.uniform(6, 40))
        qualified_at = self._open(self.world.marketing, at, 40 * MINUTE)
        if qualified_at > self.world.now:
            return
        life.touches.append(Touch(InteractionKind.PRICE_REQUEST, at, self.dice.choice(WORDS)))
        life.stage, life.recycle_on, life.qualified_at = LeadStage.MQL, None, qualified_at
        self._journey(life, self._open(self.world.marketing, qualified_at, 15 * MINUTE))

    def _offered(self, life: Life, offered_at: datetime) -> Journey | None:
        """None where nobody has claimed it by now: what waits is made by the real verbs."""
        team = life.who.idea.team
        by = life.qualified_by or self.world.marketers[0]
        journey = Journey(team, offered_at, by, self.dice.choice(NOTES))
        if self.dice.random() < 0.006:
            return self._withdrawn(journey)
        if not self._claimed(journey):
            return None
        self._worked(life.who, journey)
        self._answered(life.who, journey)
        return journey

    def _withdrawn(self, journey: Journey) -> Journey | None:
        at = journey.offered_at + timedelta(minutes=self.dice.uniform(2, 20))
        journey.state, journey.ended_at, journey.ended_by = (
            HandoffState.WITHDRAWN,
            at,
            journey.offered_by,
        )
        return journey if at <= self.world.now else None

    def _claimed(self, journey: Journey) -> bool:
        terms = self.world.terms[journey.team]
        target = terms.clauses[ClauseKind.CLAIM].target
        seller, person = self._seller(journey.team)
        median = target * 0.28 * person.pace * self._season(journey.offered_at)
        at = self._open(terms.schedule, journey.offered_at, median)
        if at > self.world.now:
            return False
        journey.claims.append(Claim(seller, at))
        return True

    def _worked(self, who: Stranger, journey: Journey) -> None:
        """Attempts until somebody answers, then an end or an open next step."""
        terms = self.world.terms[journey.team]
        first = self._first_try(journey, terms)
        if first is None:
            self._accept(who, journey, reached=False)
            return
        self._try_until_reached(who, journey, first)
        reached = journey.tries[-1].result in (AttemptResult.CONTACT, AttemptResult.TWO_WAY)
        self._accept(who, journey, reached=reached)
        self._end(who, journey, reached=reached)
        if journey.ended_at is None:
            self._plan(journey)

    def _first_try(self, journey: Journey, terms: InForce) -> datetime | None:
        """When the holder first tries; an untouched claim goes back and is claimed by another."""
        claim = journey.claims[-1]
        person = next(
            person for user, person in self.world.sellers[journey.team] if user == claim.seller
        )
        target = terms.clauses[ClauseKind.FIRST_ATTEMPT].target
        median = target * 0.3 * person.pace * self._season(claim.at)
        at = self._open(terms.schedule, claim.at, median)
        lease = timedelta(seconds=terms.clauses[ClauseKind.LEASE].target)
        ends = deadline(terms.schedule, start=claim.at, target=lease)
        if at < ends:
            return at if at <= self.world.now else None
        if ends > self.world.now:
            return None
        return self._rescued(journey, terms, ends)

    def _rescued(self, journey: Journey, terms: InForce, ends: datetime) -> datetime | None:
        again = self._open(terms.schedule, ends, 6 * MINUTE)
        tried = self._open(terms.schedule, again, 10 * MINUTE)
        if tried > self.world.now or len(journey.claims) > 1:
            claim = journey.claims[-1]
            return min(ends - timedelta(minutes=2), self.world.now) if ends > claim.at else None
        journey.claims[-1].rescued_at = ends
        seller, _person = self._seller(journey.team)
        journey.claims.append(Claim(seller, again))
        return tried

    def _try_until_reached(self, who: Stranger, journey: Journey, at: datetime) -> None:
        seller = journey.claims[-1].seller
        for count in range(6):
            reached = self.dice.random() < 0.3 + 0.4 * who.promise + 0.06 * count
            result = (
                pick(self.dice, ((AttemptResult.TWO_WAY, 4.0), (AttemptResult.CONTACT, 1.0)))
                if reached
                else pick(
                    self.dice, ((AttemptResult.NO_ANSWER, 2.0), (AttemptResult.LEFT_MESSAGE, 1.0))
                )
            )
            note = self.dice.choice(TALKED if reached else TRIED)
            journey.tries.append(Try(at, pick(self.dice, CHANNELS), result, note, seller))
            at = self._open(self._hours(journey), at, 3.5 * HOUR)
            if reached or at > self.world.now:
                return

    def _accept(self, who: Stranger, journey: Journey, *, reached: bool) -> None:
        """A claim accepts in São Paulo; Lisbon accepts once it has talked."""
        if journey.team == INSIDE:
            journey.accepted_at = journey.claims[-1].at
        elif reached and self.dice.random() < 0.55 + 0.5 * who.promise:
            journey.accepted_at = journey.tries[-1].at + timedelta(minutes=3)
        if journey.accepted_at and journey.accepted_at > self.world.now:
            journey.accepted_at = None
        if journey.accepted_at:
            journey.state = HandoffState.ACCEPTED

    def _end(self, who: Stranger, journey: Journey, *, reached: bool) -> None:
        days = self.dice.lognormvariate(1.5, 0.8) if reached else self.dice.uniform(1, 4)
        at = self._open(self._hours(journey), journey.tries[-1].at, days * 4 * HOUR)
        if at > self.world.now:
            return
        journey.ended_at, journey.ended_by = at, journey.claims[-1].seller
        dice = self.dice.random()
        if not reached:
            self._return(journey, ReasonGroup.UNREACHABLE)
        elif journey.accepted_at is None or dice > 0.35 + 0.6 * who.promise:
            self._return(journey, pick(self.dice, REASONS[1:]))
        elif dice < 0.42 * who.promise:
            journey.state = HandoffState.WON
            journey.value = Decimal(round(self.dice.lognormvariate(9.2, 0.7), -1)).quantize(
                Decimal("0.01")
            )
        else:
            journey.state, journey.reason = HandoffState.LOST, pick(self.dice, LOSSES)
            journey.reason_note = self._complaint(journey)

    def _return(self, journey: Journey, reason: ReasonGroup) -> None:
        journey.state, journey.reason = HandoffState.RETURNED, reason
        journey.reason_note = self._complaint(journey)
        if reason == ReasonGroup.NOT_NOW and journey.ended_at:
            journey.recycle_on = journey.ended_at.date() + timedelta(days=self.dice.randint(20, 90))

    def _complaint(self, journey: Journey) -> str:
        return self.dice.choice(COMPLAINTS[ReasonGroup(journey.reason)])

    def _plan(self, journey: Journey) -> None:
        due = self._open(self._hours(journey), self.world.now, 9 * HOUR)
        if self.dice.random() < 0.12:
            due = self.world.now - timedelta(hours=self.dice.uniform(1, 20))
        journey.step = (self.dice.choice(STEPS), due.replace(second=0, microsecond=0))

    def _answered(self, who: Stranger, journey: Journey) -> None:
        if journey.ended_at is None or journey.state == HandoffState.WITHDRAWN:
            return
        forgetful = 0.008
        at = self._open(self._hours(journey), journey.ended_at, 4.5 * HOUR)
        if self.dice.random() < forgetful or at > self.world.now:
            return
        bonus = {HandoffState.WON: 1.4, HandoffState.LOST: 0.2}.get(journey.state, -0.9)
        quality = round(min(max(self.dice.gauss(1.4 + 3.2 * who.promise + bonus, 0.7), 1), 5))
        accepted = journey.state != HandoffState.RETURNED or self.dice.random() < 0.25
        comment = self.dice.choice(PRAISE if quality > 3 else CRITICISM)
        if journey.reason and not accepted:
            comment = self._complaint(journey)
        journey.answer = Answer(at, accepted, quality, comment)

    # ------------------------------------------------------------------ dice
    def _hours(self, journey: Journey) -> Schedule:
        return self.world.terms[journey.team].schedule

    def _open(self, schedule: Schedule, start: datetime, median: float) -> datetime:
        return open_after(self.dice, schedule, start, median)

    def _season(self, at: datetime) -> float:
        """The teams have become faster: nearly three times over the whole story."""
        age = (self.world.now - at) / (self.world.days * DAY)
        return 0.75 + 1.25 * min(max(age, 0.0), 1.0)

    def _seller(self, team: str) -> tuple[User, Person]:
        return pick(self.dice, [((user, who), who.share) for user, who in self.world.sellers[team]])


def _stage_after(journey: Journey) -> LeadStage:
    if journey.ended_at is None:
        return LeadStage.CLAIMED
    if journey.state == HandoffState.RETURNED:
        return RETURN_ROUTE[journey.reason]
    ends = {HandoffState.WON: LeadStage.WON, HandoffState.LOST: LeadStage.LOST}
    return ends.get(journey.state, LeadStage.MQL)
