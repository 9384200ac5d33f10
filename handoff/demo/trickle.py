"""New leads while the demo runs: now and then somebody comes in, and a colleague lends a hand."""

import random
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from handoff.demo import cast, shelf
from handoff.demo.cast import Company
from handoff.demo.crowd import Crowd
from handoff.demo.shelf import IDEAS
from handoff.demo.today import Desk, try_once
from handoff.people.access import reach_of
from handoff.people.models import User
from leads.actions.claim import claim
from leads.models import Handoff, Lead
from leads.refusals import Refusal
from leads.stages import OPEN

MOST_WAITING: Final = 40
CROWDED: Final = 30
COLLEAGUES: Final = ("bia", "caio", "duda", "gabi", "nuno", "rita")
NUMBERS: Final = 100_000


@dataclass
class Stream:
    """One turn at a time; the queues never grow past MOST_WAITING."""

    desk: Desk

    @classmethod
    def opened(cls, at: datetime) -> "Stream | None":
        """None where this house is not the demo's. Each start brings strangers of its own."""
        company = cast.find()
        if company is None:
            return None
        moment = int(at.timestamp())
        crowd = Crowd(moment, first=NUMBERS + moment % 10_000_000)
        dice = random.Random(moment)  # noqa: S311  no secret hangs on it
        return cls(Desk(company, shelf.find(), crowd, dice))

    @property
    def company(self) -> Company:
        return self.desk.company

    def turn(self, *, at: datetime) -> str:
        """Let one thing happen; says which."""
        for user in self.company.people.values():
            forget_reach(user)
        waiting = Handoff.objects.waiting().count()
        if waiting >= CROWDED and self.desk.dice.random() < 0.5:
            return self._claimed(at)
        if waiting >= MOST_WAITING:
            return "full"
        if self.desk.dice.random() < 0.3:
            return self._acted(at)
        self.desk.offered(self.desk.crowd.next(), at=at)
        return "offered"

    def _acted(self, at: datetime) -> str:
        """Somebody who waits or is being worked does something more."""
        lead = Lead.objects.filter(handoffs__state__in=OPEN).order_by("?").first()
        if lead is None:
            return "quiet"
        idea = next(
            (idea for idea in IDEAS if lead.campaign and idea.name == lead.campaign.name), None
        )
        self.desk.act(lead, self.desk.crowd.next(idea), at=at)
        return "acted"

    def _claimed(self, at: datetime) -> str:
        """A colleague takes the one that has waited longest, and calls."""
        by = self.company.people[self.desk.dice.choice(COLLEAGUES)]
        teams = reach_of(by).team_ids()
        row = Handoff.objects.waiting().filter(team_id__in=teams).order_by("offered_at").first()
        if row is None:
            return "quiet"
        try:
            try_once(claim(handoff_id=row.pk, by=by, at=at), by, at=at)
        except Refusal:
            return "late"
        return "claimed"


def forget_reach(user: User) -> None:
    """An administrator may have changed somebody's role since the last turn."""
    vars(user).pop("_reach", None)
