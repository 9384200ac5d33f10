from sla.models.agreement import Agreement, Clause, ClauseKind
from sla.models.clock import Clock, Escalation, Verdict

__all__ = ["Agreement", "Clause", "ClauseKind", "Clock", "Escalation", "Verdict"]
