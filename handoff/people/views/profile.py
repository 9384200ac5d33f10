"""What everybody may change about themselves."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from handoff.people import actions
from handoff.people.forms import ProfileForm
from handoff.people.models import User
from handoff.people.pages import PersonRequest, needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs("profile")
def profile(request: PersonRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, initial=_now(request.user))
    if form.is_valid():
        user = actions.save_profile(**form.cleaned_data, by=request.user, at=timezone.now())
        with translation.override(user.language or translation.get_language()):
            messages.success(request, _("Saved."))
        return redirect("profile")
    return render(request, "people/profile.html", {"form": form})


def _now(user: User) -> dict[str, object]:
    names = ("name", "language", "zone", "theme", "sound", "email_notices")
    return {name: getattr(user, name) for name in names}
