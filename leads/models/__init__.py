from leads.models.attempt import Attempt, AttemptChannel, AttemptResult, NextStep
from leads.models.handoff import Handoff
from leads.models.intake import IdempotencyKey, ImportBatch, Quarantine
from leads.models.interaction import Interaction, InteractionKind
from leads.models.lead import Lead, LegalBasis
from leads.models.rule import LeadChange, RuleSet, Score, Wave
from leads.models.source import Campaign, Material, Source

__all__ = [
    "Attempt",
    "AttemptChannel",
    "AttemptResult",
    "Campaign",
    "Handoff",
    "IdempotencyKey",
    "ImportBatch",
    "Interaction",
    "InteractionKind",
    "Lead",
    "LeadChange",
    "LegalBasis",
    "Material",
    "NextStep",
    "Quarantine",
    "RuleSet",
    "Score",
    "Source",
    "Wave",
]
