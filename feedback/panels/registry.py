"""Every report by the name that its address has, in the order of the page."""

from collections.abc import Callable, Mapping
from typing import Final

from feedback.panels import delays, hours, journeys, promises, sides
from feedback.panels.panel import Panel
from feedback.reports.cut import Cut

PANELS: Final[Mapping[str, Callable[[Cut], Panel]]] = {
    "sides": sides.kept,
    "attainment": promises.kept,
    "people": sides.by_person,
    "segments": sides.by_segment,
    "origins": sides.by_origin,
    "acceptance": journeys.taken,
    "response": promises.responded,
    "speed": promises.sped,
    "delay": delays.split,
    "arrivals": hours.arrived,
    "breaches": hours.missed,
    "funnel": journeys.customers,
    "returns": journeys.returned,
    "quality": journeys.judged,
    "cost": journeys.costs,
}


def names_for(cut: Cut) -> list[str]:
    """The reports that this cut can fill: costs need whole campaigns."""
    return [name for name in PANELS if name != "cost" or cut.sees_cost]
