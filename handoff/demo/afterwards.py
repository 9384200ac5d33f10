"""What marketing does once a journey is over, by dice of its own. Nothing is written."""

import random
from datetime import datetime, timedelta
from typing import Final

from handoff.calendars.working_time import Schedule, deadline
from handoff.demo.lives import Journey, Life, World, is_negative
from handoff.demo.phrases import REPLIES, SET_ASIDE
from leads.stages import LeadStage

HOUR: Final = 3_600.0


class Afterwards:
    """Answers and next steps, the same for the same seed and world."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.dice = random.Random(seed + 1)  # noqa: S311  no secret hangs on it

    def reply(self, journey: Journey) -> None:
        """Marketing answers what was not praise, mostly in time."""
        said = journey.answer
        if said is None or not is_negative(said):
            return
        at = open_after(self.dice, self.world.marketing, said.given_at, 5 * HOUR)
        if at <= self.world.now and self.dice.random() < 0.995:
            said.reply, said.replied_at = self.dice.choice(REPLIES), at
            said.replied_by = journey.offered_by

    def take_up(self, life: Life, journey: Journey, ended_at: datetime) -> None:
        """Most of what came back is set aside; the rest becomes an MQL again, better described."""
        at = open_after(self.dice, self.world.marketing, ended_at, 3 * HOUR)
        forgotten = life.stage == LeadStage.RETURNED and self.dice.random() < 0.04
        if at > self.world.now or forgotten:
            return
        journey.taken_up_at = at
        if life.stage != LeadStage.RETURNED:
            return
        if self.dice.random() < 0.8:
            life.stage, life.disqualified_at = LeadStage.DISQUALIFIED, at
            life.disqualified_reason = self.dice.choice(SET_ASIDE)
        else:
            life.stage, life.qualified_at = LeadStage.MQL, at


def open_after(dice: random.Random, schedule: Schedule, start: datetime, median: float) -> datetime:
    """An instant some open time after `start`: a long-tailed delay around a median."""
    seconds = min(dice.lognormvariate(0, 0.85) * median, 40 * HOUR)
    return deadline(schedule, start=start, target=timedelta(seconds=round(seconds) + 5))
