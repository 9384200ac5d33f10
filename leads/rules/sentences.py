"""Criteria as sentences that both teams would sign, in the reader's language. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from leads.arrival import LABELS
from leads.rules.criteria import (
    ATTRIBUTE,
    GRADES,
    HUNDRED,
    LISTED,
    UTM,
    ActivityTest,
    Axis,
    Criterion,
    FieldTest,
    Op,
    Role,
    Rules,
    Test,
)

AXES: Final[Mapping[Axis, Promise]] = {
    Axis.FIT: gettext_lazy("Fit"),
    Axis.ENGAGEMENT: gettext_lazy("Engagement"),
    Axis.INTENT: gettext_lazy("Intent"),
}
MORE_FIELDS: Final[Mapping[str, Promise]] = {
    "source": gettext_lazy("source"),
    "email_domain": gettext_lazy("domain of the e-mail"),
}
COMPARED: Final[Mapping[Op, Promise]] = {
    Op.IS: gettext_lazy("{field} is {values}"),
    Op.IS_NOT: gettext_lazy("{field} is not {values}"),
    Op.CONTAINS: gettext_lazy("{field} contains “{values}”"),
    Op.ANY_OF: gettext_lazy("{field} is one of {values}"),
    Op.NONE_OF: gettext_lazy("{field} is none of {values}"),
    Op.AT_LEAST: gettext_lazy("{field} is at least {values}"),
    Op.AT_MOST: gettext_lazy("{field} is at most {values}"),
    Op.BETWEEN: gettext_lazy("{field} is between {values}"),
    Op.PRESENT: gettext_lazy("{field} is known"),
    Op.ABSENT: gettext_lazy("{field} is missing"),
}
PLACES: Final[Mapping[str, Promise]] = {
    "criteria": gettext_lazy("criteria"),
    "thresholds": gettext_lazy("thresholds"),
    "caps": gettext_lazy("caps"),
    "profile": gettext_lazy("steps of the profile"),
    "interest": gettext_lazy("steps of the interest"),
    "accepts": gettext_lazy("accepted grades"),
    "axis": gettext_lazy("axis"),
    "role": gettext_lazy("role"),
    "key": gettext_lazy("key"),
    "name": gettext_lazy("name"),
    "field": gettext_lazy("field"),
    "op": gettext_lazy("comparison"),
    "values": gettext_lazy("values"),
    "activity": gettext_lazy("kinds of touch"),
    "material": gettext_lazy("material"),
    "within_days": gettext_lazy("window in days"),
    "at_least": gettext_lazy("least number"),
    "points": gettext_lazy("points"),
    "each": gettext_lazy("points for each"),
    "cap": gettext_lazy("cap"),
    "half_life_days": gettext_lazy("half-life in days"),
    "why": gettext_lazy("why"),
    "team": gettext_lazy("team"),
    **{axis.value: label for axis, label in AXES.items()},
}


@dataclass(frozen=True)
class Change:
    """What differs from another version: `before` is empty where it is new, `after` where gone."""

    before: str
    after: str


def sentence(criterion: Criterion) -> str:
    """ "Origin is one of paid_search, organic_search: +20", with its name first if it has one."""
    said = condition(criterion.test)
    if criterion.role == Role.POINTS:
        said = _("{condition}: {points}").format(condition=said, points=_earned(criterion))
    elif criterion.role == Role.MUST:
        said = _("Must-have: {condition}").format(condition=said)
    else:
        said = _("Veto: {condition}").format(condition=said)
    return f"{criterion.name} – {said}" if criterion.name else said


def named(criterion: Criterion) -> str:
    """By its name, or by its condition where it has none."""
    return criterion.name or condition(criterion.test)


def condition(test: Test) -> str:
    """What must hold of the lead, or what it must have done."""
    return _compared(test) if isinstance(test, FieldTest) else _done(test)


def points(hundredths: int, *, signed: bool = False) -> str:
    """Hundredths of a point as people write them; `signed` shows the plus of a gain."""
    sign = "−" if hundredths < 0 else "+" if signed else ""
    whole, rest = divmod(abs(hundredths), HUNDRED)
    return sign + number_format(whole if not rest else Decimal(abs(hundredths)) / HUNDRED)


def days_said(days: float) -> str:
    """A half-life as people write it."""
    return number_format(int(days) if days.is_integer() else Decimal(str(days)))


def frame(rules: Rules) -> dict[str, str]:
    """What holds beside the criteria, by its place: thresholds, caps, grade steps, grades."""
    said = {}
    for axis, label in AXES.items():
        if axis in rules.thresholds:
            least = points(rules.thresholds[axis])
            said[f"thresholds.{axis}"] = _("{axis}: at least {points} to qualify.").format(
                axis=label, points=least
            )
        if axis in rules.caps:
            most = points(rules.caps[axis])
            said[f"caps.{axis}"] = _("{axis}: never more than {points}.").format(
                axis=label, points=most
            )
    a, b, c = map(points, rules.profile)
    said["profile"] = _("Profile by fit: A from {a}, B from {b}, C from {c}, else D.").format(
        a=a, b=b, c=c
    )
    a, b, c = map(points, rules.interest)
    said["interest"] = _(
        "Interest by engagement and intent together: 1 from {a}, 2 from {b}, 3 from {c}, else 4."
    ).format(a=a, b=b, c=c)
    grades = _("all") if rules.accepts == GRADES else ", ".join(rules.accepts)
    said["accepts"] = _("Grades that qualify: {grades}.").format(grades=grades)
    return said


def changes(before: Rules, after: Rules) -> list[Change]:
    """What `after` adds, removes or says otherwise; criteria are the same by their key."""
    old = {each.key: each for each in before.criteria}
    new = {each.key: each for each in after.criteria}
    found = [
        Change(sentence(old[key]) if key in old else "", sentence(each))
        for key, each in new.items()
        if old.get(key) != each
    ]
    found += [Change(sentence(each), "") for key, each in old.items() if key not in new]
    was, now = frame(before), frame(after)
    places = dict.fromkeys([*was, *now])
    return found + [
        Change(was.get(place, ""), now.get(place, ""))
        for place in places
        if was.get(place) != now.get(place)
    ]


def faults_said(faults: Mapping[str, str]) -> list[str]:
    """Faults as lines: "Criterion 3, points: Write a number."."""
    lines = []
    for place, said in faults.items():
        called = place_said(place)
        lines.append(_("{place}: {fault}").format(place=called, fault=said) if called else said)
    return lines


def place_said(place: str) -> str:
    """A place of leads.rules.reading as people say it; a name that we do not know is quoted."""
    parts = [part for part in place.split(".", 2) if part]
    if len(parts) > 1 and parts[0] == "criteria" and parts[1].isdecimal():
        number = _("criterion {number}").format(number=int(parts[1][:9]) + 1)
        called = [number, *(_called(part) for part in parts[2:])]
    else:
        called = [_called(part) for part in parts]
    said = ", ".join(called)
    return said[:1].upper() + said[1:]


def _called(name: str) -> str:
    if name in PLACES:
        return str(PLACES[name])
    readable = name[:60].encode("utf-8", "replace").decode()
    return _("“{name}”").format(name=readable)


def _compared(test: FieldTest) -> str:
    values = [_plain(value) for value in test.values]
    if test.op == Op.BETWEEN:
        said = _("{low} and {high}").format(low=values[0], high=values[1])
    else:
        said = ", ".join(values) if test.op in LISTED else "".join(values)
    text = str(COMPARED[test.op]).format(field=field_label(test.field), values=said)
    return text[:1].upper() + text[1:]


def field_label(name: str) -> str:
    """A field of a test in words; an attribute by its own name."""
    if name.startswith(ATTRIBUTE):
        return name.removeprefix(ATTRIBUTE)
    if name.startswith(UTM):
        return f"UTM {name.removeprefix(UTM).removeprefix('utm_')}"
    return str(LABELS.get(name) or MORE_FIELDS.get(name) or name)


def _done(test: ActivityTest) -> str:
    what = _either([str(kind.label) for kind in test.kinds]) or _("Any touch")
    if test.material:
        what = _("{what} of “{material}”").format(what=what, material=test.material)
    if test.within_days is not None:
        what += " " + ngettext("in the last day", "in the last {n} days", test.within_days).format(
            n=test.within_days
        )
    if test.at_least > 1:
        what += ", " + _("at least {n}").format(n=test.at_least)
    return what


def _either(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    rest = [name[:1].lower() + name[1:] for name in names[1:-1]]
    last = names[-1][:1].lower() + names[-1][1:]
    return _("{first} or {last}").format(first=", ".join([names[0], *rest]), last=last)


def _earned(criterion: Criterion) -> str:
    said = [points(criterion.points, signed=True)]
    if criterion.each:
        said[0] = _("{points} each").format(points=said[0])
    if criterion.cap is not None:
        most = points(abs(criterion.cap))
        gains = criterion.cap > 0
        said.append((_("at most {n}") if gains else _("at most {n} lost")).format(n=most))
    if criterion.half_life_days is not None:
        days = criterion.half_life_days
        text = ngettext("halves every day", "halves every {n} days", 1 if days == 1 else 2)
        said.append(text.format(n=days_said(days)))
    return ", ".join(said)


def _plain(value: str | Decimal) -> str:
    return number_format(value) if isinstance(value, Decimal) else value
