"""The first page of a new house; gone once anybody lives there."""

from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from handoff.people import actions
from handoff.people.forms import SetupForm, saved
from handoff.people.models import User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    if User.objects.exists():
        raise Http404
    names = {"marketing": _("Marketing"), "sales": _("Sales")}
    form = SetupForm(request.POST or None, initial=names)
    user = saved(form, lambda: _first(form)) if form.is_valid() else None
    if form.is_valid() and user is None:
        raise Http404
    if user is None:
        return render(request, "people/setup.html", {"form": form})
    login(request, user, backend=BACKEND)
    messages.success(request, _("You are in. Now invite a marketer and a seller."))
    return redirect("people")


def _first(form: SetupForm) -> User | None:
    return actions.set_up(
        **form.cleaned_data, language=translation.get_language() or "en", at=timezone.now()
    )
