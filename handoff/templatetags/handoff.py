"""What every template may say without loading anything."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, Protocol

from django import template
from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.template import RequestContext
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from handoff import icons, looks
from handoff.calendars.sentences import WEEKDAYS

register = template.Library()

MINUTE: Final = 60
HOUR: Final = 3600
DAY: Final = 86_400
NONE: Final = "–"


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """`{% icon "inbox" %}`: a lucide icon; `extra` adds classes."""
    return icons.svg(name, extra)


@register.simple_tag
def badge(kind: str, text: object, symbol: str = "") -> SafeString:
    """`{% badge "late" text "flame" %}`: kind is ok, risk, late, info, brand or muted."""
    drawn = icons.svg(symbol or looks.SYMBOLS.get(kind, "circle"))
    return format_html('<span class="state state-{}">{}<span>{}</span></span>', kind, drawn, text)


@register.simple_tag
def state(value: str, label: object) -> SafeString:
    """`{% state lead.stage lead.get_stage_display %}`: a stage, state or verdict by its value."""
    kind, symbol = looks.STATES.get(str(value), ("muted", "circle"))
    return badge(kind, label, symbol)


@register.simple_tag
def when(instant: datetime | None, style: str = "ago") -> SafeString | str:
    """An instant as people say it, in the reader's zone; the exact one in the title.

    `style` is ago (the browser says "3 min ago" for what is near), clock or date.
    """
    if instant is None:
        return NONE
    local = timezone.localtime(instant)
    exact = f"{weekday(local)} {date_format(local, 'DATE_FORMAT')}, {local:%H:%M:%S %Z}"
    return format_html(
        '<time datetime="{}" title="{}"{}>{}</time>',
        instant.isoformat(),
        exact,
        SafeString(" data-ago") if style == "ago" else "",
        spoken(local, style),
    )


def spoken(local: datetime, style: str = "clock") -> str:
    """Today by the hour, this week by the day, else by the date."""
    now = timezone.localtime(timezone.now(), local.tzinfo)
    days = abs((local.date() - now.date()).days)
    if style == "date":
        return date_format(local, "SHORT_DATE_FORMAT")
    if days == 0:
        return date_format(local, "H:i")
    if days < 7:
        return f"{weekday(local)} {date_format(local, 'H:i')}"
    day = date_format(local, pgettext("day and month", "j M"))
    return f"{day} {date_format(local, 'H:i')}" if local.year == now.year else f"{day} {local:%Y}"


@register.filter
def weekday(day: date) -> str:
    """ "Mon", or "seg": as it is written within a sentence, where Django's has a capital."""
    return str(WEEKDAYS[day.weekday()])


@register.filter
def unbroken(hours: object) -> SafeString:
    """Hours in words, where no line ends within 09:00–12:00."""
    words = ((" hold" if "–" in word else "", word) for word in str(hours).split(" "))
    return format_html_join(" ", '<span class="num{}">{}</span>', words)


@register.filter
def spaced(zone: str) -> str:
    """America/Sao_Paulo as "America/Sao Paulo"."""
    return zone.replace("_", " ")


@register.filter
def duration(value: timedelta | float | None) -> str:
    """Seconds (or a timedelta) as "45 s", "11 min", "2 h 05 min" or "3 d 4 h"."""
    if value is None:
        return NONE
    seconds = int(value.total_seconds() if isinstance(value, timedelta) else value)
    sign, seconds = ("−" if seconds < 0 else "", abs(seconds))
    return sign + _length(seconds)


def _length(seconds: int) -> str:
    if seconds < MINUTE:
        return gettext("%(s)s s") % {"s": seconds}
    if seconds < HOUR:
        return gettext("%(min)s min") % {"min": seconds // MINUTE}
    if seconds < 2 * DAY:
        hours, rest = divmod(seconds // MINUTE, 60)
        long = gettext("%(h)s h %(min)02d min") % {"h": hours, "min": rest}
        return long if rest else gettext("%(h)s h") % {"h": hours}
    days, rest = divmod(seconds // HOUR, 24)
    long = gettext("%(d)s d %(h)s h") % {"d": days, "h": rest}
    return long if rest else gettext("%(d)s d") % {"d": days}


@register.filter
def grouped(value: object) -> object:
    """12760 as "12,760"; what is not a number stays as it is."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return number_format(value, force_grouping=True)
    return value


@register.filter
def money(value: Decimal | float | None) -> str:
    """An amount in the site's currency; cents only where there are any."""
    if value is None:
        return NONE
    amount = Decimal(value)
    places = 0 if amount == amount.to_integral_value() else 2
    return f"{settings.CURRENCY} {number_format(amount, places, force_grouping=True)}"


@register.filter
def percent(ratio: float | None, places: int = 0) -> str:
    """0.873 as "87%"."""
    if ratio is None:
        return NONE
    rounded = f"{Decimal(str(ratio)) * 100:.{places}f}"
    return f"{number_format(rounded, places)}%"


@register.filter
def initials(name: object) -> str:
    """ "Mara Silva Costa" as "MC"."""
    words = [word for word in str(name).split() if word[0].isalnum()]
    return "".join(word[0].upper() for word in (words[:1] + words[1:][-1:]))


@register.simple_tag(takes_context=True)
def query_with(context: RequestContext, **values: object) -> str:
    """This page's query with some values set, and the page cursor forgotten."""
    query = _query(context)
    for name, value in values.items():
        query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def query_without(context: RequestContext, name: str, value: object = None) -> str:
    """This page's query without a name, or without one of its values."""
    query = _query(context)
    kept = [] if value is None else [each for each in query.getlist(name) if each != str(value)]
    query.setlist(name, kept)
    return f"?{query.urlencode()}"


def _query(context: RequestContext) -> QueryDict:
    request: HttpRequest | None = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    query.pop("after", None)
    return query


class Drawable(Protocol):
    """What can be drawn: `kind` is lines, bars, stack, funnel, bands or heatmap."""

    @property
    def kind(self) -> str: ...
    @property
    def labels(self) -> Sequence[str]: ...
    @property
    def series(self) -> Sequence[tuple[str, Sequence[float | int | None]]]: ...
    @property
    def unit(self) -> str: ...


@register.simple_tag
def chart(drawn: Drawable, key: str, label: str = "") -> SafeString:
    """A chart's place and its figures, which `charts.js` draws; `label` is read out instead."""
    figures = {
        "kind": drawn.kind,
        "labels": list(drawn.labels),
        "series": [[name, list(values)] for name, values in drawn.series],
        "unit": drawn.unit,
        "currency": settings.CURRENCY,
    }
    return format_html(
        '<div class="chart" data-chart="{}" role="img" aria-label="{}"></div>{}',
        key,
        label,
        json_script(figures, key),
    )
