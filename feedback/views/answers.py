"""Giving feedback, and reading what was given."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from feedback import actions, queries
from feedback.actions import OWED_AFTER, give, may_give
from feedback.forms import FeedbackForm, FilterForm, ReplyForm
from feedback.models import Feedback
from handoff.people.access import allowed
from handoff.people.pages import PersonRequest, needs
from leads.models import Handoff, Lead
from leads.refusals import Refusal


@needs("give_feedback")
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: PersonRequest, handoff_id: int) -> HttpResponse:
    """The question about one handoff: a page, or the same as a fragment of the workspace."""
    rows = Handoff.objects.visible_to(request.user)
    held = rows.select_related("lead", "team", "claimed_by", "ended_by")
    handoff = get_object_or_404(held, pk=handoff_id)
    asked = FeedbackForm(request.POST or None, initial={"reason": handoff.reason})
    if request.method == "POST" and asked.is_valid() and _gave(request, handoff, asked):
        return _answered(request, handoff)
    return _shown(request, handoff, asked)


def _gave(request: PersonRequest, handoff: Handoff, asked: FeedbackForm) -> bool:
    """Whether it was taken; what is wrong with a field is said at the field."""
    try:
        give(handoff_id=handoff.pk, by=request.user, at=timezone.now(), **asked.cleaned_data)
    except Refusal as refusal:
        if not refusal.fields:
            raise
        for name, text in refusal.fields.items():
            asked.add_error(name, text)
        return False
    return True


def _answered(request: PersonRequest, handoff: Handoff) -> HttpResponse:
    if request.headers.get("HX-Request") != "true":
        return redirect("leads:handoff", handoff.pk)
    return render(request, "feedback/_given.html", {"answer": _found(handoff)})


def _found(handoff: Handoff) -> Feedback | None:
    rows = Feedback.objects.select_related("asked_of", "given_by", "replied_by")
    return rows.filter(handoff=handoff).first()


def _shown(request: PersonRequest, handoff: Handoff, asked: FeedbackForm) -> HttpResponse:
    answer = _found(handoff)
    context = {
        "handoff": handoff,
        "form": asked,
        "answer": answer if answer and answer.given_at else None,
        "asked_of": answer.asked_of if answer else handoff.claimed_by,
        "ended": handoff.state in OWED_AFTER and not handoff.imported,
        "may_give": may_give(handoff, answer, request.user),
    }
    fragment = request.headers.get("HX-Request") == "true"
    name = "feedback/_form.html" if fragment else "feedback/form.html"
    return render(request, name, context, status=422 if asked.errors else 200)


@needs("answer_feedback")
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: PersonRequest, handoff_id: int) -> HttpResponse:
    """Marketing answers what sales said about a lead."""
    rows = Handoff.objects.visible_to(request.user).select_related("lead", "team")
    handoff = get_object_or_404(rows, pk=handoff_id)
    form = ReplyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        text, at = form.cleaned_data["text"], timezone.now()
        actions.reply(handoff_id=handoff.pk, text=text, by=request.user, at=at)
        return redirect(handoff.lead)
    answer = _found(handoff)
    context = {
        "handoff": handoff,
        "form": form,
        "answer": answer if answer and answer.given_at else None,
        "may_reply": actions.may_reply(handoff, request.user),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "feedback/reply.html", context, status=status)


@needs("search")
@require_safe
def of_lead(request: PersonRequest, lead_id: int) -> HttpResponse:
    """What sales said about one lead, for whoever may see the lead."""
    lead = get_object_or_404(Lead.objects.visible_to(request.user), pk=lead_id)
    answers = queries.of_lead(request.user, lead.pk)
    context = {
        "lead": lead,
        "answers": answers,
        "may_reply": allowed(request.user, "answer_feedback", on=lead.team_id),
    }
    return render(request, "feedback/_of_lead.html", context)


@needs("give_feedback")
@require_safe
def owed(request: PersonRequest) -> HttpResponse:
    """What the person still has to answer, for their work."""
    return render(request, "feedback/_owed.html", {"owed": queries.owed_by(request.user)})


@needs("read_feedback")
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    """What sales says about our leads, newest first."""
    chosen = FilterForm(request.GET, user=request.user)
    after = request.GET.get("after", "")
    page = queries.answers(request.user, filters=chosen.filters(), after=after)
    context = {
        "form": chosen,
        "page": page,
        "chips": chosen.chips(),
        "first": queries.place_from(after) is None,
        "reports": allowed(request.user, "reports"),
    }
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, "feedback/_answers.html" if fragment else "feedback/list.html", context)
