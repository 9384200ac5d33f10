"""How the pages of leads show a value."""

from datetime import datetime
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from handoff.templatetags.handoff import NONE, when
from leads.identity import cnpj_text, phone_text
from leads.origins import origin_label
from leads.queries.people import LeadRow
from leads.rules.criteria import HUNDRED
from leads.rules.findings import times
from leads.rules.intervals import Share
from leads.rules.reading import LARGEST_POINTS
from leads.rules.sentences import points as points_said

register = template.Library()
register.filter(times)


@register.simple_tag
def cell(row: LeadRow, name: str) -> SafeString | str:
    """One cell of the list, by its column."""
    value = row.cells[name]
    if isinstance(value, datetime):
        return when(value)
    if name == "grade":
        return grade(value) or NONE
    if name == "origin":
        return origin_label(value) if value else NONE
    if name == "phone":
        return phone_text(value) if value else NONE
    return str(value or NONE)


@register.simple_tag
def grade(value: str) -> SafeString:
    """The badge of a grade, with what it means; nothing where there is none."""
    return _badge(value, get_language() or "") if value else SafeString("")


@lru_cache(maxsize=256)
def _badge(value: str, language: str) -> SafeString:
    """There are sixteen grades, and a page shows fifty of them."""
    return render_to_string("leads/_grade.html", {"grade": value})


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


@register.filter
def signed(points: object) -> str:
    """Points of a criterion's JSON form, with their sign."""
    whole = isinstance(points, int | float) and abs(points) <= LARGEST_POINTS
    return points_said(round(points * HUNDRED), signed=True) if whole else ""  # type: ignore[operator]


@register.simple_tag
def interval(share: Share, base: Share, top: float) -> SafeString:
    """A share's interval on a line from nothing to `top`, with a mark at the base rate. The figures
    stand beside it in words."""
    low, value, high, mark = (
        round(200 * min(1.0, (each or 0.0) / top)) if top else 0
        for each in (share.low, share.value, share.high, base.value)
    )
    return format_html(
        '<svg class="interval" viewBox="-4 0 208 16" aria-hidden="true">'
        '<line class="interval-base" x1="{}" x2="{}" y1="0" y2="16"></line>'
        '<line x1="{}" x2="{}" y1="8" y2="8"></line><circle cx="{}" cy="8" r="4"></circle></svg>',
        *(mark, mark, low, high, value),
    )
