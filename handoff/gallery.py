"""Every component on one page, in every state: for those who build and check pages."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from handoff import looks
from handoff.people.access import allowed
from handoff.people.models import User
from handoff.people.pages import problem


class Sample(forms.Form):
    name = forms.CharField(label=_("name"), help_text=_("As it stands on the card."))
    email = forms.EmailField(label=_("e-mail"), required=False)
    team = forms.ChoiceField(label=_("team"), choices=[("", "–"), ("1", "Inside Sales")])
    day = forms.DateField(
        label=_("day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    note = forms.CharField(label=_("note"), required=False, widget=forms.Textarea)
    channel = forms.ChoiceField(
        label=_("channel"), choices=[("c", _("Call")), ("w", "WhatsApp")], widget=forms.RadioSelect
    )
    file = forms.FileField(label=_("file"), required=False)
    agreed = forms.BooleanField(label=_("As agreed"), required=False)


@dataclass(frozen=True)
class Figures:
    kind: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[float | int | None, ...]], ...]
    unit: str = "count"


WEEKS: Final = ("02/11", "09/11", "16/11", "23/11")
CHARTS: Final = (
    Figures(
        "lines", WEEKS, (("Claim", (91, 94, 88, 97)), ("Attempt", (70, 74, None, 82))), "percent"
    ),
    Figures("bars", WEEKS, (("Leads", (120, 140, 90, 160)),)),
    Figures("stack", WEEKS, (("Won", (4, 6, 2, 8)), ("Lost", (9, 7, 8, 6)))),
    Figures(
        "bands",
        ("Inside Sales", "Field"),
        (("0–5", (12, 4)), ("5–15", (8, 9)), ("15–60", (3, 8)), ("60+", (1, 6)), ("–", (1, 2))),
    ),
    Figures("funnel", ("Leads", "MQL", "SQL", "Won"), (("n", (8000, 2400, 1300, 842)),)),
    Figures("heatmap", ("08", "10", "12", "14"), (("Mon", (1, 5, 2, 8)), ("Tue", (0, 7, 3, 6)))),
)


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    user = request.user
    known = isinstance(user, User) and allowed(user, "people")
    if not (settings.DEBUG or known):
        return problem(request, 404)
    return render(request, "gallery.html", _contents(timezone.now()))


def _contents(at: datetime) -> dict[str, object]:
    return {
        "states": sorted(looks.STATES),
        "kinds": looks.SYMBOLS,
        "at": at,
        "hour_ago": at - timedelta(hours=3),
        "week_ago": at - timedelta(days=5),
        "soon": at + timedelta(minutes=11),
        "risky": at + timedelta(minutes=2),
        "passed": at - timedelta(minutes=3),
        "far": at + timedelta(hours=3),
        "sample": Sample(),
        "wrong": Sample({"email": "x"}, auto_id="wrong_%s"),
        "charts": CHARTS,
        "chips": [("origin", "paid", "Paid search"), ("stage", "mql", "MQL")],
        "tabs": [("?", "All", True, 12), ("?late", "Late", False, 3)],
        "crumbs": [("/", "Leads"), ("/", "Padaria Sol")],
    }
