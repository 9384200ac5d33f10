"""The way of an agreement into force: written, proposed by one side, signed by the other."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from handoff.people.models import Team
from handoff.people.pages import PersonRequest, needs, problem
from leads.refusals import Refusal, not_now
from sla.actions import agreements, signing
from sla.forms.agreement import AgreementForm, AnswerForm, ProposeForm, written
from sla.models import AgreementState
from sla.queries.agreements import promises_of, sides_of, teams_read_by
from sla.sentences import standing
from sla.views.agreement import address, page, row_of


@require_http_methods(["GET", "POST"])
@needs("propose_agreement")
def draft(request: PersonRequest, team_id: int | None = None) -> HttpResponse:
    """Write the next version, beginning with what is in force."""
    team = None if team_id is None else get_object_or_404(teams_read_by(request.user), pk=team_id)
    if not sides_of(request.user, "propose_agreement", team_id):
        return problem(request, 403)
    if request.method == "GET":
        current = agreements.in_force(team_id, at=timezone.now())
        said = written(current, promises_of(current).clauses, revision=0)
        return _form(request, AgreementForm(initial=said), team, address(team))
    form = AgreementForm(request.POST)
    row = form.take(partial(signing.draft, team_id=team_id, by=request.user, at=timezone.now()))
    return redirect(row) if row else _form(request, form, team, address(team))


@require_http_methods(["GET", "POST"])
@needs("propose_agreement")
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    row = row_of(request, pk)
    if not sides_of(request.user, "propose_agreement", row.team_id):
        return problem(request, 403)
    if row.state != AgreementState.DRAFT:
        raise not_now("revise", row.get_state_display())
    if request.method == "GET":
        said = written(row, promises_of(row).clauses, revision=row.revision)
        return _form(request, AgreementForm(initial=said), row.team, row.get_absolute_url())
    form = AgreementForm(request.POST)
    revise = partial(signing.revise, agreement_id=pk, by=request.user, at=timezone.now())
    done = form.take(lambda **said: revise(revision=form.cleaned_data["revision"], **said))
    return redirect(row) if done else _form(request, form, row.team, row.get_absolute_url())


@require_POST
@needs("propose_agreement")
def copy(request: PersonRequest, pk: int) -> HttpResponse:
    row = signing.copy(agreement_id=pk, by=request.user, at=timezone.now())
    return redirect(row)


@require_POST
@needs("propose_agreement")
def propose(request: PersonRequest, pk: int) -> HttpResponse:
    row = row_of(request, pk)
    form = ProposeForm(request.POST, sides=sides_of(request.user, "propose_agreement", row.team_id))
    if form.is_valid():
        said, at = form.cleaned_data, timezone.now()
        try:
            signing.propose(agreement_id=pk, by=request.user, at=at, **said)
        except Refusal as refusal:
            if not refusal.fields:
                raise
            form.blame(refusal.fields)
        else:
            return redirect(row)
    return page(request, row, form=form, status=422)


@require_POST
@needs("sign_agreement")
def sign(request: PersonRequest, pk: int) -> HttpResponse:
    at = timezone.now()
    row = signing.sign(agreement_id=pk, by=request.user, at=at)
    said = _("Both sides have signed version %(n)d: %(standing)s. Clocks that run keep theirs.")
    messages.success(request, said % {"n": row.number, "standing": standing(row, at).text.lower()})
    return redirect(row)


@require_POST
@needs("sign_agreement")
def send_back(request: PersonRequest, pk: int) -> HttpResponse:
    row = row_of(request, pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return page(request, row, answer=form, status=422)
    why = form.cleaned_data["why"]
    signing.send_back(agreement_id=pk, why=why, by=request.user, at=timezone.now())
    return redirect(row)


def _form(
    request: PersonRequest, form: AgreementForm, team: Team | None, back: str
) -> HttpResponse:
    context = {"form": form, "team": team, "back": back}
    return render(request, "sla/agreement_form.html", context, status=form.status)
