"""`manage.py rules export|import|backtest|ideas`: criteria as files, and what the past says."""

import json
from argparse import ArgumentParser
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from handoff.people.models import Side, Team
from leads.actions.rules import draft
from leads.management.commands.import_leads import find_person
from leads.models import RuleSet
from leads.queries.backtest import FIRST, MATURE_AFTER, MOST_DAYS, Period, backtest_of
from leads.queries.ideas import Ideas, ideas_for, period_of
from leads.refusals import Refusal
from leads.rules.checks import faults_of
from leads.rules.criteria import Rules, kept
from leads.rules.reading import LARGEST_FILE, RulesProblem, read
from leads.stages import RuleSetState


class Command(BaseCommand):
    help = "Criteria as JSON files: export, import as a draft, test against the past."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        out = verbs.add_parser("export", help="print the active criteria, or one version")
        out.add_argument("--number", type=int, help="the version; the active one if left out")
        into = verbs.add_parser("import", help="make a draft of a file")
        into.add_argument("--why", default="")
        into.add_argument("--by", default="", help="e-mail; the first administrator if left out")
        past = verbs.add_parser("backtest", help="what a file's criteria would have done")
        past.add_argument(
            "--since", type=day, default=FIRST.date(), help="first day, such as 2026-01-31"
        )
        past.add_argument("--until", type=day, help="day after the last; today if left out")
        past.add_argument("--mature", type=days, default=MATURE_AFTER.days, help="days to a label")
        past.add_argument("--json", action="store_true", help="print the figures as JSON")
        ideas = verbs.add_parser("ideas", help="criteria that the past suggests")
        ideas.add_argument("--since", type=day, help="first day; a year ago if left out")
        ideas.add_argument("--until", type=day, help="day after the last; today if left out")
        ideas.add_argument("--json", action="store_true", help="print the figures as JSON")
        for each in (into, past):
            each.add_argument("file", type=Path)
        for each in (out, into, past, ideas):
            each.add_argument(
                "--team", default="", help="marketing team; every other team if left out"
            )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['verb']}")(options)
        except RulesProblem as problem:
            raise CommandError(_faults(problem.faults)) from None
        except Refusal as refusal:
            raise CommandError(_faults(refusal.fields or {"": str(refusal)})) from None

    def _export(self, options: dict[str, Any]) -> None:
        rows = RuleSet.objects.filter(team=find_marketing(options["team"]))
        number = options["number"]
        row = rows.active().first() if number is None else rows.filter(number=number).first()
        if row is None:
            raise CommandError("There is no such version.")
        self._print(row.rules)

    def _import(self, options: dict[str, Any]) -> None:
        team, by = find_marketing(options["team"]), find_person(options["by"])
        rules = kept(rules_in(options["file"]))
        row = draft(
            team_id=team.pk if team else None,
            rules=rules,
            why=options["why"],
            by=by,
            at=timezone.now(),
        )
        self.stdout.write(f"Draft {row.number} holds {len(rules['criteria'])} criteria.")

    def _backtest(self, options: dict[str, Any]) -> None:
        rules, team = rules_in(options["file"]), find_marketing(options["team"])
        for place, said in faults_of(rules).items():
            self.stderr.write(f"{place}: {said}")
        period = Period.of_days(
            options["since"],
            options["until"],
            now=timezone.now(),
            mature=options["mature"],
            team_id=team.pk if team else None,
        )
        found = backtest_of(rules, period=period)
        if options["json"]:
            self._print(found)
        else:
            self.stdout.write("\n".join(told(found)))

    def _ideas(self, options: dict[str, Any]) -> None:
        team, now = find_marketing(options["team"]), timezone.now()
        period = period_of(
            options["since"], options["until"], now=now, team_id=team.pk if team else None
        )
        drafts = RuleSet.objects.filter(team=team, state=RuleSetState.DRAFT).order_by("-number")
        newest = drafts.first()
        found = ideas_for(read(newest.rules) if newest else Rules(), period=period)
        if options["json"]:
            self._print(found.kept())
        else:
            self.stdout.write("\n".join(suggestions(found)))

    def _print(self, found: Any) -> None:
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))


def day(text: str) -> date:
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()


def days(text: str) -> int:
    return min(max(0, int(text)), MOST_DAYS)


def rules_in(path: Path) -> Rules:
    """Raises RulesProblem, and CommandError for a file that cannot be read."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise CommandError(f"{path}: a rule set is at most 1 MB.")
        return read(json.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        raise CommandError(f"{path}: {error}") from None
    except json.JSONDecodeError as error:
        raise CommandError(f"{path}: not valid JSON, line {error.lineno}.") from None


def find_marketing(name: str) -> Team | None:
    if not name:
        return None
    teams = Team.objects.filter(side=Side.MARKETING)
    found = teams.filter(name=name).first()
    if found is None:
        names = ", ".join(teams.values_list("name", flat=True)) or "none yet"
        raise CommandError(f"There is no marketing team {name}. There is: {names}.")
    return found


def told(found: dict[str, Any]) -> list[str]:
    """The main figures as lines."""
    people, rules = found["population"], found["draft"]
    handed = f"labelled {people['labelled']} (won {people['won']})"
    aside = f"immature {people['immature']}, never handed over {people['unlabelled']}"
    alone = rules["qualified_unlabelled"]
    return [
        f"decisions {people['decisions']}: {handed}, {aside}",
        f"base rate {_share(people['base_rate'])}",
        f"qualified {rules['qualified']}, of them never handed over {alone}",
        f"precision {_share(rules['precision'])}",
        f"recall    {_share(rules['recall'])}",
        f"lift      {_plain(rules['lift'])}",
    ]


def suggestions(found: Ideas) -> list[str]:
    """One idea a line, what speaks for a sale first."""
    base = _share(found.base.kept())
    lines = [f"base rate {base}; {found.looked_at} candidates, {found.by_chance} by chance"]
    if found.nothing:
        return [*lines, f"no ideas: {found.nothing.value}"]
    return lines + [
        f"{idea.lift:5.2f}×  {idea.points:+3d}  {idea.sentence}  {_share(idea.share.kept())}"
        for idea in (*found.better, *found.worse)
    ]


def _share(share: dict[str, Any]) -> str:
    if share["value"] is None:
        return "none (n 0)"
    low, high, value = (100 * share[name] for name in ("low", "high", "value"))
    return f"{value:.1f} % ({low:.1f} to {high:.1f}; n {share['n']})"


def _plain(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"


def _faults(faults: dict[str, str]) -> str:
    return "\n".join(f"{place}: {said}" if place else said for place, said in faults.items())
