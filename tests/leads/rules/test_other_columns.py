"""A data set with columns of its own, dozens of them, and a won-or-lost column: from the file to
a backtest."""

import csv
import json
import random
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from leads.models import Handoff, RuleSet
from tests.cast import Cast
from tests.leads.rules.test_rules_action import RULES

NOTES = [f"Question {number}" for number in range(1, 31)]
MAPPING = {
    "source": "Old CRM",
    "columns": {"Prospect": "external_id", "Channel": "origin", "Converted": "outcome"},
    "values": {"Converted": {"1": "won", "0": "lost"}},
    "constants": {"occurred_at": "2026-02-01", "ended_at": "2026-03-01"},
    "attributes": "*",
    "sales_team": "Inside Sales",
}
LONG_VISITS = {
    "criteria": [
        {"axis": "fit", "field": "attributes.Minutes on site", "op": "at_least", "values": [300],
         "points": 40},
        {"axis": "fit", "field": "attributes.Question 7", "op": "is", "values": ["yes"],
         "points": 10},
        {"axis": "fit", "field": "attributes.Unsubscribed", "op": "is", "values": ["Yes"],
         "role": "veto"},
    ],
    "thresholds": {"fit": 40},
}  # fmt: skip


def written(folder: Path, name: str, said: Any) -> str:
    path = folder / name
    path.write_text(json.dumps(said), encoding="utf-8")
    return str(path)


def history(folder: Path) -> tuple[str, list[dict[str, str]]]:
    dice = random.Random(7)
    rows = [
        {
            "Prospect": f"p{number}",
            "Channel": dice.choice(("Google", "Chat", "Referral")),
            "Minutes on site": str(dice.randrange(0, 900)),
            "Unsubscribed": dice.choice(("Yes", "No", "No")),
            **{note: dice.choice(("yes", "no", "")) for note in NOTES},
            "Converted": str(dice.randrange(2)),
        }
        for number in range(300)
    ]
    path = folder / "history.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        sheet = csv.DictWriter(file, rows[0])
        sheet.writeheader()
        sheet.writerows(rows)
    return str(path), rows


def told(*words: str) -> Any:
    out = StringIO()
    call_command(*words, stdout=out)
    return json.loads(out.getvalue())


def test_any_history_imports_by_a_mapping_and_is_tested_against(cast: Cast, tmp_path: Path) -> None:
    file, rows = history(tmp_path)
    mapping = written(tmp_path, "mapping.json", MAPPING)
    report = told(
        "import_leads", file, f"--mapping={mapping}", f"--team={cast.marketing}", "--json"
    )
    assert (report["created"], report["quarantined"]) == (300, 0)
    assert Handoff.objects.filter(imported=True).count() == 300
    found = told("rules", "backtest", written(tmp_path, "rules.json", LONG_VISITS), "--json")
    says = [int(row["Minutes on site"]) >= 300 and row["Unsubscribed"] == "No" for row in rows]
    won = [row["Converted"] == "1" for row in rows]
    pairs = list(zip(says, won, strict=True))
    assert found["draft"]["confusion"] == {
        "tp": pairs.count((True, True)),
        "fp": pairs.count((True, False)),
        "fn": pairs.count((False, True)),
        "tn": pairs.count((False, False)),
    }
    assert found["population"]["labelled"] == 300


def test_criteria_go_out_and_come_back_as_a_draft(cast: Cast, tmp_path: Path) -> None:
    file = written(tmp_path, "rules.json", RULES)
    call_command("rules", "import", file, "--why=Demos win.", stdout=StringIO())
    row = RuleSet.objects.get()
    assert (row.why, row.created_by) == ("Demos win.", cast.ada)
    assert told("rules", "export", "--number=1") == row.rules


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not valid JSON"),
        ("[" * 100_000, "rules.json"),
        ('{"criteria": [{"axis": "fit"}]}', "criteria.0.field"),
        ("3", "JSON object"),
    ],
)
def test_a_file_that_holds_no_criteria_is_told(
    cast: Cast, tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "rules.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=said):
        call_command("rules", "backtest", str(path), stdout=StringIO())
