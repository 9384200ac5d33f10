from importlib import import_module

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "feedback"

    def ready(self) -> None:
        import_module("feedback.events")
        import_module("feedback.reactions")
        import_module("feedback.notices")
