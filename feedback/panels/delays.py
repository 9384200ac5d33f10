"""The panel about where the time until the first attempt went."""

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext as _

from feedback.panels.panel import (
    Chart,
    Column,
    Panel,
    counted,
    joined,
    measured,
    speed_than_before,
    write,
)
from feedback.panels.promises import week_label
from feedback.reports import delays
from feedback.reports.cut import Cut
from feedback.reports.delays import Spent
from sla.delay_words import where
from sla.delays import Part

CLOSED: Final = (Part.QUEUE_CLOSED, Part.SELLER_CLOSED)


def split(cut: Cut) -> Panel:
    answer, before = delays.of(cut), delays.of(cut.previous())
    total = answer.in_all
    return Panel(
        name="delay",
        question=_("Where does the time until the first attempt go?"),
        answer=_in_words(total, before.in_all),
        definition=_(
            "Wall clock from the moment the person came in to the first attempt, of first "
            "journeys, on average. Its parts add up to the whole: until we knew of the lead, "
            "until the MQL mark, until the handoff, in the queue, with the seller; the last two "
            "in open and in closed hours of the calendar that the promise is counted by."
        ),
        count=total.tried,
        columns=[
            Column("team", _("Team"), "text"),
            Column("n", "n"),
            Column("whole", _("In all"), "duration"),
            *(Column(part.value, str(part.label), "duration") for part in Part),
        ],
        rows=[
            *([team, *_figures(spent)] for team, spent in answer.teams.items()),
            [_("All teams"), *_figures(total)],
        ],
        chart=_stacked(answer.teams.keys(), answer.teams.values()),
        weeks=_stacked(map(week_label, answer.weeks), answer.weeks.values()),
        notes=[
            _("Ended without an attempt: %(count)s.") % {"count": counted(total.never)},
            _("Open and not yet tried: %(count)s.") % {"count": counted(total.open)},
        ],
    )


def _in_words(now: Spent, before: Spent) -> str:
    if now.longest is None:
        return _("Nobody has been tried in this period yet.")
    statement = _("%(length)s to the first attempt on average, of which %(where)s") % {
        "length": write(now.average, "duration"),
        "where": where(now.parts, now.longest),
    }
    return joined(statement, speed_than_before(now.average, before.average))


def _figures(spent: Spent) -> list[int | None]:
    return [spent.tried, spent.average, *spent.averages]


def _stacked(labels: Iterable[str], groups: Iterable[Spent]) -> Chart:
    """The parts on top of each other, closed hours as one."""
    averages = [dict(zip(Part, spent.averages, strict=True)) for spent in groups]
    open_parts = [part for part in Part if part not in CLOSED]
    closed = [sum(one[part] or 0 for part in CLOSED) for one in averages]
    return Chart(
        kind="stack",
        labels=list(labels),
        series=[
            *(
                (str(part.label), [measured(one[part], "hours") for one in averages])
                for part in open_parts
            ),
            (_("Closed hours"), [measured(seconds, "hours") for seconds in closed]),
        ],
        unit="hours",
    )
