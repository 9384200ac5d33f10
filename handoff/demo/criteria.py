"""The demo's criteria, on their way by the same verbs that the pages use: one version that both
teams approved, and a next one that waits for the answer of sales."""

from datetime import datetime, timedelta
from typing import Any, Final

from handoff.demo.cast import Company
from leads.actions import rules
from leads.actions.scoring import rescore_next
from leads.models import Wave

PRICES: Final[dict[str, Any]] = {
    "key": "precos",
    "axis": "intent",
    "activity": ["price_request", "demo_request"],
    "within_days": 60,
    "at_least": 1,
    "points": 40,
    "half_life_days": 30,
}
FIRST: Final[dict[str, Any]] = {
    "criteria": [
        {"key": "porte", "axis": "fit", "field": "attributes.tamanho", "op": "any_of",
         "values": ["51–200", "201–500", "500+"], "points": 40},
        {"key": "empresa", "axis": "fit", "field": "company", "op": "present", "points": 20},
        {"key": "telefone", "axis": "fit", "field": "phone", "op": "present", "points": 10},
        {"key": "downloads", "axis": "engagement", "activity": ["download"], "within_days": 60,
         "points": 10, "each": True, "cap": 30, "half_life_days": 30},
        {"key": "visitas", "axis": "engagement", "activity": ["visit"], "within_days": 14,
         "at_least": 3, "points": 15},
        PRICES,
        {"key": "mensagem", "axis": "intent", "activity": ["message"], "within_days": 60,
         "points": 20, "half_life_days": 30},
    ],
    "thresholds": {"fit": 30, "intent": 15},
    "caps": {"engagement": 45},
    "profile": [60, 40, 20],
    "interest": [60, 35, 15],
}  # fmt: skip
NEXT: Final[dict[str, Any]] = {
    **FIRST,
    "criteria": [
        *(each for each in FIRST["criteria"] if each["key"] not in ("telefone", "precos")),
        {**PRICES, "points": 50},
        {"key": "evento", "axis": "intent", "activity": ["event"], "within_days": 30,
         "points": 15},
    ],
}  # fmt: skip


def sign(company: Company, now: datetime) -> int:
    """Bring them on their way and score every lead; how many have a score now."""
    mara, davi, tess = (company.people[key] for key in ("mara", "davi", "tess"))
    why = "Quem tem porte e pediu preço ou demonstração compra mais."
    first = rules.draft(team_id=None, rules=FIRST, why=why, by=mara, at=now - timedelta(days=30))
    rules.propose(rule_set_id=first.pk, by=mara, at=now - timedelta(days=29))
    rules.approve(rule_set_id=first.pk, by=tess, at=now - timedelta(days=28))
    while rescore_next(at=now):
        pass
    why = "Telefone quase todos têm, e quem vai ao evento responde melhor."
    following = rules.draft(team_id=None, rules=NEXT, why=why, by=davi, at=now - timedelta(hours=3))
    rules.propose(rule_set_id=following.pk, by=davi, at=now - timedelta(hours=2))
    return Wave.objects.get(rule_set=first).changed
