"""Where each person starts, the language switch and the help page."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from handoff.people import actions, glossary
from handoff.people.access import reach_of
from handoff.people.models import Role, Side, User
from handoff.people.pages import PersonRequest, needs

FIRST_PAGES: Final = (
    (Role.ADMINISTRATOR, None, "people"),
    (Role.MANAGER, None, "feedback:reports"),
    (Role.LEAD, Side.SALES, "sla:board"),
    (Role.LEAD, Side.MARKETING, "leads:desk"),
    (Role.SELLER, Side.SALES, "sla:queue"),
    (Role.MARKETER, Side.MARKETING, "leads:desk"),
)
"""The first page of each role; who holds several starts at the topmost."""


@require_safe
@needs("profile")
def home(request: PersonRequest) -> HttpResponse:
    held = {
        (membership.role, membership.team.side if membership.team else None)
        for membership in reach_of(request.user).memberships
    }
    for role, side, page in FIRST_PAGES:
        if (role, side) in held:
            return redirect(page)
    return render(request, "people/nowhere.html")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("language", "")
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = "/"
    response = redirect(target)
    if chosen not in dict(settings.LANGUAGES):
        return response
    if isinstance(request.user, User):
        actions.speak(language=chosen, by=request.user, at=timezone.now())
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=365 * 86_400,
        secure=settings.HTTPS,
        samesite="Lax",
    )
    return response


@require_safe
@needs("help")
def help_page(request: PersonRequest) -> HttpResponse:
    context = {"chapters": glossary.CHAPTERS, "shortcuts": glossary.KEYS}
    return render(request, "people/help.html", context)
