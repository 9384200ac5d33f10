"""Real input: Olist's 8,000 leads and 842 deals come out of the report on the page as they are."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from tests.cast import Cast
from tests.conftest import ClientOf

FOLDER = Path(settings.ROOT).parent / "shared/data/olist"
MAPPINGS = Path(settings.ROOT) / "docs/examples"
YEAR = "?from=2017-06-01&to=2018-12-31"
BY_ORIGIN = {
    "organic_search": (2296, 271),
    "paid_search": (1586, 195),
    "social": (1350, 75),
    "unknown": (1099, 179),
    "direct_traffic": (499, 56),
    "email": (493, 15),
    "referral": (284, 24),
    "other": (150, 4),
    "display": (118, 6),
    "other_publicities": (65, 3),
    "": (60, 14),
}
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="Olist's files are not here")


def bring(cast: Cast, file: str, mapping: str) -> None:
    call_command(
        "import_leads",
        str(FOLDER / file),
        f"--mapping={MAPPINGS / mapping}",
        f"--team={cast.marketing}",
        "--json",
        stdout=StringIO(),
    )


def test_the_funnel_report_has_the_numbers_of_the_readme(cast: Cast, client_of: ClientOf) -> None:
    cast.other_sales.archived_at = cast.other_sales.created_at
    cast.other_sales.save()
    bring(cast, "olist_marketing_qualified_leads_dataset.csv", "olist-leads.json")
    bring(cast, "olist_closed_deals_dataset.csv", "olist-deals.json")

    page = client_of(cast.max).get(f"/reports/{YEAR}")
    panels = {panel.name: panel for panel in page.context["panels"]}
    *origins, total = panels["funnel"].records()
    assert sorted((row["leads"], row["won"]) for row in origins) == sorted(BY_ORIGIN.values())
    assert (total["leads"], total["mql"], total["won"]) == (8_000, 8_000, 842)
    assert panels["funnel"].answer.startswith("11% of all leads became customers")
    assert panels["acceptance"].count == 0  # what was brought in was never offered here

    lines = client_of(cast.max).get(f"/reports/funnel.csv{YEAR}").content.decode().splitlines()
    assert len(lines) == 1 + len(BY_ORIGIN) + 1
    assert any(line.startswith("No origin,60,60,14,14,14,0.2333") for line in lines)
