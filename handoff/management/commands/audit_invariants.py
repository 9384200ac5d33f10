"""`manage.py audit_invariants [--json]`: what is always true, each with its count of violations."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from handoff.invariants import found


class Command(BaseCommand):
    help = "Counts the rows that break what should always be true; fails where there are any."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic(), transaction.get_connection().cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            counts = dict(found())
        if options["json"]:
            self.stdout.write(json.dumps(counts, indent=1))
        else:
            for held, count in counts.items():
                self.stdout.write(f"{count:>6}  {held}")
        if any(counts.values()):
            raise SystemExit(1)
