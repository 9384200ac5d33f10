"""The answer of a replay in words: what was asked, what came out, and what it rests on."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from handoff.calendars.places import spoken_country
from handoff.calendars.sentences import WEEKDAYS
from handoff.calendars.week import NAMES, spoken_week
from handoff.calendars.working_time import Schedule
from handoff.templatetags.handoff import duration, percent
from sla.lengths import short
from sla.simulation.figures import SEEDS, Band, Figures
from sla.simulation.learning import Learnt
from sla.simulation.queue import NEAR, Order
from sla.simulation.scenario import OPEN, Scenario

ORDERS: Final[Mapping[Order, Callable[[], str]]] = {
    Order.OLDEST: lambda: _("the oldest first"),
    Order.NEWEST: lambda: _("the newest first"),
    Order.GRADE: lambda: _("the best grade first"),
}


def asked(scenario: Scenario, schedule: Schedule, *, sellers: int) -> str:
    """ "Open Monday to Friday 08:00–20:00; 12 sellers instead of 8"."""
    said = list(_differences(scenario, schedule, sellers))
    return capfirst("; ".join(said)) if said else _("As it was")


def _differences(scenario: Scenario, schedule: Schedule, sellers: int) -> Iterator[str]:
    if scenario.hours:
        week = ", ".join(f"{_within(days)} {hours}" for days, hours in spoken_week(schedule))
        yield _("open %(week)s") % {"week": week}
    if scenario.holidays == OPEN:
        yield _("open on holidays")
    elif scenario.holidays:
        yield _("closed on holidays as in %(country)s") % {
            "country": spoken_country(scenario.holidays)
        }
    if scenario.sellers:
        yield ngettext(
            "%(count)d seller instead of %(was)d",
            "%(count)d sellers instead of %(was)d",
            scenario.sellers,
        ) % {"count": scenario.sellers, "was": sellers}
    if scenario.claim_target:
        yield _("claimed within %(length)s") % {"length": short(scenario.claim_target)}
    if scenario.attempt_target:
        yield _("first attempt within %(length)s") % {"length": short(scenario.attempt_target)}
    if scenario.order in ORDERS:
        yield ORDERS[scenario.order]()


def _within(days: str) -> str:
    """Days within a sentence, which begin small where the language writes their names small."""
    return days if days.startswith(tuple(map(str, NAMES))) else days[:1].lower() + days[1:]


def answer(question: str, before: Band, after: Band) -> str:
    """ "Open 08:00–20:00: 71% → 90% (87 to 93 over 20 seeds)"."""
    return _("%(question)s: %(before)s → %(after)s (%(low)s to %(high)s over %(seeds)d seeds).") % {
        "question": question,
        "before": share(before.mean),
        "after": share(after.mean),
        "low": points(after.low),
        "high": points(after.high),
        "seeds": SEEDS,
    }


def moved(change: Band) -> str:
    """How attainment moves, with the band of the difference itself."""
    if change.low == change.high == 0:
        return _("That changes nothing.")
    if change.low <= 0 <= change.high:
        return _("The replays do not agree on a direction: no difference can be told.")
    low, high = sorted((abs(change.low), abs(change.high)))
    said = {
        "points": points(abs(change.mean), 1),
        "low": points(low, 1),
        "high": points(high, 1),
    }
    if change.mean > 0:
        return _("%(points)s points more (%(low)s to %(high)s).") % said
    return _("%(points)s points fewer (%(low)s to %(high)s).") % said


def by_the_clock(before: Band, after: Band) -> str:
    """What a lead feels of it."""
    said = _(
        "By the clock on the wall half of the leads are tried within %(after)s, not %(before)s."
    )
    if duration(round(before.mean)) == duration(round(after.mean)):
        said = _(
            "By the clock on the wall half of the leads are tried within %(after)s, as before."
        )
    return said % {"after": duration(round(after.mean)), "before": duration(round(before.mean))}


def reproduced(real: float, band: Band) -> str:
    """How closely the replay of what was comes to what was."""
    return _("Replayed as it was: %(mean)s (%(low)s to %(high)s). Really: %(real)s.") % {
        "mean": share(band.mean, 1),
        "low": points(band.low, 1),
        "high": points(band.high, 1),
        "real": share(real, 1),
    }


def trusted(real: float, band: Band) -> str:
    """Whether the answers may be believed, and by how much it misses."""
    if band.holds(real):
        return _("What happened lies within the band, so the replay knows this team.")
    missed = band.low - real if real < band.low else real - band.high
    return _(
        "What happened lies %(points)s points outside the band: the replay does not know this "
        "team well enough. Do not trust its answers."
    ) % {"points": points(missed, 1)}


def foretold(real: float, band: Band) -> str:
    """How the later half comes out with what only the earlier half had taught."""
    said = _(
        "Learnt from the first half alone, the second half comes out at %(mean)s "
        "(%(low)s to %(high)s). Really: %(real)s."
    ) % {
        "mean": share(band.mean, 1),
        "low": points(band.low, 1),
        "high": points(band.high, 1),
        "real": share(real, 1),
    }
    if band.holds(real):
        return said
    missed = band.low - real if real < band.low else real - band.high
    more = _(
        "That lies %(points)s points outside the band: what lies ahead may miss by as much or more."
    )
    return f"{said} {more % {'points': points(missed, 1)}}"


def assumptions(learnt: Learnt, scenario: Scenario, *, leads: int) -> list[str]:
    """What the answer rests on."""
    said = [
        _(
            "Leads come when they really came. A claim that went back to the queue comes back "
            "when it really did."
        ),
        _at_work(learnt),
        _(
            "Until a free seller claims a lead, and from there to the first attempt, it takes as "
            "long as it took with one of %(near)d leads around the same time, drawn at random "
            "%(seeds)d times over. Lengths are open time. The same address gives the same answer."
        )
        % {"near": min(NEAR, leads), "seeds": SEEDS},
        _(
            "The time until a free seller claims is multiplied by %(pace)s, so that as many are "
            "claimed in time in the replay as really were."
        )
        % {"pace": number_format(learnt.pace, 2)},
        _("Whoever claims takes what is first in the queue; nobody picks the easy ones."),
        _("Nobody changes habits: a shorter target makes nobody hurry."),
        _("A breach that was waived counts as one."),
    ]
    if scenario.hours:
        said.append(
            _(
                "In hours in which nobody was seen at work until now, as many are as usual: the "
                "same people, who work longer."
            )
        )
    if scenario.sellers:
        said.append(
            _(
                "With twice the sellers, a lead is noticed in half the time and twice as many are "
                "in work at once."
            )
        )
    return said


def _at_work(learnt: Learnt) -> str:
    said = {
        "sellers": learnt.sellers,
        "usual": number_format(learnt.usual, 1),
        "in_hand": learnt.in_hand,
    }
    text = ngettext(
        "Of %(sellers)d sellers %(usual)s are at work at a time on average, hour by hour of the "
        "week as they were seen. Each has one lead in hand at a time.",
        "Of %(sellers)d sellers %(usual)s are at work at a time on average, hour by hour of the "
        "week as they were seen. Each has up to %(in_hand)d leads in hand.",
        learnt.in_hand,
    )
    if learnt.most is None:
        return text % said
    (day, hour), most = learnt.most
    busiest = _("Most are there %(day)s at %(hour)02d:00: %(most)s.") % {
        "day": WEEKDAYS[day],
        "hour": hour,
        "most": number_format(most, 1),
    }
    return f"{text % said} {busiest}"


def left_out(left: int, total: int, shown: int, *, calendars: int) -> list[str]:
    """What the figures do not hold."""
    said = []
    if total > shown:
        said.append(
            _("The period has %(total)s leads; the newest %(shown)s are replayed.")
            % {"total": number(total), "shown": number(shown)}
        )
    if left:
        said.append(
            _("Withdrawn, or still waiting in time, and so left out: %(count)s.")
            % {"count": number(left)}
        )
    if calendars > 1:
        said.append(
            _("%(count)d versions of calendars counted; replayed is the one of most leads.")
            % {"count": calendars}
        )
    return said


def overrun(runs: Sequence[Figures]) -> str:
    """What was never reached; empty where all were."""
    most = max(run.unreached for run in runs)
    if not most:
        return ""
    return _(
        "Up to %(count)s leads were not reached 60 days after the last had come: the queue grows "
        "without end, and waits are cut off there."
    ) % {"count": number(most)}


def share(value: float, places: int = 0) -> str:
    return percent(value, places)


def points(value: float, places: int = 0) -> str:
    """Per cent without their sign."""
    return number_format(round(value * 100, places), places)


def number(count: int) -> str:
    return number_format(count, force_grouping=True)
