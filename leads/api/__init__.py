"""The endpoints of this app: each verb of the flow over the same action as its page."""

from django.urls import URLPattern, path

from leads.api import intake, leads

urlpatterns: list[URLPattern] = [
    # intake
    path("leads/", leads.Leads.as_view(), name="leads"),
    path("leads/<id:pk>/", leads.OneLead.as_view(), name="lead"),
    path("interactions/", intake.Interactions.as_view(), name="interactions"),
    path("interactions/batch/", intake.InteractionBatch.as_view(), name="interaction_batch"),
    # qualification
    path("leads/<id:pk>/qualify/", leads.Qualify.as_view(), name="qualify"),
    path("leads/<id:pk>/disqualify/", leads.Disqualify.as_view(), name="disqualify"),
]
