from importlib import import_module

from django.apps import AppConfig


class SlaConfig(AppConfig):
    name = "sla"

    def ready(self) -> None:
        import_module("sla.events")
        import_module("sla.reactions")
        import_module("sla.notices")
