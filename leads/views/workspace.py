"""The seller's page of one handoff: what is known, what happened, and what to do next."""

from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from handoff.calendars.models import away
from handoff.people.access import Reach, allowed, reach_of
from handoff.people.models import Membership, Role, User
from handoff.people.pages import PersonRequest
from leads.forms import handoff as steps
from leads.forms.handoff import StepForm
from leads.models import Handoff, Interaction, Lead, NextStep
from leads.queries.evidence import Strongest, strongest_of
from leads.queries.timeline import Story, story_of
from leads.stages import HandoffState


@dataclass(frozen=True)
class Workspace:
    """One handoff as one person sees it; `bound` is the form that did not pass, if one did not."""

    handoff: Handoff
    user: User
    bound: StepForm | None = None
    story: Story = field(default_factory=lambda: Story([]))

    @property
    def lead(self) -> Lead:
        return self.handoff.lead

    @cached_property
    def reach(self) -> Reach:
        return reach_of(self.user)

    @property
    def may_claim(self) -> bool:
        waits = self.handoff.state == HandoffState.WAITING
        return waits and self.reach.holds("claim", self.handoff.team_id)

    @cached_property
    def may_reassign(self) -> bool:
        return self.handoff.is_open and self.reach.holds("reassign", self.handoff.team_id)

    @cached_property
    def may_work(self) -> bool:
        mine = self.handoff.claimed_by_id == self.user.pk
        held = self.handoff.is_held and self.reach.holds("work", self.handoff.team_id)
        return held and (mine or self.may_reassign)

    @property
    def may_withdraw(self) -> bool:
        waits = self.handoff.state == HandoffState.WAITING
        marketing = allowed(self.user, "hand_off", on=self.lead.team_id)
        return waits and (marketing or self.may_reassign)

    @property
    def may_accept(self) -> bool:
        return self.may_work and self.handoff.state == HandoffState.CLAIMED

    @property
    def owes_feedback(self) -> bool:
        ended = not self.handoff.is_open and self.handoff.state != HandoffState.WITHDRAWN
        return ended and not self.handoff.imported

    @cached_property
    def forms(self) -> dict[str, StepForm]:
        made: list[StepForm] = []
        if self.may_work:
            made += [steps.AttemptForm(), steps.PlanForm(), steps.ReturnForm()]
            made += [steps.WinForm(), steps.LoseForm()]
        if self.may_reassign:
            made.append(reassign_form(self.handoff))
        found = {form.name: form for form in made}
        return found | ({self.bound.name: self.bound} if self.bound else {})

    @property
    def opened(self) -> str:
        return self.bound.name if self.bound else ""

    @cached_property
    def signal(self) -> Strongest | None:
        """Why now, while the journey is open: the newest strong touch, as in the queue."""
        return strongest_of(self.lead) if self.handoff.is_open else None

    @cached_property
    def next_step(self) -> NextStep | None:
        return NextStep.objects.filter(handoff=self.handoff, done_at__isnull=True).first()

    @cached_property
    def materials(self) -> list[str]:
        taken = Interaction.objects.filter(lead=self.lead, material__isnull=False)
        names = taken.order_by("material__name").values_list("material__name", flat=True)
        return list(names.distinct()[:20])

    @cached_property
    def opener(self) -> str:
        """The playbook's first words, with the lead's name and company in their places."""
        campaign = self.handoff.campaign
        first = self.lead.name.split(" ")[0] if self.lead.name else ""
        text = campaign.playbook if campaign else ""
        return text.replace("{name}", first).replace("{company}", self.lead.company).strip()


def receivers(handoff: Handoff) -> "QuerySet[User]":
    """Those who may be given the lead: everybody who sells in its team, but who holds it."""
    members = Membership.objects.filter(team_id=handoff.team_id, role__in=(Role.SELLER, Role.LEAD))
    people = User.objects.filter(is_active=True, pk__in=members.values("user_id"))
    return people.exclude(pk=handoff.claimed_by_id) if handoff.claimed_by_id else people


def reassign_form(handoff: Handoff, data: Any = None) -> steps.ReassignForm:
    """The form to give a lead to somebody else; it says who is away."""
    people = receivers(handoff)
    backs = away(list(people.values_list("pk", flat=True)), timezone.now())
    return steps.ReassignForm(data, people=people, backs=backs)


def workspace_of(request: PersonRequest, handoff_id: int, bound: StepForm | None) -> Workspace:
    """What the person may see of the handoff; 404 where that is nothing."""
    rows = Handoff.objects.visible_to(request.user).select_related(
        *("lead__campaign", "lead__source", "lead__score", "team", "campaign"),
        *("claimed_by", "offered_by", "ended_by"),
    )
    handoff = get_object_or_404(rows, pk=handoff_id)
    return Workspace(handoff, request.user, bound, story_of(handoff.lead))


def show(request: PersonRequest, handoff_id: int, bound: StepForm | None = None) -> HttpResponse:
    """The page, or its inside for a step that was sent without leaving the page."""
    context = {"work": workspace_of(request, handoff_id, bound), "at": timezone.now()}
    fragment = request.headers.get("HX-Request") == "true"
    status = HTTPStatus.UNPROCESSABLE_ENTITY if bound else HTTPStatus.OK
    template = "leads/_workspace.html" if fragment else "leads/handoff.html"
    return render(request, template, context, status=status)


def done(request: PersonRequest, handoff_id: int, sentence: str) -> HttpResponse:
    """Say what was done, over the page as it is now."""
    messages.success(request, sentence)
    if request.headers.get("HX-Request") == "true":
        return show(request, handoff_id)
    return redirect("leads:handoff", handoff_id)
