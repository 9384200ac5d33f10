"""The pages of this app."""

from django.urls import URLPattern, path

from handoff import converters  # noqa: F401  registers <id:…>
from leads.views import (
    backtest,
    campaigns,
    claim,
    contact,
    desk,
    handoff,
    imports,
    intake,
    outcome,
    qualification,
    rules,
    rules_editor,
    rules_ideas,
    search,
)

app_name = "leads"
urlpatterns: list[URLPattern] = [
    # intake
    path("desk/", desk.desk, name="desk"),
    path("search", search.search, name="search"),
    path("leads/", intake.list_, name="list"),
    path("leads/file.csv", intake.list_csv, name="list_csv"),
    path("leads/new/", intake.new, name="new"),
    path("leads/<id:pk>/", intake.lead, name="lead"),
    path("leads/<id:pk>/edit/", intake.edit, name="edit"),
    path("leads/<id:pk>/timeline/", intake.timeline, name="timeline"),
    path("imports/", imports.list_, name="imports"),
    path("imports/<id:pk>/", imports.import_, name="import"),
    path("imports/<id:pk>/begin/", imports.begin, name="begin_import"),
    path("imports/<id:pk>/discard/", imports.discard, name="discard_import"),
    path("imports/<id:pk>/progress/", imports.progress, name="import_progress"),
    path("imports/<id:pk>/quarantine.csv", imports.quarantine_csv, name="quarantine_csv"),
    path("campaigns/", campaigns.list_, name="campaigns"),
    path("campaigns/new/", campaigns.new, name="new_campaign"),
    path("campaigns/<id:pk>/", campaigns.campaign, name="campaign"),
    # qualification
    path("rules/", rules.list_, name="rules"),
    path("rules/<id:pk>/", rules.rule_set, name="rule_set"),
    path("rules/<id:pk>/edit/", rules_editor.edit, name="edit_rules"),
    path("rules/<id:pk>/preview/", rules_editor.preview, name="preview_rules"),
    path("rules/<id:pk>/backtest/", backtest.backtest, name="backtest"),
    path("rules/<id:pk>/backtest/figures/", backtest.figures, name="backtest_figures"),
    path(
        "rules/<id:pk>/backtest/criteria.csv",
        backtest.table_csv,
        {"name": "criteria"},
        name="backtest_criteria_csv",
    ),
    path(
        "rules/<id:pk>/backtest/origins.csv",
        backtest.table_csv,
        {"name": "origins"},
        name="backtest_origins_csv",
    ),
    path("rules/<id:pk>/ideas/", rules_ideas.ideas, name="ideas"),
    path("rules/<id:pk>/ideas/found/", rules_ideas.found, name="ideas_found"),
    path("rules/<id:pk>/file.json", rules.file, name="rules_file"),
    path("rules/<id:pk>/progress/", rules.progress, name="rules_progress"),
    path("rules/<id:pk>/propose/", rules.propose, name="propose_rules"),
    path("rules/<id:pk>/approve/", rules.approve, name="approve_rules"),
    path("rules/<id:pk>/send-back/", rules.send_back, name="send_back_rules"),
    path("leads/<id:pk>/score/", qualification.score, name="score"),
    path("leads/qualify/", qualification.qualify_many, name="qualify_many"),
    path("leads/dismiss/", qualification.dismiss_many, name="dismiss_many"),
    path("leads/disqualify/", qualification.disqualify_many, name="disqualify_many"),
    path("leads/<id:pk>/qualify/", qualification.qualify, name="qualify"),
    path("leads/<id:pk>/dismiss/", qualification.dismiss, name="dismiss"),
    path("leads/<id:pk>/disqualify/", qualification.disqualify, name="disqualify"),
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
