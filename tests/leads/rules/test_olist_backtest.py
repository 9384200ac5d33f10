"""A rule set backtested on Olist's history, against a script that knows only the CSV files."""

import csv
import json
from collections import Counter
from datetime import datetime
from io import StringIO
from math import sqrt
from typing import Any

import pytest
from django.core.management import call_command

from tests.cast import Cast
from tests.leads.test_olist import DEALS, FOLDER, LEADS, MAPPINGS, Imported, imported

__all__ = ["imported"]

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="Olist's files are not here")
SELLING = {
    *("b76ef37428e6799c421989521c0e5077", "22c29808c4f815213303f8933030604c"),
    *("40dec9f3d5259a3d2dbcdab2114fae47", "ce1a65abd0973638f1c887a6efcfa82d"),
}
POINTS = {
    **dict.fromkeys(("paid_search", "organic_search"), 20.0),
    **dict.fromkeys(("direct_traffic", "unknown"), 25.5),
    **dict.fromkeys(("social", "display", "other_publicities"), -10.0),
}


def rows(path: Any) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def known_segments(first: dict[str, datetime]) -> set[str]:
    """Whose segment was known when they were decided on: a deal's columns are known from the day
    it was won, which in this history is before the first contact for whoever was entered late."""
    return {
        row["mql_id"]
        for row in rows(DEALS)
        if row["business_segment"]
        and datetime.strptime(row["won_date"], "%d-%m-%Y %H:%M") <= first[row["mql_id"]]
    }


def by_hand() -> tuple[Counter[tuple[bool, bool]], dict[str, Counter[tuple[bool, bool]]], int]:
    """Decisions by (qualifies, won), in all and by origin, and how many segments were known."""
    won = {row["mql_id"] for row in rows(DEALS)}
    first = {
        row["mql_id"]: datetime.strptime(row["first_contact_date"], "%d-%m-%Y")
        for row in rows(LEADS)
    }
    known = known_segments(first)
    cells: Counter[tuple[bool, bool]] = Counter()
    origins: dict[str, Counter[tuple[bool, bool]]] = {}
    for row in rows(LEADS):
        fit = POINTS.get(row["origin"], 0.0) + 30.0 * (row["landing_page_id"] in SELLING)
        fit += 100.0 * (row["mql_id"] in known)
        touched = row["mql_id"] not in known  # whose first contact is dated after the sale
        cell = (touched and fit >= 45 and row["origin"] != "other", row["mql_id"] in won)
        cells[cell] += 1
        origins.setdefault(row["origin"], Counter())[cell] += 1
    return cells, origins, len(known)


def wilson(k: int, n: int) -> dict[str, Any]:
    if not n:
        return {"k": k, "n": n, "value": None, "low": None, "high": None}
    z, p = 1.959963984540054, k / n
    centre, spread = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    below = 1 + z * z / n
    low, high = (centre - spread) / below, (centre + spread) / below
    return {"k": k, "n": n, "value": p, "low": max(0.0, low), "high": min(1.0, high)}


def test_olist_backtests_to_the_last_digit(cast: Cast, imported: Imported) -> None:
    cast.other_sales.archived_at = cast.other_sales.created_at
    cast.other_sales.save()
    imported(LEADS, "olist-leads.json")
    imported(DEALS, "olist-deals.json")
    out = StringIO()
    call_command("rules", "backtest", str(MAPPINGS / "olist-rules.json"), "--json", stdout=out)
    found = json.loads(out.getvalue())
    cells, origins, known = by_hand()
    tp, fp = cells[True, True], cells[True, False]
    fn, tn = cells[False, True], cells[False, False]
    assert found["draft"]["confusion"] == {"tp": tp, "fp": fp, "fn": fn, "tn": tn}
    assert found["draft"]["precision"] == wilson(tp, tp + fp)
    assert found["draft"]["recall"] == wilson(tp, tp + fn)
    assert found["draft"]["lift"] == (tp / (tp + fp)) / ((tp + fn) / 8_000)
    assert found["population"]["base_rate"] == wilson(842, 8_000)
    assert (found["population"]["immature"], found["population"]["unlabelled"]) == (0, 0)
    assert {each["origin"]: each["precision"] for each in found["by_origin"]} == {
        origin: wilson(each[True, True], each[True, True] + each[True, False])
        for origin, each in origins.items()
    }
    segment = next(each for each in found["criteria"] if each["key"] == "segment")
    assert segment["coverage"]["k"] == known < 5
    assert tp > 100
