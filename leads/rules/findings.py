"""What a backtest found, as people read it: sentences, and rows of tables. Pure.

Takes the JSON of leads.queries.backtest and never reckons a figure of its own, but for the
difference of two.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from handoff.templatetags.handoff import NONE, grouped, percent
from leads.rules.intervals import SMALL

Figures = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """A figure and its small print: a note, and its n; `few` where too little stands behind."""

    figure: str
    note: str = ""
    n: str = ""
    few: bool = False


@dataclass(frozen=True)
class Line:
    """One figure of the version beside the same of the version in force."""

    label: str
    term: str
    draft: Told
    active: Told | None = None
    difference: str = ""


@dataclass(frozen=True)
class Weeks:
    """A chart of leads that pass by week, and its table: label, decisions, passing by each."""

    labels: Sequence[str]
    series: Sequence[tuple[str, Sequence[int]]]
    rows: Sequence[tuple[str, Sequence[int]]]
    kind: str = "lines"
    unit: str = "count"


def answer(found: Figures) -> str:
    """What the version would have meant, in one or two sentences."""
    draft, active = found["draft"], found.get("active")
    people = found["population"]
    if people["decisions"] == people["immature"]:
        return _("It is too soon to judge any of these leads.")
    said = _passing(found)
    share = draft["precision"]["value"]
    if share is None:
        return f"{said}. " + _("None of these has an outcome yet.")
    before = active["precision"]["value"] if active else None
    words = {"share": part(share), "before": part(before), "base": part(_base(found))}
    if active is None:
        more = _("Of those with an outcome, %(share)s were won; of all leads with one, %(base)s.")
    elif before is None:
        more = _("Of those with an outcome, %(share)s were won.")
    elif words["share"] == words["before"]:
        more = _("Of those with an outcome, %(share)s were won with either version.")
    else:
        more = _("Of those with an outcome, %(share)s were won instead of %(before)s.")
    return f"{said}. {more % words}"


def _passing(found: Figures) -> str:
    n, active = found["draft"]["qualified"], found.get("active")
    if active is None:
        text = ngettext("%(n)s lead would pass", "%(n)s leads would pass", n)
        return text % {"n": grouped(n)}
    if not any(found["flips"][side]["decisions"] for side in ("enter", "leave")):
        text = ngettext("The same %(n)s lead would pass", "The same %(n)s leads would pass", n)
        return text % {"n": grouped(n)}
    text = ngettext(
        "%(n)s lead would pass instead of %(before)s",
        "%(n)s leads would pass instead of %(before)s",
        n,
    )
    return text % {"n": grouped(n), "before": grouped(active["qualified"])}


def by_chance(found: Figures) -> str:
    """Whether the difference to the version in force may be chance; empty where there is none."""
    draft, active = found["draft"]["precision"], found.get("active", {}).get("precision")
    if not active or None in (draft["value"], active["value"]) or draft == active:
        return ""
    if min(draft["n"], active["n"]) < SMALL:
        return _("There are too few outcomes to tell the two apart.")
    if draft["low"] <= active["high"] and active["low"] <= draft["high"]:
        return _("The two ranges overlap: the difference may be chance.")
    return _("The two ranges do not overlap: the difference is hardly chance.")


def beside(found: Figures) -> list[Line]:
    """The main figures, one version beside the other."""
    return [
        _line(found, _("Leads that pass"), "", _passed, _count("qualified", 0)),
        _line(found, _("MQLs per week"), "", _weekly, _count("per_week", 1)),
        _line(
            found, _("Won, of those that pass"), _("precision"), _precision, _points("precision")
        ),
        _line(found, _("Passed, of those won"), _("recall"), _recall, _points("recall")),
        _line(found, _("Compared with passing everybody"), _("lift"), _lift, _count("lift", 2)),
    ]


def _line(
    found: Figures,
    label: str,
    term: str,
    tell: Callable[[Figures], Told],
    differ: Callable[[Figures, Figures], str],
) -> Line:
    draft, active = found["draft"], found.get("active")
    if active is None:
        return Line(label, term, tell(draft))
    return Line(label, term, tell(draft), tell(active), differ(draft, active))


def _passed(rules: Figures) -> Told:
    alone = rules["qualified_unlabelled"]
    note = _("%(n)s of them never handed over") % {"n": grouped(alone)} if alone else ""
    return Told(number(rules["qualified"], 0), note)


def _weekly(rules: Figures) -> Told:
    return Told(number(rules["per_week"], 1))


def _precision(rules: Figures) -> Told:
    return share(rules["precision"])


def _recall(rules: Figures) -> Told:
    return share(rules["recall"])


def _lift(rules: Figures) -> Told:
    return Told(times(rules["lift"]))


def _count(name: str, places: int) -> Callable[[Figures, Figures], str]:
    def differ(draft: Figures, active: Figures) -> str:
        if draft[name] is None or active[name] is None:
            return ""
        gap = round(draft[name] - active[name], places)
        if not gap:
            return _("the same")
        words = {"n": number(abs(gap), places)}
        return (_("%(n)s more") if gap > 0 else _("%(n)s less")) % words

    return differ


def _points(name: str) -> Callable[[Figures, Figures], str]:
    def differ(draft: Figures, active: Figures) -> str:
        now, before = draft[name]["value"], active[name]["value"]
        if now is None or before is None:
            return ""
        gap = round(100 * (now - before), 1)
        if not gap:
            return _("the same")
        words = {"n": number(abs(gap), 1 if abs(gap) < 10 else 0)}
        return (_("%(n)s points more") if gap > 0 else _("%(n)s points less")) % words

    return differ


def bounds(found: Figures) -> str:
    """What those whom nobody handed over do to the precision; empty where there are none."""
    rules = found["draft"]
    alone, ends = rules["qualified_unlabelled"], rules["precision_bounds"]
    if not alone or ends["low"] is None:
        return ""
    text = ngettext(
        "%(n)s lead that passes was never handed over, so nobody knows what would have become of "
        "it. It is not counted as lost: had it been lost, %(low)s of those that pass would be "
        "won; had it been won, %(high)s.",
        "%(n)s leads that pass were never handed over, so nobody knows what would have become of "
        "them. They are not counted as lost: had all of them been lost, %(low)s of those that "
        "pass would be won; had all been won, %(high)s.",
        alone,
    )
    return text % {"n": grouped(alone), "low": part(ends["low"]), "high": part(ends["high"])}


def young(found: Figures) -> str:
    """How many are left out since it is too soon to judge them; empty where none is."""
    n, days = found["population"]["immature"], found["period"]["mature_days"]
    if not n:
        return ""
    text = ngettext(
        "%(n)s lead is younger than %(days)s days and left out: it is too soon to judge it.",
        "%(n)s leads are younger than %(days)s days and left out: it is too soon to judge them.",
        n,
    )
    return text % {"n": grouped(n), "days": grouped(days)}


def confusion(found: Figures) -> list[tuple[str, list[Told]]]:
    """Would pass or not, by won or not won; under each how many by the version in force."""
    draft = found["draft"]["confusion"]
    active = found.get("active", {}).get("confusion")
    cells = {
        name: Told(
            number(n, 0),
            _("in force %(n)s") % {"n": grouped(active[name])} if active else "",
        )
        for name, n in draft.items()
    }
    return [
        (_("Would pass"), [cells["tp"], cells["fp"]]),
        (_("Would not pass"), [cells["fn"], cells["tn"]]),
    ]


def weeks(found: Figures) -> Weeks:
    rows = found["weekly"]
    names = [("draft", _("This version"))]
    if "active" in found:
        names.append(("active", _("In force")))
    shown = ["decisions", *(name for name, _label in names)]
    return Weeks(
        labels=[week_label(row["week"]) for row in rows],
        series=[(label, [row[name] for row in rows]) for name, label in names],
        rows=[(_day(row["week"]), [row[name] for name in shown]) for row in rows],
    )


def weeks_told(found: Figures) -> str:
    """The mean of a week, with the version in force beside it."""
    mean = found["draft"]["per_week"]
    if mean is None:
        return _("No week of this period is old enough to judge.")
    words = {"n": number(mean, 1)}
    active = found.get("active")
    if active is None or active["per_week"] is None:
        return _("%(n)s a week.") % words
    words["before"] = number(active["per_week"], 1)
    return _("%(n)s a week instead of %(before)s.") % words


def week_label(monday: str) -> str:
    """ "3 Nov", the week's Monday."""
    return date_format(date.fromisoformat(monday), pgettext("day and month", "j M"))


def _day(day: str) -> str:
    return date_format(date.fromisoformat(day), "SHORT_DATE_FORMAT")


def flip_told(side: Figures) -> str:
    """What became of those that enter or leave."""
    won = side["won"]
    if not side["decisions"]:
        return ""
    if not won["n"]:
        return _("None of them has an outcome.")
    text = ngettext(
        "Of the %(n)s with an outcome, %(k)s was won (%(share)s; %(range)s).",
        "Of the %(n)s with an outcome, %(k)s were won (%(share)s; %(range)s).",
        won["k"],
    )
    told = {"n": grouped(won["n"]), "k": grouped(won["k"])}
    return text % {**told, "share": part(won["value"]), "range": interval(won)}


def share(found: Figures) -> Told:
    """ "61%" over "52% to 69% n = 180"."""
    if found["value"] is None:
        return Told(NONE)
    n = f"n = {grouped(found['n'])}"
    return Told(part(found["value"]), interval(found), n, few=found["n"] < SMALL)


def interval(found: Figures) -> str:
    """A share's Wilson interval of 95 %."""
    return _("%(low)s to %(high)s") % {"low": part(found["low"]), "high": part(found["high"])}


def of(found: Figures) -> str:
    return _("%(k)s of %(n)s") % {"k": grouped(found["k"]), "n": grouped(found["n"])}


def times(lift: float | None) -> str:
    return NONE if lift is None else _("%(n)s×") % {"n": number(lift, 2)}


def _base(found: Figures) -> float | None:
    value: float | None = found["population"]["base_rate"]["value"]
    return value


def part(value: float | None) -> str:
    """Whole per cents, with one place where whole ones would hide a small share."""
    return percent(value, 1 if value is not None and 0 < value < 0.1 else 0)


def number(value: float | None, places: int) -> str:
    if value is None:
        return NONE
    return number_format(f"{value:.{places}f}", places, force_grouping=True)
