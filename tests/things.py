"""What the ids in the paths of `tests.expectations` name."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from handoff.calendars.models import Calendar
from handoff.journal import outbox
from handoff.notices.models import Delivery
from handoff.people.models import ApiToken, Role, Scope, User
from leads.actions import contact, imports, rules
from leads.models import Campaign
from leads.stages import HandoffState
from sla.actions import absences, clocks, contests, signing
from sla.actions.agreements import in_force
from sla.actions.terms import DEFAULT
from sla.models import ClauseKind, Clock
from tests import walk
from tests.cast import MONDAY, Cast, person


class Things:
    """Each is made by the real verbs when it is asked for."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast

    def id_of(self, name: str) -> object:
        make: Callable[[], Any] = getattr(self, name)
        found = make()
        return getattr(found, "pk", found)

    def lead(self) -> object:
        return self.waiting().lead

    def waiting(self) -> Any:
        return walk.handoff_at(HandoffState.WAITING, self.cast)

    def held(self) -> Any:
        return walk.handoff_at(HandoffState.ACCEPTED, self.cast)

    def running(self) -> Any:
        """Sam's own: the first attempt on what he holds."""
        return Clock.objects.get(handoff=self.held(), kind=ClauseKind.FIRST_ATTEMPT)

    def late(self) -> Any:
        """The same, breached and not yet made up for."""
        clock = self.running()
        clocks.fire_due(at=clock.due_at + timedelta(minutes=1))
        return clock

    def contested(self) -> Any:
        """The same, of which Sam's lead says that it is none."""
        at = MONDAY + timedelta(hours=9)
        return contests.contest(
            clock_id=self.late().pk, why="A power cut.", by=self.cast.tess, at=at
        )

    def over(self) -> Any:
        """The first attempt on a lead that was tried in time, and is still held."""
        held, at = self.held(), MONDAY + timedelta(minutes=9)
        walk.reached(held, self.cast.sam, at=at)
        return Clock.objects.get(handoff=held, kind=ClauseKind.FIRST_ATTEMPT)

    def ended(self) -> Any:
        return walk.handoff_at(HandoffState.WON, self.cast)

    def asked(self) -> Any:
        """A journey that ended, and whose seller was asked how the lead was."""
        ended = self.ended()
        self.deliver()
        return ended

    def deliver(self) -> None:
        while outbox.fire_next(at=MONDAY.replace(hour=23)):
            pass

    def step(self) -> object:
        due = MONDAY.replace(hour=20)
        held = self.held()
        return contact.plan(
            handoff_id=held.pk, what="Call", due_at=due, by=self.cast.sam, at=MONDAY
        )

    def campaign(self) -> object:
        return Campaign.objects.create(team=self.cast.marketing, name="Autumn")

    def batch(self) -> object:
        file, team = ContentFile(b"name,email\nAna,ana@acme.example\n"), self.cast.marketing
        return imports.upload(
            file=file, name="ana.csv", team_id=team.pk, by=self.cast.mara, at=MONDAY
        )

    def drafted(self) -> Any:
        """Criteria of Mara's for the leads of her team."""
        return walk.criteria(self.cast)

    def proposed(self) -> Any:
        return rules.propose(rule_set_id=self.drafted().pk, by=self.cast.mara, at=MONDAY)

    def notice(self) -> object:
        """Mara hears that Sam took her lead."""
        self.held()
        self.deliver()
        return Delivery.objects.filter(recipient=self.cast.mara).latest("pk")

    def written(self) -> Any:
        """A draft of the agreement with Sam's team, by who leads Mara's."""
        known = User.objects.filter(name="Lena").first()
        lena = known or person("Lena", Role.LEAD, self.cast.marketing)
        return signing.draft(
            team_id=self.cast.sales.pk,
            calendar_id=in_force(None, at=MONDAY).calendar_id,
            clauses=DEFAULT,
            claim_accepts=True,
            by=lena,
            at=MONDAY,
        )

    def unsigned(self) -> Any:
        """The same once it is proposed."""
        row = self.written()
        return signing.propose(agreement_id=row.pk, why="Try it.", by=row.created_by, at=MONDAY)

    def calendar(self) -> object:
        self.held()
        return Calendar.objects.latest("pk")

    def marketing(self) -> object:
        return self.cast.marketing

    def agreed(self) -> object:
        return self.cast.sales

    def sales(self) -> object:
        return self.cast.sales

    def team(self) -> object:
        return self.cast.sales

    def person(self) -> object:
        return self.cast.sol

    def seller(self) -> object:
        return self.cast.sam

    def absence(self) -> object:
        first = timezone.now().date() + timedelta(days=2)
        return absences.be_away(
            person=self.cast.sam, first=first, last=first, by=self.cast.tess, at=timezone.now()
        )

    def token(self) -> object:
        return ApiToken.issue(user=self.cast.mara, name="t", scopes=[Scope.READ], at=MONDAY)[0]

    def report(self) -> str:
        return "funnel"
