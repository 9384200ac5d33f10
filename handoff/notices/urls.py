"""The bell."""

from django.urls import URLPattern, path

from handoff.notices import views

app_name = "notices"
urlpatterns: list[URLPattern] = [
    path("bell/", views.bell, name="bell"),
    path("bell/read/", views.read_all, name="read_all"),
    path("bell/<id:pk>/", views.follow, name="follow"),
]
