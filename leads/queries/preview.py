"""What a draft would make of the leads of the last ninety days, against what is in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from handoff.people.models import User
from leads.models import Lead, RuleSet
from leads.queries.backtest import SHORT, answering
from leads.rules.criteria import Role, Rules
from leads.rules.reading import read
from leads.rules.sql import AT, Compiled, compiled, of_many, scope_of, scored

DAYS: Final = 90
NAMED: Final = 8
TOO_MUCH: Final = gettext_lazy("This takes longer than it may: so much for so many leads.")


@dataclass(frozen=True)
class Flip:
    """How many would enter or leave, and the newest of them by name."""

    count: int
    leads: Sequence[Lead]


@dataclass(frozen=True)
class Preview:
    """`leads` came in; `draft` of them would qualify, and `active` do, None without any active.

    `doubts` says, by its place, what all of them or none of them pass.
    """

    leads: int
    draft: int
    active: int | None
    enter: Flip
    leave: Flip
    doubts: Mapping[str, str] = field(default_factory=dict)

    @property
    def percent(self) -> int:
        return round(100 * self.draft / self.leads) if self.leads else 0


def preview_of(rules: Rules, *, team_id: int | None, by: User, at: datetime) -> Preview:
    """A few statements; names are of leads that `by` may see. Raises a Refusal where it takes
    long."""
    active = RuleSet.objects.speaking_for(team_id)
    cells, passed = _counted(rules, read(active.rules) if active else Rules(), team_id, at)
    count = {pair: n for pair, (n, _ids) in cells.items()}
    leads, flips = sum(count.values()), cells if active else {}
    return Preview(
        leads=leads,
        draft=sum(n for (drafted, _now), n in count.items() if drafted),
        active=sum(n for (_drafted, now), n in count.items() if now) if active else None,
        enter=_flip(flips.get((True, False), (0, [])), by),
        leave=_flip(flips.get((False, True), (0, [])), by),
        doubts=_doubts(rules, passed, leads) if leads else {},
    )


Cells = dict[tuple[bool, bool], tuple[int, list[int]]]


def _counted(
    rules: Rules, active: Rules, team_id: int | None, at: datetime
) -> tuple[Cells, dict[str, int]]:
    """Leads by whether draft and active would have them; how many pass each hurdle of the draft."""
    draft, now = compiled(rules, at=AT, prefix="d"), compiled(active, at=AT, prefix="a")
    leads = f"l.inbound_at > %(since)s AND l.inbound_at <= %(at)s AND {scope_of(team_id)}"
    touches = f"i.lead_id IN (SELECT l.id FROM leads_lead l WHERE {leads})"
    found = scored(now, scored(draft, of_many(leads, draft, now, touches=touches)))
    hurdles = _hurdles(draft)
    passing = "".join(f", count(*) FILTER (WHERE {each})" for each in hurdles.values())
    params: dict[str, Any] = {
        "at": at,
        "since": at - timedelta(days=DAYS),
        **RuleSet.objects.scope_params(team_id),
    }
    with answering(SHORT, TOO_MUCH) as cursor:
        cursor.execute(
            "SELECT d_qualifies, a_qualifies, count(*),"
            f" (array_agg(lead_id ORDER BY lead_id DESC))[:{NAMED}]{passing}"
            f" FROM ({found}) f GROUP BY 1, 2",
            {**params, **draft.params, **now.params},
        )
        rows = cursor.fetchall()
    passed = {place: sum(row[4 + number] for row in rows) for number, place in enumerate(hurdles)}
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}, passed


def _hurdles(draft: Compiled) -> dict[str, str]:
    """Each threshold, must-have and veto by its place, with what a lead that passes it meets."""
    rules = draft.rules
    least = {
        f"thresholds.{axis}": f"d_{axis} >= {draft.param(value)}"
        for axis, value in rules.thresholds.items()
    }
    return least | {
        f"criteria.{number}": f"{draft.column(number)} = {int(criterion.role == Role.MUST)}"
        for number, criterion in enumerate(rules.criteria)
        if criterion.role != Role.POINTS
    }


def _doubts(rules: Rules, passed: Mapping[str, int], leads: int) -> dict[str, str]:
    """A hurdle that nobody passes, and a threshold that stops nobody."""
    n = number_format(leads, force_grouping=True)
    nobody = _("Nobody passes this: none of the {n} leads of the last ninety days.").format(n=n)
    everybody = _("Everybody passes this: all {n} leads of the last ninety days.").format(n=n)
    none = {place: nobody for place, count in passed.items() if count == 0}
    return none | {
        place: everybody
        for place, count in passed.items()
        if count == leads and place.startswith("thresholds.")
    }


def _flip(cell: tuple[int, list[int]], by: User) -> Flip:
    count, ids = cell
    return Flip(count, list(Lead.objects.visible_to(by).filter(pk__in=ids).order_by("-pk")))
