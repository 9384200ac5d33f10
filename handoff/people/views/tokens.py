"""The keys by which programs act for people."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from handoff.people import actions
from handoff.people.access import allowed
from handoff.people.forms import TokenForm, saved
from handoff.people.models import ApiToken, User
from handoff.people.pages import PersonRequest, needs

SHOWN = 200


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs("tokens")
def tokens(request: PersonRequest) -> HttpResponse:
    owners = _owners(request.user)
    form = TokenForm(request.POST or None, owners=owners, initial={"owner": request.user.pk})
    secret = saved(form, lambda: _issue(form, request.user)) if form.is_valid() else None
    keys = ApiToken.objects.visible_to(request.user).select_related("user")[:SHOWN]
    if secret:
        form = TokenForm(owners=owners, initial={"owner": request.user.pk})
    return render(request, "people/tokens.html", {"form": form, "keys": keys, "secret": secret})


@require_POST
@needs("tokens")
def revoke(request: PersonRequest, pk: int) -> HttpResponse:
    get_object_or_404(ApiToken.objects.visible_to(request.user), pk=pk)
    token = actions.revoke_token(token_id=pk, by=request.user, at=timezone.now())
    messages.success(
        request, _("The key “%(name)s” opens nothing any more.") % {"name": token.name}
    )
    return redirect("tokens")


def _owners(user: User) -> QuerySet[User]:
    active = User.objects.filter(is_active=True)
    return active if allowed(user, "people") else active.filter(pk=user.pk)


def _issue(form: TokenForm, by: User) -> str:
    _token, secret = actions.issue_token(
        owner_id=form.cleaned_data["owner"].pk,
        name=form.cleaned_data["name"],
        scopes=form.cleaned_data["scopes"],
        by=by,
        at=timezone.now(),
    )
    return secret
