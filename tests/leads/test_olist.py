"""Real input: Olist's leads and closed deals import whole, by the mappings the repository keeps."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from handoff.journal.models import Entry
from leads.models import Handoff, Lead
from leads.queries.funnel import funnel_by_origin
from tests.cast import Cast

FOLDER = Path(settings.ROOT).parent / "shared/data/olist"
MAPPINGS = Path(settings.ROOT) / "docs/examples"
LEADS = FOLDER / "olist_marketing_qualified_leads_dataset.csv"
DEALS = FOLDER / "olist_closed_deals_dataset.csv"
BY_ORIGIN = {
    "organic_search": (271, 2296),
    "paid_search": (195, 1586),
    "social": (75, 1350),
    "unknown": (179, 1099),
    "direct_traffic": (56, 499),
    "email": (15, 493),
    "referral": (24, 284),
    "other": (4, 150),
    "display": (6, 118),
    "other_publicities": (3, 65),
    "": (14, 60),
}
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="Olist's files are not here")
Imported = Callable[..., dict[str, Any]]


@pytest.fixture
def imported(cast: Cast) -> Imported:
    def run(file: Path, mapping: str, *more: str) -> dict[str, Any]:
        out = StringIO()
        call_command(
            "import_leads",
            str(file),
            f"--mapping={MAPPINGS / mapping}",
            f"--team={cast.marketing}",
            "--json",
            *more,
            stdout=out,
        )
        counts: dict[str, Any] = json.loads(out.getvalue())
        return counts

    return run


def counts(rows: int, **some: int) -> dict[str, Any]:
    none = {"created": 0, "updated": 0, "duplicate": 0, "quarantined": 0}
    return {"rows": rows, **none, **some, "reasons": []}


def test_olist_imports_whole_and_the_numbers_come_out(cast: Cast, imported: Imported) -> None:
    cast.other_sales.archived_at = cast.other_sales.created_at
    cast.other_sales.save()
    assert imported(LEADS, "olist-leads.json", "--dry-run") == counts(8_000, created=8_000)
    assert not Lead.objects.exists()
    assert imported(LEADS, "olist-leads.json") == counts(8_000, created=8_000)
    assert imported(DEALS, "olist-deals.json", "--dry-run") == counts(842, updated=842)
    assert imported(DEALS, "olist-deals.json") == counts(842, updated=842)

    found = {row.origin: (row.won, row.leads) for row in funnel_by_origin()}
    assert found == BY_ORIGIN
    assert Handoff.objects.filter(imported=True, state="won").count() == 842
    assert Lead.objects.exclude(marketing_qualified_at=None).count() == 8_000
    assert Lead.objects.filter(stage="won").count() == 842
    assert Lead.objects.filter(attributes__has_key="business_segment").count() > 800
    assert Entry.objects.filter(about="lead").count() == 8_842

    assert imported(LEADS, "olist-leads.json") == counts(8_000, duplicate=8_000)
    assert imported(DEALS, "olist-deals.json") == counts(842, duplicate=842)
    assert {row.origin: (row.won, row.leads) for row in funnel_by_origin()} == BY_ORIGIN


def test_a_deal_of_nobody_known_is_not_lost_but_told(imported: Imported, cast: Cast) -> None:
    cast.other_sales.archived_at = cast.other_sales.created_at
    cast.other_sales.save()
    report = imported(DEALS, "olist-deals.json")
    assert (report["rows"], report["quarantined"]) == (842, 842)
    assert report["reasons"][0]["row"] == 2
