"""The bell: the newest notices as a fragment, all of them as a page."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from handoff.converters import LARGEST_BIGINT
from handoff.notices.live import changed
from handoff.notices.models import Delivery
from handoff.notices.queries import bell_page, unread_count
from handoff.people.pages import PersonRequest, needs

SHORT = 8


@require_safe
@needs("bell")
def bell(request: PersonRequest) -> HttpResponse:
    """The drop-down where htmx asks, else the page."""
    if request.headers.get("HX-Request"):
        return _short(request)
    page = bell_page(request.user, after=_cursor(request))
    context = {"page": page, "first": "after" not in request.GET}
    return render(request, "notices/bell.html", context)


@require_safe
@needs("bell")
def follow(request: PersonRequest, pk: int) -> HttpResponse:
    """Go where a notice leads; it is read then."""
    notice = get_object_or_404(Delivery.objects.bell_of(request.user.pk), pk=pk)
    if notice.read_at is None:
        notice.read_at = timezone.now()
        notice.save(update_fields=("read_at",))
        changed(f"user:{request.user.pk}")
    return redirect(notice.url or "notices:bell")


@require_POST
@needs("bell")
def read_all(request: PersonRequest) -> HttpResponse:
    Delivery.objects.bell_of(request.user.pk).unread().update(read_at=timezone.now())
    changed(f"user:{request.user.pk}")
    if request.headers.get("HX-Request"):
        return _short(request)
    return redirect("notices:bell")


def _short(request: PersonRequest) -> HttpResponse:
    context = {
        "rows": bell_page(request.user, limit=SHORT).rows,
        "unread": unread_count(request.user),
    }
    return render(request, "notices/_bell.html", context)


def _cursor(request: PersonRequest) -> int | None:
    written = request.GET.get("after", "")
    if not (written.isascii() and written.isdigit() and len(written) < 20):
        return None
    return min(int(written), LARGEST_BIGINT)
