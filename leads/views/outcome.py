"""How a journey goes on and ends."""

from functools import partial

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from handoff.people.pages import PersonRequest, needs
from leads.actions import outcome as actions
from leads.forms.handoff import LoseForm, ReturnForm, WinForm
from leads.views.workspace import done, show


@require_POST
@needs("work")
def accept(request: PersonRequest, pk: int) -> HttpResponse:
    actions.accept(handoff_id=pk, by=request.user, at=timezone.now())
    return done(request, pk, _("Accepted."))


@require_POST
@needs("work")
def give_back(request: PersonRequest, pk: int) -> HttpResponse:
    form = ReturnForm(request.POST)
    row = form.take(partial(actions.give_back, handoff_id=pk, by=request.user, at=timezone.now()))
    if row is None:
        return show(request, pk, form)
    return done(request, pk, _("%(lead)s is back with marketing.") % {"lead": row.lead})


@require_POST
@needs("work")
def win(request: PersonRequest, pk: int) -> HttpResponse:
    form = WinForm(request.POST)
    row = form.take(partial(actions.win, handoff_id=pk, by=request.user, at=timezone.now()))
    if row is None:
        return show(request, pk, form)
    return done(request, pk, _("%(lead)s is won.") % {"lead": row.lead})


@require_POST
@needs("work")
def lose(request: PersonRequest, pk: int) -> HttpResponse:
    form = LoseForm(request.POST)
    row = form.take(partial(actions.lose, handoff_id=pk, by=request.user, at=timezone.now()))
    if row is None:
        return show(request, pk, form)
    return done(request, pk, _("%(lead)s is closed as lost.") % {"lead": row.lead})
