"""The stages of a clock are recorded once each, at their true instants."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import Case, CharField, DateTimeField, F, Q, Value, When

from handoff.journal.record import News, record_all
from handoff.journal.vocabulary import msgid
from leads.models import Handoff
from sla import events
from sla.derivation import Moments, Passed, passed
from sla.models import ClauseKind, Clock, Escalation, Stage, Verdict

EVENT_OF: Final = {
    Stage.WARNED: events.WARNED,
    Stage.BREACHED: events.BREACHED,
    Stage.ESCALATED: events.ESCALATED,
}
NAMES: Final = tuple(
    f"lead__{field}" for field in ("name", "email", "company", "phone", "external_id")
)
CLAUSES: Final = {kind.value: msgid(kind.label) for kind in ClauseKind}


def pass_stages(
    clocks: Sequence[Clock], *, upto: datetime, noticed_at: datetime, ended: bool = False
) -> None:
    """Record the stages that lie before `upto` and were not recorded yet, of clocks held locked.

    The verdict is set on the objects; who calls saves it. A lease has no stages.
    """
    behind = [
        (clock, stage)
        for clock in clocks
        if clock.kind != ClauseKind.LEASE
        for stage in passed(moments_of(clock), upto=upto, ended=ended)
    ]
    if not behind:
        return
    known = _recorded(clock for clock, _ in behind)
    new = [(clock, stage) for clock, stage in behind if (clock.pk, stage.stage) not in known]
    for clock, stage in new:
        if stage.stage == Stage.BREACHED:
            clock.verdict = Verdict.BREACHED
    _record(new, noticed_at)


def moments_of(clock: Clock) -> Moments:
    return Moments(clock.warn_at, clock.due_at, clock.escalate_at)


def _recorded(clocks: Iterable[Clock]) -> set[tuple[int, str]]:
    ids = {clock.pk for clock in clocks}
    return set(Escalation.objects.filter(clock__in=ids).values_list("clock_id", "stage"))


def _record(new: Sequence[tuple[Clock, Passed]], noticed_at: datetime) -> None:
    if not new:
        return
    Escalation.objects.bulk_create(
        Escalation(
            clock=clock,
            stage=stage.stage,
            due_at=stage.due_at,
            recorded_at=noticed_at,
            superseded=stage.superseded,
        )
        for clock, stage in new
    )
    data = told({clock.pk: clock for clock, _ in new}.values())
    record_all(
        [
            News(
                EVENT_OF[stage.stage],
                clock.pk,
                stage.due_at,
                {**data[clock.pk], "superseded": stage.superseded},
            )
            for clock, stage in new
        ]
    )


def told(clocks: Iterable[Clock]) -> dict[int, dict[str, Any]]:
    """What each entry about a clock carries, by clock, so that telling needs no further read."""
    rows = list(clocks)
    named = Handoff.objects.filter(pk__in={clock.handoff_id for clock in rows})
    lead_of = {handoff.pk: handoff.lead for handoff in named.select_related("lead").only(*NAMES)}
    return {
        clock.pk: {
            "clause": CLAUSES[clock.kind],
            "kind": clock.kind,
            "handoff_id": clock.handoff_id,
            "lead_id": lead_of[clock.handoff_id].pk,
            "lead": str(lead_of[clock.handoff_id]),
            "team_id": clock.team_id,
            "owner_id": clock.owner_id,
            "due_at": clock.due_at.isoformat(),
        }
        for clock in rows
    }


def schedule_next(clocks: Sequence[Clock], *, upto: datetime) -> None:
    """Write what the sweep changed in one statement: the verdict and the next moment."""
    Clock.objects.filter(pk__in=[clock.pk for clock in clocks]).update(
        verdict=Case(
            When(verdict=Verdict.RUNNING, due_at__lt=upto, then=Value(Verdict.BREACHED.value)),
            default=F("verdict"),
            output_field=CharField(),
        ),
        next_at=Case(
            When(Q(warn_at__gte=upto) & Q(warn_at__lt=F("due_at")), then=F("warn_at")),
            When(due_at__gte=upto, then=F("due_at")),
            When(escalate_at__gte=upto, then=F("escalate_at")),
            default=None,
            output_field=DateTimeField(),
        ),
    )
