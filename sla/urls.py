"""The pages of this app."""

from django.urls import URLPattern, path

from sla.views import board

app_name = "sla"
urlpatterns: list[URLPattern] = [
    path("board/", board.board, name="board"),
]
