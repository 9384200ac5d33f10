"""A history with columns of its own, from its file to a backtest, without a line of code: imported
by a mapping, criteria written on its columns, and figures that this file reckons for itself."""

import csv
import json
import random
from datetime import timedelta
from io import StringIO
from math import sqrt
from pathlib import Path
from typing import Final

from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from leads.models import RuleSet
from tests.browser.conftest import SignIn
from tests.cast import Cast

Row = dict[str, str]
NOTES: Final = [f"Question {number}" for number in range(1, 41)]
PEOPLE: Final = 360
Z: Final = 1.959963984540054


def history() -> list[Row]:
    """Dozens of columns, of which three say something about who was won."""
    dice = random.Random(11)
    rows = []
    for number in range(PEOPLE):
        row = {
            "Prospect": f"p{number}",
            "Channel": dice.choice(("Google", "Chat", "Referral")),
            "Minutes on site": str(dice.randrange(0, 900)),
            "Unsubscribed": dice.choice(("Yes", "No", "No", "No")),
            **{note: dice.choice(("yes", "no", "")) for note in NOTES},
        }
        chance = 0.15 + 0.35 * (int(row["Minutes on site"]) >= 500)
        chance += 0.25 * (row["Question 7"] == "yes") - 0.1 * (row["Unsubscribed"] == "Yes")
        rows.append({**row, "Converted": str(int(dice.random() < chance))})
    return rows


def imported(rows: list[Row], folder: Path, team: str) -> None:
    """By the command, and the mapping that docs/rules.md shows."""
    file, mapping = folder / "history.csv", folder / "mapping.json"
    with file.open("w", newline="", encoding="utf-8") as text:
        sheet = csv.DictWriter(text, rows[0])
        sheet.writeheader()
        sheet.writerows(rows)
    came = timezone.now().date() - timedelta(days=80)
    said = {
        "source": "Old CRM",
        "columns": {"Prospect": "external_id", "Channel": "origin", "Converted": "outcome"},
        "values": {"Converted": {"1": "won", "0": "lost"}},
        "constants": {
            "occurred_at": came.isoformat(),
            "ended_at": (came + timedelta(days=5)).isoformat(),
        },
        "attributes": "*",
        "sales_team": "Inside Sales",
    }
    mapping.write_text(json.dumps(said), encoding="utf-8")
    out = StringIO()
    call_command(
        "import_leads", str(file), f"--mapping={mapping}", f"--team={team}", "--json", stdout=out
    )
    report = json.loads(out.getvalue())
    assert (report["created"], report["quarantined"]) == (PEOPLE, 0)


def long_visit(row: Row) -> bool:
    return int(row["Minutes on site"]) >= 500


def said_yes(row: Row) -> bool:
    return row["Question 7"] == "yes"


def passes(row: Row) -> bool:
    points = 40 * long_visit(row) + 20 * said_yes(row)
    return points >= 40 and row["Unsubscribed"] != "Yes"


def won(row: Row) -> bool:
    return row["Converted"] == "1"


def percent(share: float) -> str:
    return f"{100 * share:.1f}%" if 0 < share < 0.1 else f"{100 * share:.0f}%"


def interval(k: int, n: int) -> str:
    p, below = k / n, 1 + Z * Z / n
    centre = p + Z * Z / (2 * n)
    spread = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return f"{percent((centre - spread) / below)} to {percent((centre + spread) / below)}"


def criterion(page: Page, number: int, column: str, op: str, value: str) -> Locator:
    """One more criterion about a column of the file, as a marketer fills it in."""
    page.get_by_role("button", name="About the lead").click()
    box = page.locator("fieldset.criterion").nth(number)
    box.get_by_role("combobox", name="Field").select_option("attributes.")
    box.get_by_role("combobox", name="Attribute").fill(column)
    box.get_by_role("combobox", name="Comparison").select_option(op)
    box.get_by_role("textbox", name="With").fill(value)
    return box


def test_criteria_on_free_columns_are_tested_against_the_past(
    people: Cast, sign_in: SignIn, axe: Axe, tmp_path: Path
) -> None:
    rows = history()
    imported(rows, tmp_path, str(people.marketing))
    page = sign_in(people.mara)
    page.goto(reverse("leads:rules"))
    page.get_by_role("button", name="Make a draft").click()
    draft_of_three(page, rows)
    page.get_by_role("button", name="Save and backtest").click()
    expect(page.get_by_text("The draft is saved.")).to_be_visible()
    expect(page.locator("#backtest-answer")).to_contain_text(f"{len(passing(rows))} leads would")
    figures_are(page, rows)
    criteria_are(page, rows)
    assert axe.run(page).response["violations"] == []
    the_file_says_the_same(page, rows, tmp_path, str(people.marketing))


def draft_of_three(page: Page, rows: list[Row]) -> None:
    """The preview follows what is typed."""
    counted = page.locator("#rules-preview strong")
    box = criterion(page, 0, "Minutes on site", "at_least", "500")
    box.get_by_role("textbox", name="Points").fill("40")
    page.get_by_label("Fit: needed").fill("40")
    expect(counted).to_have_text(str(sum(map(long_visit, rows))))
    box = criterion(page, 1, "Question 7", "is", "yes")
    box.get_by_role("textbox", name="Points").fill("20")
    box = criterion(page, 2, "Unsubscribed", "is", "Yes")
    box.get_by_role("combobox", name="Counts as").select_option("veto")
    expect(counted).to_have_text(str(len(passing(rows))))


def passing(rows: list[Row]) -> list[Row]:
    return list(filter(passes, rows))


def figures_are(page: Page, rows: list[Row]) -> None:
    n, k = len(passing(rows)), sum(map(won, passing(rows)))
    base = sum(map(won, rows))
    table = page.locator("section[aria-labelledby=backtest-beside]")
    precision = table.get_by_role("row").filter(has_text="precision")
    expect(precision).to_contain_text(percent(k / n))
    expect(precision).to_contain_text(interval(k, n))
    expect(precision).to_contain_text(f"n = {n}")
    recall = table.get_by_role("row").filter(has_text="recall")
    expect(recall).to_contain_text(percent(k / base))
    lift = table.get_by_role("row").filter(has_text="lift")
    expect(lift).to_contain_text(f"{(k / n) / (base / PEOPLE):.2f}×")
    right = page.locator("section[aria-labelledby=backtest-confusion]")
    expect(right.get_by_role("row").filter(has_text="Would pass")).to_contain_text(str(n - k))
    expect(right.get_by_role("row").filter(has_text="Would not")).to_contain_text(str(base - k))


def criteria_are(page: Page, rows: list[Row]) -> None:
    table = page.locator("section[aria-labelledby=backtest-criteria]")
    for said, holds in (
        ("Minutes on site is at least 500: +40", long_visit),
        ("Question 7 is yes: +20", said_yes),
    ):
        those = list(filter(holds, rows))
        row = table.get_by_role("row").filter(has_text=said)
        expect(row).to_contain_text(f"{len(those)} of {PEOPLE}")
        expect(row).to_contain_text(percent(sum(map(won, those)) / len(those)))


def the_file_says_the_same(page: Page, rows: list[Row], folder: Path, team: str) -> None:
    """`manage.py rules backtest` of the downloaded draft, to the last digit."""
    file, out = folder / "rules.json", StringIO()
    address = reverse("leads:rules_file", args=[RuleSet.objects.get().pk])
    file.write_bytes(page.request.get(address).body())
    call_command("rules", "backtest", str(file), f"--team={team}", "--json", stdout=out)
    found = json.loads(out.getvalue())
    k, n = sum(map(won, passing(rows))), len(passing(rows))
    assert found["draft"]["precision"]["value"] == k / n
    assert found["draft"]["lift"] == (k / n) / (sum(map(won, rows)) / PEOPLE)
