"""`manage.py draw_flow [--check]`: writes docs/flow.md from the code."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from handoff.flow import PAGE, page


class Command(BaseCommand):
    help = "Draws stages, steps and reactions into docs/flow.md."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say whether it is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        drawn = page()
        if not options["check"]:
            PAGE.write_text(drawn, encoding="utf-8")
            self.stdout.write(f"Drew {PAGE.name}.")
        elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != drawn:
            raise CommandError("docs/flow.md is stale: run manage.py draw_flow.")
