from sla.models.agreement import Agreement, Clause
from sla.models.clock import Clock, ClockEvent, Escalation
from sla.models.move import Move
from sla.stages import ClauseKind, Occurrence, Stage, Verdict

__all__ = [
    "Agreement",
    "Clause",
    "ClauseKind",
    "Clock",
    "ClockEvent",
    "Escalation",
    "Move",
    "Occurrence",
    "Stage",
    "Verdict",
]
