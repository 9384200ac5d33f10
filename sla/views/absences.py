"""Absences: the days on which a person is not offered work."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from handoff.people.pages import PersonRequest, needs
from sla.actions import absences as actions
from sla.forms.absence import AbsenceForm
from sla.queries.absences import absences_of, person_seen_by


@require_http_methods(["GET", "POST"])
@needs("profile")
def absences(request: PersonRequest, pk: int) -> HttpResponse:
    """What is ahead, and a form for more."""
    person, at = person_seen_by(request.user, pk), timezone.now()
    if person is None:
        raise Http404
    form = AbsenceForm(request.POST if request.method == "POST" else None)
    step = partial(actions.be_away, person=person, by=request.user, at=at)
    noted = form.take(step) if form.is_bound else None
    if noted is not None:
        messages.success(request, _("Noted."))
        return redirect("sla:absences", pk)
    rows = absences_of(person, at=at)
    context = {"person": person, "form": form, "rows": rows, "at": at}
    return render(request, "sla/absences.html", context, status=422 if form.is_bound else 200)


@require_POST
@needs("profile")
def end_absence(request: PersonRequest, pk: int) -> HttpResponse:
    found = actions.come_back(absence_id=pk, by=request.user, at=timezone.now())
    messages.success(request, _("Noted."))
    return redirect("sla:absences", found.person_id)
