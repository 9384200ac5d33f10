"""How an answer looks: stars with their number, and an origin in words."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from leads.origins import origin_label

register = template.Library()


@register.simple_tag
def stars(quality: int | None) -> SafeString | str:
    """Five stars of which `quality` are full; read out as a number."""
    if quality is None:
        return "–"
    spoken = gettext("%(quality)d of 5") % {"quality": quality}
    return format_html(
        '<span class="rated"><span aria-hidden="true">{}<span class="rated-rest">{}</span></span>'
        '<span class="visually-hidden">{}</span></span>',
        "★" * quality,
        "★" * (5 - quality),
        spoken,
    )


@register.simple_tag
def origin(value: str) -> str:
    """`paid_search` as people say it."""
    return origin_label(value)
