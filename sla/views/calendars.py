"""Calendars: when time counts, written as hours a day and shown as the two weeks ahead."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from handoff.calendars import actions as hours
from handoff.calendars.models import Calendar, CalendarVersion
from handoff.calendars.week import Day, ahead
from handoff.people.pages import PersonRequest, needs
from sla.actions import moving
from sla.actions.agreements import WORKING_WEEK
from sla.actions.calendars import archive as archive_calendar
from sla.forms.calendar import CalendarForm, pairs_text, written
from sla.queries.calendars import in_use, versions_of
from sla.queries.moves import counted_by_others, move_under_way


@require_GET
@needs("calendars")
def calendars(request: PersonRequest) -> HttpResponse:
    return render(request, "sla/calendars.html", {"rows": in_use(at=timezone.now())})


@require_http_methods(["GET", "POST"])
@needs("calendars")
def new(request: PersonRequest) -> HttpResponse:
    if request.method == "GET":
        week = {day: pairs_text(windows) for day, windows in WORKING_WEEK.items()}
        zone = str(timezone.get_current_timezone())
        return _editor(request, CalendarForm(initial={"zone": zone, **week}))
    form = CalendarForm(request.POST)
    if form.is_valid():
        try:
            version = hours.create(
                name=form.cleaned_data["name"], by=request.user, at=timezone.now(), **form.hours()
            )
        except ValidationError as error:
            form.blame(error)
        else:
            return _published(request, version)
    return _editor(request, form, status=422)


@require_http_methods(["GET", "POST"])
@needs("calendars")
def calendar(request: PersonRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Calendar, pk=pk)
    if request.method == "GET":
        form = CalendarForm(initial=written(found.current()), named=True)
        return _editor(request, form, found)
    form = CalendarForm(request.POST, named=True)
    if form.is_valid():
        try:
            version = hours.publish(
                calendar_id=pk, by=request.user, at=timezone.now(), **form.hours()
            )
        except ValidationError as error:
            form.blame(error)
        else:
            return _published(request, version)
    return _editor(request, form, found, status=422)


@require_POST
@needs("calendars")
def archive(request: PersonRequest, pk: int) -> HttpResponse:
    found = archive_calendar(calendar_id=pk, by=request.user, at=timezone.now())
    said = _("%(name)s is archived. Clocks that count by it keep it.")
    messages.success(request, said % {"name": found})
    return redirect("sla:calendars")


@require_POST
@needs("calendars")
def move_clocks(request: PersonRequest, pk: int) -> HttpResponse:
    move = moving.begin(calendar_id=pk, by=request.user, at=timezone.now())
    said = _("Open clocks are being moved to version %(n)s.") % {"n": move.version.number}
    messages.success(request, said)
    return redirect("sla:calendar", pk)


@require_POST
@needs("calendars")
def preview(request: PersonRequest) -> HttpResponse:
    """The two weeks ahead, as the hours that are being written would have them."""
    return render(request, "sla/_fortnight.html", _ahead(CalendarForm(request.POST, named=True)))


@require_GET
@needs("calendars")
def regions(request: PersonRequest) -> HttpResponse:
    """The field for the regions of the country just chosen."""
    form = CalendarForm(initial={"country": request.GET.get("country", "")}, named=True)
    return render(request, "sla/_regions.html", {"field": form["subdivision"]})


def _published(request: PersonRequest, version: CalendarVersion) -> HttpResponse:
    said = _("Version %(n)d is in force for what begins from now on.")
    messages.success(request, said % {"n": version.number})
    return redirect("sla:calendar", version.calendar_id)


def _editor(
    request: PersonRequest, form: CalendarForm, found: Calendar | None = None, status: int = 200
) -> HttpResponse:
    shown = form if form.is_bound else CalendarForm(dict(form.initial), named=True)
    context = {
        "form": form,
        "calendar": found,
        "versions": versions_of(found) if found else (),
        "behind": counted_by_others(found.current()).count() if found else 0,
        "move": move_under_way(found.current()) if found else None,
        **_ahead(shown),
    }
    return render(request, "sla/calendar.html", context, status=status)


def _ahead(form: CalendarForm) -> dict[str, object]:
    """The days ahead, or what stands in their way."""
    if not form.is_valid():
        return {"days": (), "faults": _faults(form)}
    try:
        return {"days": _days(form), "faults": ()}
    except ValidationError as error:
        return {"days": (), "faults": error.messages}


def _days(form: CalendarForm) -> list[Day]:
    at, said = timezone.now(), form.hours()
    schedule = hours.checked(said, at=at)
    version = CalendarVersion(**{**said, "closed": [], "partial": {}})
    first = timezone.localtime(at, schedule.zone).date()
    return ahead(schedule, first, holidays=version.holiday_names({first.year, first.year + 1}))


def _faults(form: CalendarForm) -> list[str]:
    return [
        f"{form[name].label}: {text}" if name in form.fields else str(text)
        for name, texts in form.errors.items()
        for text in texts
    ]
