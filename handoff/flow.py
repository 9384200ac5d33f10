"""The flow as a page: states, steps and who reacts to what, drawn from the tables themselves."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.translation import override

from handoff.journal.reactions import AFTER, ON, Reaction
from handoff.journal.vocabulary import EVENTS, Event, msgid
from leads.stages import (
    DISQUALIFIABLE,
    ENDED,
    HANDOFF_STEPS,
    QUALIFIABLE,
    RETURN_ROUTE,
    LeadStage,
    ReasonGroup,
)

PAGE: Final = Path(settings.ROOT) / "docs" / "flow.md"
HEAD: Final = """# The flow

Drawn by `python manage.py draw_flow` from `leads/stages.py` and from what is registered; a test
fails when this page is stale. Do not edit it.

```mermaid
flowchart LR
    intake --> qualification --> handoff --> claim --> contact --> outcome --> feedback
```
"""
LEAD_STEPS: Final = (
    *((stage, LeadStage.MQL, "qualify") for stage in QUALIFIABLE),
    *((stage, LeadStage.DISQUALIFIED, "disqualify") for stage in DISQUALIFIABLE),
    (LeadStage.MQL, LeadStage.HANDED_OFF, "offer"),
    (LeadStage.HANDED_OFF, LeadStage.MQL, "withdraw"),
    (LeadStage.HANDED_OFF, LeadStage.CLAIMED, "claim"),
    (LeadStage.CLAIMED, LeadStage.HANDED_OFF, "rescue"),
    (LeadStage.CLAIMED, LeadStage.WON, "win"),
    (LeadStage.CLAIMED, LeadStage.LOST, "lose"),
    *(
        (LeadStage.CLAIMED, stage, "return")
        for stage in LeadStage
        if stage in RETURN_ROUTE.values()
    ),
)


def page() -> str:
    """The whole page, in English."""
    with override("en"):
        return "\n".join((HEAD, *_lead(), *_handoff(), *_routes(), *_events()))


def _lead() -> Iterator[str]:
    yield from ("## A lead", "", "```mermaid", "stateDiagram-v2", "    [*] --> new")
    yield from (f"    {origin} --> {to}: {step}" for origin, to, step in LEAD_STEPS)
    yield from ("```", "")


def _handoff() -> Iterator[str]:
    yield from ("## A handoff", "", "```mermaid", "stateDiagram-v2", "    [*] --> waiting: offer")
    for step, ways in HANDOFF_STEPS.items():
        yield from (f"    {origin} --> {to}: {step}" for origin, to in ways.items())
    yield from (f"    {state} --> [*]" for state in ENDED)
    yield from ("```", "")


def _routes() -> Iterator[str]:
    yield from ("## What a returned lead becomes", "", "| reason | lead |", "| --- | --- |")
    for reason, stage in RETURN_ROUTE.items():
        yield f"| {ReasonGroup(reason).label} | {stage.label} |"
    yield ""


def _events() -> Iterator[str]:
    yield from ("## What happens, and who reacts", "")
    yield "“Within” runs in the same transaction, “after” once it is committed, at least once."
    yield from ("", "| event | sentence | within | after |", "| --- | --- | --- | --- |")
    yield from (_row(event) for event in EVENTS.values())
    yield ""


def _row(event: Event) -> str:
    within, then = (_names(table.get(event.name, [])) for table in (ON, AFTER))
    return f"| `{event.name}` | {msgid(event.sentence)} | {within} | {then} |"


def _names(reactions: list[Reaction]) -> str:
    names = sorted(f"`{one.__module__}.{one.__name__}`" for one in reactions)
    return "<br>".join(names) or "–"
