"""What the criteria found at a lead: the values that were compared, the touches that counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.utils.formats import number_format
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leads.identity import cnpj_text, phone_text
from leads.models import InteractionKind, Lead
from leads.queries.timeline import ICONS
from leads.rules.criteria import ATTRIBUTE, UTM, ActivityTest, Criterion, Role, Rules
from leads.rules.sentences import days_said, field_label, points
from leads.rules.sql import AT, compiled, touches_of

SHOWN: Final = 3
LONGEST: Final = 120


@dataclass(frozen=True)
class Counted:
    """A touch that counted; `earned` (hundredths) where each earns its own points."""

    kind: str
    material: str
    instant: datetime
    earned: int | None = None

    @property
    def icon(self) -> str:
        return ICONS[InteractionKind(self.kind)]

    @property
    def text(self) -> str:
        return InteractionKind(self.kind).said(self.material)

    @property
    def said(self) -> str:
        return "" if self.earned is None else points(self.earned, signed=True)


@dataclass(frozen=True)
class Touches:
    """The newest of the `count` touches that counted; `worth` is what all of them are worth."""

    newest: Sequence[Counted]
    count: int
    worth: int


@dataclass(frozen=True)
class Ground:
    """What a criterion found: a `value`, or touches, and `note`: how its points came about.

    `rest` is what the `more` touches that are not named earn, where each earns its own.
    """

    value: str = ""
    touches: Sequence[Counted] = ()
    more: int = 0
    rest: int | None = None
    note: str = ""

    @property
    def others(self) -> str:
        text = ngettext("and {n} more", "and {n} more", self.more).format(
            n=number_format(self.more, force_grouping=True)
        )
        return text if self.rest is None else f"{text}: {points(self.rest, signed=True)}"


NOTHING: Final = Touches((), 0, 0)


def grounds_of(
    lead: Lead, rules: Rules, earned: Sequence[int], *, at: datetime
) -> tuple[list[Ground], Mapping[int, int]]:
    """The ground of each criterion, and how many touches each activity counts; one statement."""
    touches = _touches(lead, rules, at)
    found = [
        _ground(lead, criterion, touches.get(number, NOTHING), earned[number], at)
        for number, criterion in enumerate(rules.criteria)
    ]
    return found, {number: each.count for number, each in touches.items()}


def _touches(lead: Lead, rules: Rules, at: datetime) -> dict[int, Touches]:
    made = compiled(rules, at=AT)
    deeds = [
        touches_of(made, number, most=SHOWN)
        for number, criterion in enumerate(rules.criteria)
        if isinstance(criterion.test, ActivityTest)
    ]
    if not deeds:
        return {}
    found: dict[int, list[Counted]] = {}
    sums: dict[int, tuple[int, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(deeds), {**made.params, "lead": lead.pk, "at": at})
        for number, kind, material, instant, worth, count, total in cursor.fetchall():
            own = worth if rules.criteria[number].each else None
            found.setdefault(number, []).append(Counted(kind, material or "", instant, own))
            sums[number] = (count, total)
    return {
        number: Touches(sorted(newest, key=lambda each: each.instant, reverse=True), *sums[number])
        for number, newest in found.items()
    }


def _ground(lead: Lead, criterion: Criterion, found: Touches, earned: int, at: datetime) -> Ground:
    test = criterion.test
    if not isinstance(test, ActivityTest):
        value = _value(lead, test.field) or _("not known")
        return Ground(f"{capfirst(field_label(test.field))}: {value}")
    rest = None
    if criterion.each:
        rest = found.worth - sum(each.earned or 0 for each in found.newest)
    return Ground(
        touches=found.newest,
        more=found.count - len(found.newest),
        rest=rest,
        note=_note(criterion, test, found, earned, at),
    )


def _note(
    criterion: Criterion, test: ActivityTest, found: Touches, earned: int, at: datetime
) -> str:
    if found.count < test.at_least:
        return _("{n} of {least}").format(n=found.count, least=test.at_least)
    if criterion.role != Role.POINTS or not found.newest:
        return ""
    said = []
    if criterion.half_life_days is not None:
        age = None if criterion.each else at - found.newest[0].instant
        said.append(_halved(criterion, criterion.half_life_days, age))
    if criterion.each and found.worth != earned:
        text = _("{total} in all, of which {most} count")
        said.append(text.format(total=points(found.worth), most=points(earned)))
    return "; ".join(said)


def _halved(criterion: Criterion, half_life: float, age: timedelta | None) -> str:
    """ "+30 when new, halved every 14 days, 21 days old"; each of several has an age of its own."""
    text = ngettext(
        "{points} when new, halved every day",
        "{points} when new, halved every {n} days",
        1 if half_life == 1 else 2,
    )
    said = text.format(points=points(criterion.points, signed=True), n=days_said(half_life))
    if age is None:
        return said
    days = age.days
    old = ngettext("{n} day old", "{n} days old", days) if days else _("from today")
    return f"{said}, {old.format(n=number_format(days))}"


def _value(lead: Lead, name: str) -> str:
    """The value of a field as people read it; empty where nothing is known."""
    for mark, kept in ((ATTRIBUTE, lead.attributes), (UTM, lead.utm)):
        if name.startswith(mark):
            return Truncator(text_of(kept.get(name.removeprefix(mark)))).chars(LONGEST)
    special = {
        "email_domain": lead.email_key.rpartition("@")[2],
        "phone": phone_text(lead.phone_key) if lead.phone_key else "",
        "cnpj": cnpj_text(lead.cnpj),
    }
    found = special[name] if name in special else getattr(lead, name)
    return Truncator(text_of(found)).chars(LONGEST)


def text_of(value: object) -> str:
    """A value of any kind as a reader sees it."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)
