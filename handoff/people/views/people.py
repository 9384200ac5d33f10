"""Who belongs here, where, and the link by which they choose a password."""

from collections.abc import Iterable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from handoff.people import actions, letters
from handoff.people.forms import PersonForm, PlaceForm, PlaceFormSet, saved
from handoff.people.models import Membership, User
from handoff.people.pages import PersonRequest, needs
from handoff.people.tasks import post_password_link

PAGE = 50


@require_safe
@needs("people")
def people(request: PersonRequest) -> HttpResponse:
    q = request.GET.get("q", "").strip()[:120]
    gone = request.GET.get("gone") == "1"
    rows = _after(_found(q).filter(is_active=not gone), request.GET.get("after", ""))
    shown = list(rows[: PAGE + 1])
    context = {
        "people": shown[:PAGE],
        "next": shown[PAGE - 1].pk if len(shown) > PAGE else None,
        "first": "after" not in request.GET,
        "q": q,
        "gone": gone,
    }
    return render(request, "people/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("people")
def add(request: PersonRequest) -> HttpResponse:
    form = PersonForm(request.POST or None)
    places = PlaceFormSet(request.POST or None, prefix="places")
    if form.is_valid() and places.is_valid():
        user = saved(
            form,
            lambda: actions.add_person(
                **form.cleaned_data, places=_places(places), by=request.user, at=timezone.now()
            ),
        )
        if user:
            post_password_link(user, invited=True)
            messages.success(request, _("%(name)s is invited by e-mail.") % {"name": user.name})
            return redirect("person", pk=user.pk)
    return render(request, "people/person.html", {"form": form, "places": places})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs("people")
def person(request: PersonRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    form = PersonForm(request.POST or None, initial=_written(user))
    places = PlaceFormSet(request.POST or None, prefix="places", initial=_held(user))
    if form.is_valid() and places.is_valid():
        kept = saved(
            form,
            lambda: actions.edit_person(
                person_id=pk,
                **form.cleaned_data,
                places=_places(places),
                by=request.user,
                at=timezone.now(),
            ),
        )
        if kept:
            messages.success(request, _("Saved."))
            return redirect("person", pk=pk)
    link = request.build_absolute_uri(letters.password_path(user)) if _awaited(user) else ""
    context = {"person": user, "form": form, "places": places, "link": link, "days": letters.DAYS}
    return render(request, "people/person.html", context)


@require_POST
@needs("people")
def send_link(request: PersonRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk, is_active=True)
    post_password_link(user, invited=_awaited(user))
    messages.success(
        request,
        _("A link to choose a password is on its way to %(email)s.") % {"email": user.email},
    )
    return redirect("person", pk=pk)


@require_POST
@needs("people")
def deactivate(request: PersonRequest, pk: int) -> HttpResponse:
    get_object_or_404(User, pk=pk)
    try:
        user = actions.deactivate(person_id=pk, by=request.user, at=timezone.now())
        messages.success(request, _("%(name)s is signed out and locked out.") % {"name": user.name})
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("person", pk=pk)


@require_POST
@needs("people")
def activate(request: PersonRequest, pk: int) -> HttpResponse:
    get_object_or_404(User, pk=pk)
    user = actions.activate(person_id=pk, by=request.user, at=timezone.now())
    messages.success(request, _("%(name)s may come back by a new link.") % {"name": user.name})
    return redirect("person", pk=pk)


def _found(q: str) -> QuerySet[User]:
    memberships = Membership.objects.select_related("team").order_by("team__name")
    rows = User.objects.prefetch_related(Prefetch("memberships", memberships))
    if q:
        rows = rows.filter(Q(name__icontains=q) | Q(email__icontains=q)).distinct()
    return rows.order_by("name", "pk")


def _after(rows: QuerySet[User], cursor: str) -> QuerySet[User]:
    known = cursor.isascii() and cursor.isdigit() and len(cursor) < 19
    last = User.objects.filter(pk=cursor).first() if known else None
    if last is None:
        return rows
    return rows.filter(Q(name__gt=last.name) | Q(name=last.name, pk__gt=last.pk))


def _awaited(user: User) -> bool:
    return user.is_active and not user.has_usable_password()


def _written(user: User) -> dict[str, str]:
    return {"name": user.name, "email": user.email, "language": user.language}


def _held(user: User) -> list[dict[str, object]]:
    return [
        {"role": each.role, "team": each.team_id, "capacity": each.capacity}
        for each in user.memberships.order_by("pk")
    ]


def _places(forms: Iterable[PlaceForm]) -> list[actions.Place]:
    return [place for form in forms if (place := form.place())]
