"""A history from elsewhere, as its file and the mapping of it."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.utils import timezone

from tests.cast import Cast


def old_history(cast: Cast, tmp_path: Path) -> None:
    """Two hundred leads of an old file; of those on the gold plan most were won."""
    day = (timezone.now() - timedelta(days=100)).date()
    lines = ["Prospect,Plan,Size,Converted"]
    for number in range(200):
        gold = number % 4 == 0
        won = number % 5 != 0 if gold else number % 9 == 0
        lines.append(f"p{number},{'Gold' if gold else 'Tin'},{number},{int(won)}")
    mapping = {
        "source": "Old CRM",
        "columns": {"Prospect": "external_id", "Converted": "outcome"},
        "values": {"Converted": {"1": "won", "0": "lost"}},
        "constants": {"occurred_at": f"{day}", "ended_at": f"{day + timedelta(days=9)}"},
        "attributes": "*",
        "sales_team": "Inside Sales",
    }
    (tmp_path / "history.csv").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "mapping.json").write_text(json.dumps(mapping), encoding="utf-8")
    call_command(
        *("import_leads", str(tmp_path / "history.csv"), f"--team={cast.marketing}"),
        f"--mapping={tmp_path / 'mapping.json'}",
        stdout=StringIO(),
    )
