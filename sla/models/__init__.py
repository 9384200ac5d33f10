from sla.models.agreement import Agreement, Clause
from sla.models.clock import Clock, Escalation
from sla.stages import ClauseKind, Stage, Verdict

__all__ = ["Agreement", "Clause", "ClauseKind", "Clock", "Escalation", "Stage", "Verdict"]
