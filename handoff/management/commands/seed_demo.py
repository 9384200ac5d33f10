"""`manage.py seed_demo`: a believable company, once; a second run keeps what is there."""

import random
import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from handoff.demo import cast, criteria, promises, shelf
from handoff.demo.crowd import Crowd
from handoff.demo.ledger import Ledger
from handoff.demo.lives import Life, World
from handoff.demo.teller import Teller
from handoff.demo.tellings import Teller as Notices
from handoff.demo.today import Desk, catch_up, set_the_scene
from handoff.people.models import Role
from leads.models import Lead

T = TypeVar("T")
DAYS: Final = 120
BEFORE: Final = timedelta(days=DAYS + 5)
WRITTEN: Final = (
    *("leads_lead", "leads_interaction", "leads_handoff", "leads_attempt", "sla_clock"),
    *("feedback_feedback", "journal_entry", "notices_delivery"),
)


class Command(BaseCommand):
    help = "Fill an empty house with a generated company, about 5,000 leads and 120 days of work."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--leads", type=int, default=5_000, help="how many, about")
        parser.add_argument("--seed", type=int, default=7, help="the same seed, the same story")
        parser.add_argument(
            "--logins", action="store_true", help="only print who can sign in, and what to try"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["logins"]:
            self._print_logins()
            return
        if Lead.objects.exists():
            self.stdout.write(_("There are leads in this house already; they stay as they are."))
            return
        with translation.override("pt-br"), transaction.atomic():
            self._seed(leads=options["leads"], seed=options["seed"], now=timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(WRITTEN)}")

    def _seed(self, *, leads: int, seed: int, now: datetime) -> None:
        company = self._step("people and teams", lambda: cast.hire(now - BEFORE))
        self._step("calendars and agreements", lambda: promises.agree(company, now - BEFORE))
        shelves = self._step("campaigns", lambda: shelf.stock(company, now - BEFORE))
        terms = promises.terms_of(company, now)
        crowd = Crowd(seed)
        world = World(
            now=now,
            days=DAYS,
            marketing=promises.schedule_of(company),
            marketers=[company.people[key] for key in ("mara", "davi", "marina")],
            terms=terms,
            sellers={team: company.sellers(team) for team in promises.TERMS},
        )
        lives = self._step(
            "what happened to each of them", lambda: _tell(world, crowd, leads, seed)
        )
        ledger = Ledger(company, shelves, terms, now)
        self._step("leads", lambda: ledger.write_leads(lives))
        self._step("visits, downloads and words", ledger.write_touches)
        self._step("handoffs", ledger.write_handoffs)
        self._step("attempts", ledger.write_work)
        self._step("clocks", ledger.write_clocks)
        self._step("feedback", ledger.write_feedback)
        entries = self._step("journal", ledger.write_journal)
        self._step("notices", lambda: Notices(now).write(entries))
        self._step("scores by criteria that both teams signed", lambda: criteria.sign(company, now))
        self._step("what marketing proposes next", lambda: promises.propose_next(company, now))
        desk = Desk(company, shelves, crowd, random.Random(seed))  # noqa: S311  no secret
        self._step("what waits today", lambda: set_the_scene(desk, terms, now=now))
        self._step("what is due by now", lambda: catch_up(now=now))

    def _step(self, words: str, work: Callable[[], T]) -> T:
        """Do one step and say how long it took, and how many it made where it counts."""
        started = time.monotonic()
        made = work()
        count = made if isinstance(made, int) else len(made) if isinstance(made, list) else None
        seconds = time.monotonic() - started
        counted = f"{count:>7,}" if count is not None else " " * 7
        self.stdout.write(f"  {counted}  {words} ({seconds:.1f} s)")
        self.stdout.flush()
        return made

    def _print_logins(self) -> None:
        rows = [
            (person.email, f"{Role(person.role).label}", str(person.to_try))
            for person in cast.PEOPLE
            if person.to_try
        ]
        widths = [max(len(row[place]) for row in rows) for place in (0, 1)]
        for email, role, to_try in rows:
            self.stdout.write(f"  {email:<{widths[0]}}  {role:<{widths[1]}}  {to_try}")
        self.stdout.write(_("  Password of all: %(password)s") % {"password": cast.PASSWORD})


def _tell(world: World, crowd: Crowd, leads: int, seed: int) -> list[Life]:
    teller = Teller(world, seed)
    lives = [teller.tell(crowd.next()) for _each in range(leads)]
    return sorted(lives, key=lambda life: life.inbound_at)
