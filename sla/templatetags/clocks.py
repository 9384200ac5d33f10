"""`{% clock clock %}`: what is left of a promise, as a pill that ticks by itself."""

from datetime import datetime
from typing import Protocol

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext

from handoff.templatetags.handoff import duration, weekday
from sla.forms.clocks import PauseForm, WhyForm
from sla.models import Clock
from sla.stages import Verdict

register = template.Library()


class Ticking(Protocol):
    """A clock, or any row that carries its instants."""

    @property
    def warn_at(self) -> datetime: ...
    @property
    def due_at(self) -> datetime: ...


@register.inclusion_tag("components/clock.html")
def clock(clock: Ticking, title: str = "", at: datetime | None = None) -> dict[str, object]:
    """`title` says how the deadline came about; without it, when it is. `at` is now unless said."""
    now = at or timezone.now()
    title = title or exact(clock.due_at)
    stopped_at = getattr(clock, "stopped_at", None)
    if stopped_at is not None:
        return {"title": title, **_ended(clock, stopped_at)}
    if getattr(clock, "paused_at", None) is not None:
        text = gettext("paused")
        return {"kind": "muted", "symbol": "circle-pause", "text": text, "title": title}
    return {
        "kind": kind_of(clock, now),
        "text": left(clock.due_at, now),
        "due": clock.due_at,
        "warn": clock.warn_at if clock.warn_at < clock.due_at else None,
        "title": title,
    }


@register.simple_tag
def why_form(clock: Clock) -> WhyForm:
    """`{% why_form clock as form %}`: the reason for a step, with ids of this clock's own."""
    return WhyForm(of=clock.pk)


@register.simple_tag
def pause_form(clock: Clock) -> PauseForm:
    return PauseForm(of=clock.pk)


def kind_of(clock: Ticking, now: datetime) -> str:
    if clock.due_at < now:
        return "late"
    return "risk" if clock.warn_at <= now and clock.warn_at < clock.due_at else "ok"


def left(due_at: datetime, now: datetime) -> str:
    """ "11 min left" or "late by 3 min", as the browser goes on to say it."""
    if due_at < now:
        return gettext("late by {t}").format(t=duration(now - due_at))
    length = duration(due_at - now)
    if length.startswith("1 "):
        return pgettext("one", "{t} left").format(t=length)
    return gettext("{t} left").format(t=length)


def exact(instant: datetime) -> str:
    local = timezone.localtime(instant)
    return gettext("Due %(at)s") % {
        "at": f"{weekday(local)} {date_format(local, 'DATETIME_FORMAT')}"
    }


def _ended(clock: Ticking, stopped_at: datetime) -> dict[str, str]:
    verdict = getattr(clock, "verdict", Verdict.CANCELLED)
    if verdict == Verdict.MET:
        return {"kind": "ok", "text": gettext("in time")}
    if verdict in {Verdict.BREACHED, Verdict.WAIVED}:
        text = gettext("late by {t}").format(t=duration(stopped_at - clock.due_at))
        return {"kind": "late", "text": text}
    return {"kind": "muted", "text": gettext("not needed")}
