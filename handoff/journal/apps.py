from importlib import import_module

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "handoff.journal"

    def ready(self) -> None:
        import_module("handoff.journal.tasks")
