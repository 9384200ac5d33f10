"""The pages of this app."""

from django.urls import URLPattern, path

from sla.views import (
    absences,
    agreement,
    board,
    calendars,
    clocks,
    desk,
    queue,
    signing,
    what_if,
    work,
)

app_name = "sla"
urlpatterns: list[URLPattern] = [
    path("queue/", queue.queue, name="queue"),
    path("queue/rows/", queue.rows, name="rows"),
    path("work/", work.work, name="work"),
    path("desk/owed/", desk.owed, name="owed"),
    path("sla/handoffs/<id:pk>/clocks/", clocks.clocks, name="clocks"),
    path("sla/clocks/<id:pk>/pause/", clocks.pause, name="pause"),
    path("sla/clocks/<id:pk>/resume/", clocks.resume, name="resume"),
    path("sla/clocks/<id:pk>/reopen/", clocks.reopen, name="reopen"),
    path("sla/clocks/<id:pk>/contest/", clocks.contest, name="contest"),
    path("sla/clocks/<id:pk>/waive/", clocks.waive, name="waive"),
    path("sla/clocks/<id:pk>/keep/", clocks.keep, name="keep"),
    path("board/", board.board, name="board"),
    path("what-if/", what_if.what_if, name="what_if"),
    path("what-if/answer/", what_if.what_if_answer, name="what_if_answer"),
    path("agreement/", agreement.agreement, name="agreement"),
    path("agreement/draft/", signing.draft, name="draft_agreement"),
    path("agreement/teams/<id:team_id>/", agreement.agreement, name="agreement_of"),
    path("agreement/teams/<id:team_id>/draft/", signing.draft, name="draft_agreement_of"),
    path("agreement/versions/<id:pk>/", agreement.version, name="agreement_version"),
    path("agreement/versions/<id:pk>/edit/", signing.edit, name="edit_agreement"),
    path("agreement/versions/<id:pk>/copy/", signing.copy, name="copy_agreement"),
    path("agreement/versions/<id:pk>/propose/", signing.propose, name="propose_agreement"),
    path("agreement/versions/<id:pk>/sign/", signing.sign, name="sign_agreement"),
    path("agreement/versions/<id:pk>/send-back/", signing.send_back, name="send_back_agreement"),
    path("calendars/", calendars.calendars, name="calendars"),
    path("calendars/new/", calendars.new, name="new_calendar"),
    path("calendars/preview/", calendars.preview, name="calendar_preview"),
    path("calendars/regions/", calendars.regions, name="regions"),
    path("calendars/<id:pk>/", calendars.calendar, name="calendar"),
    path("calendars/<id:pk>/clocks/", calendars.move_clocks, name="move_clocks"),
    path("calendars/<id:pk>/archive/", calendars.archive, name="archive_calendar"),
    path("people/<id:pk>/absences/", absences.absences, name="absences"),
    path("absences/<id:pk>/end/", absences.end_absence, name="end_absence"),
]
