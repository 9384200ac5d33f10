"""What is asked: other hours, holidays, sellers, targets or order. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from handoff.calendars.public_holidays import by_year
from handoff.calendars.working_time import Schedule, Window
from sla.simulation.figures import Plan
from sla.simulation.queue import Order

OPEN: Final = "open"
"""Said of holidays: they are days like any other."""


def _none(year: int) -> tuple[()]:
    return ()


@dataclass(frozen=True)
class Scenario:
    """What differs from what was; all that is empty stays.

    `hours` by weekday, 0 is Monday. `holidays` is OPEN, or the two letters of a country.
    """

    hours: Mapping[int, tuple[Window, ...]] = field(default_factory=dict)
    holidays: str = ""
    sellers: int | None = None
    claim_target: int | None = None
    attempt_target: int | None = None
    order: Order = Order.DEADLINE

    def schedule(self, base: Schedule) -> Schedule:
        """The base with other hours. Its closed days and days with hours of their own stay."""
        week = {**base.weekly, **self.hours}
        other = replace(base, weekly={day: windows for day, windows in week.items() if windows})
        if not self.holidays:
            return other
        if self.holidays == OPEN:
            return replace(other, holidays=_none)
        public = by_year(country=self.holidays, subdivision="", optional=False)
        return replace(other, holidays=public)

    def plan(self, base: Schedule, *, sellers: int) -> Plan:
        """The plan of a team that had so many sellers."""
        return Plan(
            self.schedule(base),
            staffing=(self.sellers or sellers) / sellers,
            claim_target=self.claim_target,
            attempt_target=self.attempt_target,
            order=self.order,
        )
