"""The pages of this app."""

from django.urls import URLPattern, path

from feedback.views import answers, reports

app_name = "feedback"
urlpatterns: list[URLPattern] = [
    path("feedback/", answers.index, name="list"),
    path("feedback/owed/", answers.owed, name="owed"),
    path("feedback/leads/<id:lead_id>/", answers.of_lead, name="of_lead"),
    path("feedback/<id:handoff_id>/", answers.form, name="form"),
    path("feedback/<id:handoff_id>/reply/", answers.reply, name="reply"),
    path("reports/", reports.reports, name="reports"),
    path("reports/sides/", reports.both_sides, name="sides"),
    path("reports/<slug:name>.csv", reports.report_csv, name="csv"),
]
