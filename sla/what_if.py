"""The answer of a what-if as the page and the API tell it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sla.queries.what_if import Came, Replay, attainment
from sla.simulation import sentences
from sla.simulation.figures import Figures, band_of, change_of
from sla.simulation.panel import Line, Panel, lines_of, panel_of
from sla.simulation.scenario import Scenario


@dataclass(frozen=True)
class Told:
    """`answer` and `change` are empty where nothing was changed, `foretold` where there is too
    little to learn from a half. `holds` says whether the answer may be believed."""

    question: str
    answer: str
    change: str
    reproduced: str
    trusted: str
    holds: bool
    foretold: str
    foretold_holds: bool
    assumptions: Sequence[str]
    panel: Panel
    lines: Sequence[Line]
    enough: bool = True


def told_of(found: Replay, scenario: Scenario) -> Told:
    real, band = found.really.attainment, found.band
    if real is None or band is None:
        raise ValueError("A replay of arrivals that are decided has an attainment.")
    schedule = found.plan.schedule if found.plan else found.schedule
    question = sentences.asked(scenario, schedule, sellers=found.learnt.sellers)
    answer, change = _answer(found, question)
    lines = lines_of(found.really, found.runs, found.others)
    return Told(
        question=question,
        answer=answer,
        change=change,
        reproduced=sentences.reproduced(real, band),
        trusted=sentences.trusted(real, band),
        holds=found.holds,
        foretold=_foretold(found),
        foretold_holds=found.half is None or found.half.holds,
        assumptions=sentences.assumptions(found.learnt, scenario, leads=len(found.came.arrivals)),
        panel=panel_of(
            lines,
            answer=change or sentences.reproduced(real, band),
            count=len(found.came.arrivals),
            notes=_notes(found.came, found),
        ),
        lines=lines,
    )


def _answer(found: Replay, question: str) -> tuple[str, str]:
    if found.others is None:
        return "", ""
    before, after = band_of(found.runs, attainment), band_of(found.others, attainment)
    change = change_of(found.runs, found.others, attainment)
    if before is None or after is None or change is None:
        return "", ""
    said = [sentences.moved(change)]
    walls = [band_of(runs, _half_by_the_clock) for runs in (found.runs, found.others)]
    if walls[0] and walls[1]:
        said.append(sentences.by_the_clock(walls[0], walls[1]))
    return sentences.answer(question, before, after), " ".join(said)


def _half_by_the_clock(figures: Figures) -> float | None:
    return figures.wall[0] if figures.wall else None


def _foretold(found: Replay) -> str:
    if found.half is None:
        return ""
    real, band = found.half.really.attainment, band_of(found.half.runs, attainment)
    return sentences.foretold(real, band) if real is not None and band else ""


def _notes(came: Came, found: Replay) -> list[str]:
    shown = len(came.arrivals) + came.left_out
    said = sentences.left_out(came.left_out, came.total, shown, calendars=came.calendars)
    overrun = sentences.overrun([*found.runs, *(found.others or ())])
    return [*said, *([overrun] if overrun else [])]
