"""How the pages of leads show a value."""

from datetime import datetime

from django import template
from django.utils.safestring import SafeString

from handoff.templatetags.handoff import NONE, when
from leads.identity import cnpj_text, phone_text
from leads.origins import origin_label
from leads.queries.people import LeadRow

register = template.Library()


@register.simple_tag
def cell(row: LeadRow, name: str) -> SafeString | str:
    """One cell of the list, by its column."""
    value = row.cells[name]
    if isinstance(value, datetime):
        return when(value)
    if name == "origin":
        return origin_label(value) if value else NONE
    if name == "phone":
        return phone_text(value) if value else NONE
    return str(value or NONE)


@register.filter
def origin(value: str) -> str:
    """An origin as people read it."""
    return origin_label(value)


@register.filter
def phone(number: str) -> str:
    """A phone as people read it."""
    return phone_text(number)


@register.filter
def cnpj(code: str) -> str:
    """A company's register number as people read it."""
    return cnpj_text(code)
