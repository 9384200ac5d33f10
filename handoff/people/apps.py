from importlib import import_module

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "handoff.people"

    def ready(self) -> None:
        import_module("handoff.people.openapi")
