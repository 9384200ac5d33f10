"""Pages about people: home, setup, profile, administration."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
