"""The pages of this app."""

from django.urls import URLPattern, path

from handoff import converters  # noqa: F401  registers <id:…>
from leads.views import claim, contact, handoff, outcome

app_name = "leads"
urlpatterns: list[URLPattern] = [
    # handoff
    path("leads/<id:pk>/handoff/", handoff.offer, name="offer"),
    path("leads/<id:pk>/handoff/preview/", handoff.offer_preview, name="offer_preview"),
    path("handoffs/<id:pk>/", handoff.handoff, name="handoff"),
    path("handoffs/<id:pk>/withdraw/", handoff.withdraw, name="withdraw"),
    # claim
    path("handoffs/<id:pk>/claim/", claim.claim, name="claim"),
    path("teams/<id:pk>/claim-next/", claim.claim_next, name="claim_next"),
    path("handoffs/<id:pk>/reassign/", claim.reassign, name="reassign"),
    # contact
    path("handoffs/<id:pk>/attempts/", contact.attempt, name="attempt"),
    path("handoffs/<id:pk>/plan/", contact.plan, name="plan"),
    path("steps/<id:pk>/done/", contact.step_done, name="step_done"),
    # outcome
    path("handoffs/<id:pk>/accept/", outcome.accept, name="accept"),
    path("handoffs/<id:pk>/return/", outcome.give_back, name="return"),
    path("handoffs/<id:pk>/win/", outcome.win, name="win"),
    path("handoffs/<id:pk>/lose/", outcome.lose, name="lose"),
]
