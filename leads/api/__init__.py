"""The endpoints of this app: each verb of the flow over the same action as its page."""

from django.urls import URLPattern, path

from leads.api import (
    backtest,
    claim,
    contact,
    handoff,
    ideas,
    intake,
    leads,
    outcome,
    rules,
    score,
)

urlpatterns: list[URLPattern] = [
    # intake
    path("leads/", leads.Leads.as_view(), name="leads"),
    path("leads/<id:pk>/", leads.OneLead.as_view(), name="lead"),
    path("interactions/", intake.Interactions.as_view(), name="interactions"),
    path("interactions/batch/", intake.InteractionBatch.as_view(), name="interaction_batch"),
    # qualification
    path("rules/<id:pk>/backtest/", backtest.Backtest.as_view(), name="backtest"),
    path("rules/", rules.RuleSets.as_view(), name="rules"),
    path("rules/<id:pk>/", rules.OneRuleSet.as_view(), name="rule_set"),
    path("rules/<id:pk>/preview/", rules.Preview.as_view(), name="preview_rules"),
    path("rules/<id:pk>/propose/", rules.Propose.as_view(), name="propose_rules"),
    path("rules/<id:pk>/approve/", rules.Approve.as_view(), name="approve_rules"),
    path("rules/<id:pk>/send-back/", rules.SendBack.as_view(), name="send_back_rules"),
    path("leads/<id:pk>/score/", score.LeadScore.as_view(), name="score"),
    path("leads/<id:pk>/qualify/", leads.Qualify.as_view(), name="qualify"),
    path("leads/<id:pk>/dismiss/", leads.Dismiss.as_view(), name="dismiss"),
    path("leads/<id:pk>/disqualify/", leads.Disqualify.as_view(), name="disqualify"),
    path("rules/<id:pk>/ideas/", ideas.Ideas.as_view(), name="ideas"),
    # handoff
    path("handoffs/", handoff.Handoffs.as_view(), name="handoffs"),
    path("handoffs/<id:pk>/", handoff.OneHandoff.as_view(), name="handoff"),
    path("handoffs/<id:pk>/withdraw/", handoff.Withdraw.as_view(), name="withdraw"),
    # claim
    path("handoffs/<id:pk>/claim/", claim.Claim.as_view(), name="claim"),
    path("queue/claim-next/", claim.ClaimNext.as_view(), name="claim_next"),
    path("handoffs/<id:pk>/reassign/", claim.Reassign.as_view(), name="reassign"),
    # contact
    path("handoffs/<id:pk>/attempts/", contact.Attempts.as_view(), name="attempts"),
    path("handoffs/<id:pk>/plan/", contact.Plan.as_view(), name="plan"),
    path("steps/<id:pk>/done/", contact.StepDone.as_view(), name="step_done"),
    # outcome
    path("handoffs/<id:pk>/accept/", outcome.Accept.as_view(), name="accept"),
    path("handoffs/<id:pk>/return/", outcome.Return.as_view(), name="return"),
    path("handoffs/<id:pk>/win/", outcome.Win.as_view(), name="win"),
    path("handoffs/<id:pk>/lose/", outcome.Lose.as_view(), name="lose"),
]
