"""`manage.py verify_clocks [--json] [--most N]`: every clock derived again, and what differs."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from sla.queries.verification import Verification, verify


class Command(BaseCommand):
    help = (
        "Derives every clock from its clause, calendar versions and events; fails where a stored "
        "instant, verdict or stage says otherwise."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object")
        parser.add_argument("--most", type=int, default=20, help="differences told in full")

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic(), transaction.get_connection().cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            seen = verify(at=timezone.now(), most=options["most"])
        self.stdout.write(_as_json(seen) if options["json"] else _in_words(seen))
        if seen.wrong:
            raise SystemExit(1)


def _as_json(seen: Verification) -> str:
    told = [
        {
            "clock": each.clock_id,
            "kind": each.kind,
            "what": each.what,
            "said": each.said,
            "derived": each.derived,
        }
        for each in seen.first
    ]
    counts = {"clocks": seen.clocks, "events": seen.events, "stages": seen.stages}
    return json.dumps(
        {**counts, "wrong": seen.wrong, "by_what": seen.by_what, "first": told},
        default=str,
        indent=1,
    )


def _in_words(seen: Verification) -> str:
    lines = [
        f"{seen.clocks:>9}  clocks derived again",
        f"{seen.events:>9}  events behind them",
        f"{seen.stages:>9}  stages on record",
        f"{seen.wrong:>9}  clocks that differ",
        *(f"{count:>9}  of them in {what}" for what, count in seen.by_what.most_common()),
        *(f"  {each}" for each in seen.first),
    ]
    return "\n".join(lines)
