"""`manage.py up`: everything on this machine, from nothing to an address."""

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from handoff.embedded import EmbeddedError
from handoff.launcher.house import House
from handoff.launcher.screen import LauncherError


class Command(BaseCommand):
    help = "Start Postgres and Valkey unless they are given, then web, worker, beat and clocks."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="with a believable company in it")
        parser.add_argument("--host", default=os.environ.get("HOST_ADDRESS", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=os.environ.get("PORT") or 8000)

    def handle(self, *args: Any, **options: Any) -> None:
        spoken = os.environ.get("LC_ALL") or os.environ.get("LANG", "")
        translation.activate("pt-br" if spoken.startswith("pt") else "en")
        house = House(
            host=options["host"],
            port=options["port"],
            demo=options["demo"],
            data_dir=settings.DATA_DIR.resolve(),
        )
        try:
            house.keep()
        except (LauncherError, EmbeddedError) as problem:
            raise CommandError(str(problem)) from problem
