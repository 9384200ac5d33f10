"""`manage.py import_leads FILE --mapping MAP`: the import of the browser, with its counts."""

import json
import time
from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from handoff.people.models import Membership, Role, Side, Team, User, email_key
from leads.actions import imports, rehearsal
from leads.actions.bulk import Door
from leads.mapping import MappingProblem, Plan, plan_from_text
from leads.models import ImportBatch, Quarantine
from leads.problems import Problem
from leads.refusals import Refusal
from leads.tabular.table import FileProblem


class Command(BaseCommand):
    help = "Brings in a CSV or XLSX file of leads. See docs/importing.md for the mapping."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", type=Path, required=True, help="a JSON file")
        parser.add_argument("--team", default="", help="marketing team; the only one if left out")
        parser.add_argument("--by", default="", help="e-mail; the first administrator if left out")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")
        parser.add_argument("--dry-run", action="store_true", help="keep nothing, only count")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            plan = read_plan(options["mapping"])
            team = find_team(options["team"] or plan.team)
            by = find_person(options["by"])
            run = rehearse if options["dry_run"] else bring_in
            counts = run(options["file"], plan, team, by, timezone.now())
        except (FileProblem, MappingProblem, Refusal) as problem:
            raise CommandError(str(problem)) from None
        if options["json"]:
            self.stdout.write(json.dumps(counts, ensure_ascii=False))
            return
        for name in ("rows", "created", "updated", "duplicate", "quarantined"):
            self.stdout.write(f"{name:>12} {counts[name]:>9}")
        for each in counts["reasons"][:50]:
            self.stdout.write(f"{each['row']:>12} {each['reason']}")


def read_plan(path: Path) -> Plan:
    try:
        return plan_from_text(path.read_text(encoding="utf-8-sig"), zone=settings.TIME_ZONE)
    except (OSError, UnicodeDecodeError) as error:
        raise MappingProblem(f"{path}: {error}") from None


def find_team(name: str) -> Team:
    teams = list(Team.objects.filter(side=Side.MARKETING, archived_at__isnull=True))
    found = [team for team in teams if name in ("", team.name)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(team.name for team in teams) or "none yet"
    raise CommandError(f"Name one marketing team with --team. There is: {names}.")


def find_person(address: str) -> User:
    if address:
        found = User.objects.filter(email=email_key(address), is_active=True).first()
        if found is None:
            raise CommandError(f"Nobody signs in as {address}.")
        return found
    rows = Membership.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True)
    first = rows.select_related("user").order_by("user_id").first()
    if first is None:
        raise CommandError("There is no administrator yet: name a person with --by.")
    return first.user


def rehearse(path: Path, plan: Plan, team: Team, by: User, at: datetime) -> dict[str, Any]:
    """The counts of a run that is taken back."""
    selling = imports.sales_team(plan)
    door = Door(
        team_id=team.pk,
        by=by,
        sales_team_id=selling.pk if selling else None,
        file_name=path.name,
        touch=plan.touch,
        creates=plan.creates,
    )
    report = rehearsal.rehearse(path=path, plan=plan, door=door, at=at)
    return told(report, report.reasons or ())


def bring_in(path: Path, plan: Plan, team: Team, by: User, at: datetime) -> dict[str, Any]:
    """Keep the file, bring it in, and wait for its end, whoever brings in its chunks."""
    imports.sales_team(plan)  # refused before anything is kept
    try:
        with path.open("rb") as file:
            batch = imports.upload(file=File(file), name=path.name, team_id=team.pk, by=by, at=at)
    except OSError:
        raise FileProblem("gone") from None
    try:
        imports.set_mapping(batch_id=batch.pk, mapping=plan.kept(), by=by, at=at)
    except Refusal:
        imports.discard(batch_id=batch.pk, by=by)
        raise
    imports.begin(batch_id=batch.pk, by=by, at=at)
    while True:
        worked = imports.import_next(at=timezone.now(), batch_id=batch.pk)
        batch.refresh_from_db()
        if batch.state != ImportBatch.State.RUNNING:
            break
        if not worked:
            time.sleep(0.2)
    if batch.state == ImportBatch.State.FAILED:
        raise CommandError(batch.error or "Something unexpected stopped it; the log says what.")
    refused = Quarantine.objects.filter(batch=batch).order_by("row").iterator()
    why = ((each.row, [Problem.read(one) for one in each.problems]) for each in refused)
    return told(batch, why)


def told(
    counts: rehearsal.Report | ImportBatch, refused: Iterable[tuple[int, list[Problem]]]
) -> dict[str, Any]:
    return {
        "rows": counts.rows,
        "created": counts.created,
        "updated": counts.updated,
        "duplicate": counts.duplicate,
        "quarantined": counts.quarantined,
        "reasons": [{"row": row, "reason": told_problems(why)} for row, why in refused],
    }


def told_problems(why: Iterable[Problem]) -> str:
    return "; ".join(f"{one.column}: {one}" if one.column else str(one) for one in why)
