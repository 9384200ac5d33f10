"""Panels about promises: were they kept, and how long until somebody tried."""

from collections.abc import Callable

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from feedback.panels.panel import (
    Chart,
    Column,
    Panel,
    counted,
    joined,
    measured,
    per_cent_of,
    said,
    speed_than_before,
    than_before,
    write,
)
from feedback.reports import attainment, response
from feedback.reports.cut import Cut
from feedback.reports.response import Spread, Waits
from sla.stages import PROMISES, SIDE_OF, ClauseKind


def kept(cut: Cut) -> Panel:
    rows, weeks = attainment.by_clause_and_team(cut), cut.once(attainment.by_week)
    total = sum((row.kept for row in rows), attainment.Kept())
    before = attainment.in_all(cut.previous())
    return Panel(
        name="attainment",
        question=_("Are the promises kept?"),
        answer=_kept_in_words(total, before),
        definition=_(
            "Met ÷ (met + breached), for every clock of what was handed over in this period. "
            "A deadline that passed counts as breached from its own instant, noticed or not. "
            "Running clocks and those that were not needed stand apart, and so does what the other "
            "side waived; before waivers it counts as breached. The waiver rate is the share of "
            "breaches that was waived. Logged late: recorded more than 15 minutes after it "
            "happened. Logged in bulk: one of three or more that a person recorded in a minute."
        ),
        count=total.decided + total.running,
        columns=[
            Column("side", _("Side"), "text"),
            Column("clause", _("Clause"), "text"),
            Column("team", _("Team"), "text"),
            Column("attainment", _("Kept"), "share"),
            Column("met", _("Met")),
            Column("breached", _("Breached")),
            Column("running", _("Running")),
            Column("cancelled", _("Not needed")),
            Column("waived", _("Waived")),
            Column("before_waivers", _("Before waivers"), "share"),
            Column("waiver_rate", _("Waiver rate"), "share"),
            Column("late_logged", _("Logged late")),
            Column("bulk_logged", _("Logged in bulk")),
        ],
        rows=[
            [
                str(SIDE_OF[ClauseKind(row.kind)].label),
                str(ClauseKind(row.kind).label),
                row.team,
                row.kept.rate,
                row.kept.met,
                row.kept.breached,
                row.kept.running,
                row.kept.cancelled,
                row.kept.waived,
                row.kept.raw,
                row.kept.waiver_rate,
                row.kept.late_logged,
                row.kept.bulk_logged,
            ]
            for row in rows
        ],
        chart=_kept_by_week(weeks),
        notes=[
            _("Still running: %(count)s.") % {"count": counted(total.running)},
            *_waived_in_words(total),
        ],
    )


def _kept_in_words(total: attainment.Kept, before: attainment.Kept) -> str:
    if total.rate is None:
        return _("No deadline of this period has come yet.")
    statement = _("%(share)s of the promises were kept") % {"share": said(total.rate)}
    return joined(statement, than_before(total.rate, before.rate))


def _waived_in_words(total: attainment.Kept) -> list[str]:
    """What the waivers make of it; nothing where none was given."""
    if not total.waived or total.raw is None or total.waiver_rate is None:
        return []
    told = _("Waived: %(count)s, %(rate)s of the breaches; before waivers %(raw)s were kept.")
    rates = {"rate": said(total.waiver_rate), "raw": said(total.raw)}
    return [told % {"count": counted(total.waived), **rates}]


def _kept_by_week(weeks: list[attainment.Week]) -> Chart:
    days = sorted({row.week for row in weeks})
    rates = {(row.kind, row.week): per_cent_of(row.kept.rate) for row in weeks}
    return Chart(
        kind="lines",
        labels=[week_label(day) for day in days],
        series=[(str(kind.label), [rates.get((kind, day)) for day in days]) for kind in PROMISES],
        unit="percent",
    )


def responded(cut: Cut) -> Panel:
    """Business time from the claim to the first attempt."""
    return _waiting(
        cut,
        name="response",
        question=_("How soon does sales try, once a lead is claimed?"),
        statement=_("Median %(length)s of business time"),
        definition=_(
            "Response time: business time from the claim to the first attempt, by the calendar "
            "version of the handoff's own clock. Automatic messages do not count."
        ),
        spread_of=lambda waits: waits.response,
        unit="minutes",
    )


def sped(cut: Cut) -> Panel:
    """Wall clock from the first touch to the first attempt."""
    return _waiting(
        cut,
        name="speed",
        question=_("How long does a person wait for us?"),
        statement=_("Median %(length)s, nights and weekends included"),
        definition=_(
            "Speed to lead: wall clock from the moment the person came in to the first attempt. "
            "First journeys only: a later one began with a later touch."
        ),
        spread_of=lambda waits: waits.speed,
        unit="hours",
    )


def _waiting(
    cut: Cut,
    *,
    name: str,
    question: str,
    statement: str,
    definition: str,
    spread_of: Callable[[Waits], Spread],
    unit: str,
) -> Panel:
    answer, before = cut.once(response.of), cut.previous().once(response.of)
    now, then = spread_of(answer.in_all), spread_of(before.in_all)
    return Panel(
        name=name,
        question=question,
        answer=_median_in_words(statement, now, then),
        definition=definition,
        count=now.count,
        columns=[Column("team", _("Team"), "text"), *_spread_columns()],
        rows=[
            *([team, *_figures(waits, spread_of)] for team, waits in answer.teams.items()),
            [_("All teams"), *_figures(answer.in_all, spread_of)],
        ],
        chart=_bands_by_team(answer, spread_of),
        weeks=_median_by_week(answer, spread_of, unit),
        notes=_untried(answer.in_all),
    )


def _median_in_words(statement: str, now: Spread, before: Spread) -> str:
    if now.p50 is None:
        return _("Nobody has been tried in this period yet.")
    return joined(
        statement % {"length": write(now.p50, "duration")}, speed_than_before(now.p50, before.p50)
    )


def _spread_columns() -> list[Column]:
    first, second, third, fourth = band_labels()
    return [
        Column("n", "n"),
        Column("p50", "P50", "duration"),
        Column("p90", "P90", "duration"),
        Column("p95", "P95", "duration"),
        Column("minutes_0_5", first),
        Column("minutes_5_15", second),
        Column("minutes_15_60", third),
        Column("minutes_60_more", fourth),
        Column("never", _("Never tried")),
        Column("open", _("Not yet tried")),
    ]


def _figures(waits: Waits, spread_of: Callable[[Waits], Spread]) -> list[float | int | None]:
    spread = spread_of(waits)
    return [
        spread.count,
        spread.p50,
        spread.p90,
        spread.p95,
        *spread.bands,
        waits.never,
        waits.open,
    ]


def _bands_by_team(answer: response.Answer, spread_of: Callable[[Waits], Spread]) -> Chart:
    teams = list(answer.teams.values())
    bands = zip(*(spread_of(waits).bands for waits in teams), strict=True) if teams else ()
    never = (_("Never tried"), [waits.never for waits in teams])
    return Chart("bands", list(answer.teams), [*zip(band_labels(), bands, strict=False), never])


def _median_by_week(
    answer: response.Answer, spread_of: Callable[[Waits], Spread], unit: str
) -> Chart:
    spreads = [spread_of(waits) for waits in answer.weeks.values()]
    return Chart(
        kind="lines",
        labels=[week_label(day) for day in answer.weeks],
        series=[
            ("P50", [measured(spread.p50, unit) for spread in spreads]),
            ("P90", [measured(spread.p90, unit) for spread in spreads]),
        ],
        unit=unit,
    )


def _untried(waits: Waits) -> list[str]:
    return [
        _("Ended without an attempt: %(count)s.") % {"count": counted(waits.never)},
        _("Open and not yet tried: %(count)s.") % {"count": counted(waits.open)},
    ]


def band_labels() -> list[str]:
    return [_("0–5 min"), _("5–15 min"), _("15–60 min"), _("over 60 min")]


def week_label(day: object) -> str:
    """A week by its Monday, as the reader writes a day."""
    return date_format(day, "SHORT_DATE_FORMAT")  # type: ignore[arg-type]
