from importlib import import_module

from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "leads"

    def ready(self) -> None:
        import_module("leads.events")
        import_module("leads.notices")
