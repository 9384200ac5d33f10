"""Where the time of a lead went, in one sentence."""

from collections.abc import Callable
from typing import Final

from django.utils.translation import gettext as _

from handoff.templatetags.handoff import duration, percent
from sla.delays import SECOND, Delays, Part, Reached

WHERE: Final[dict[Part, Callable[[], str]]] = {
    Part.CAPTURE: lambda: _("{share} passed before we knew of the lead"),
    Part.QUALIFY: lambda: _("{share} passed before it was marked as MQL"),
    Part.ROUTE: lambda: _("{share} passed between the mark and the handoff"),
    Part.QUEUE: lambda: _("{share} passed in the queue while we were open"),
    Part.QUEUE_CLOSED: lambda: _("{share} passed while we were closed"),
    Part.SELLER: lambda: _("{share} passed with the seller while we were open"),
    Part.SELLER_CLOSED: lambda: _("{share} passed while we were closed"),
}
"""What is said of the part that took most."""

UNTIL: Final[dict[Reached, Callable[[], str]]] = {
    Reached.TRIED: lambda: _("Of {whole} to the first attempt, {where}."),
    Reached.ENDED: lambda: _("It ended without an attempt. Of {whole} until then, {where}."),
    Reached.OPEN: lambda: _("Nobody has tried yet. Of {whole} until now, {where}."),
}


def where(parts: dict[Part, int], longest: Part) -> str:
    """ "61% passed while we were closed" """
    whole = sum(parts.values())
    taken = parts[longest]
    if longest in (Part.QUEUE_CLOSED, Part.SELLER_CLOSED):
        taken = parts[Part.QUEUE_CLOSED] + parts[Part.SELLER_CLOSED]
    return WHERE[longest]().format(share=percent(taken / whole))


def sentence(delays: Delays) -> str:
    """ "Of 3 h 40 min to the first attempt, 61% passed while we were closed." """
    if delays.longest is None:
        return _("No time has passed since the person came in.")
    said = where(delays.parts, delays.longest)
    return UNTIL[delays.reached]().format(whole=duration(delays.whole / SECOND), where=said)
