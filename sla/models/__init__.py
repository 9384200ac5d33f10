from sla.models.agreement import Agreement, Clause
from sla.models.clock import Clock, ClockEvent, Escalation
from sla.models.move import Move
from sla.stages import AgreementState, ClauseKind, Evidence, Occurrence, Stage, Verdict

__all__ = [
    "Agreement",
    "AgreementState",
    "Clause",
    "ClauseKind",
    "Clock",
    "ClockEvent",
    "Escalation",
    "Evidence",
    "Move",
    "Occurrence",
    "Stage",
    "Verdict",
]
