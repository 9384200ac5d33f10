"""What a lead was before it changed: written down beside the change, so that a rule can be asked
about an earlier moment without knowing what came later."""

from datetime import datetime
from typing import Any

from leads.models import Lead, LeadChange
from leads.rules.as_it_was import KEPT, KEPT_IDS, KEPT_JSON


def as_it_is(lead: Lead) -> dict[str, Any]:
    """The fields that criteria read, as they stand."""
    values = {name: getattr(lead, name) for name in (*KEPT, *KEPT_IDS, *KEPT_JSON)}
    return {**values, "attributes": dict(lead.attributes)}


def remember(lead: Lead, *, before: dict[str, Any], at: datetime) -> None:
    """Write down what `before` held and the lead no longer does; nothing where nothing differs."""
    now = as_it_is(lead)
    gone: dict[str, Any] = {
        name: value for name, value in before.items() if name != "attributes" and now[name] != value
    }
    attributes = {
        name: before["attributes"].get(name)
        for name in {**before["attributes"], **now["attributes"]}
        if before["attributes"].get(name) != now["attributes"].get(name)
    }
    if attributes:
        gone["attributes"] = attributes
    if gone:
        LeadChange.objects.create(lead=lead, at=at, before=gone)
