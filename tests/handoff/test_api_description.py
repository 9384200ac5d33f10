"""The API against its own description, over the wire: schemathesis at a real uvicorn.

Every operation gets what lies at and beyond the bounds of its description, and some of what lies
between, the same in every run. Whatever it is, the answer is one that the description names, in
the form it gives, and never a failure of ours.
"""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from handoff.people.models import ApiToken, Scope
from leads.actions.contact import plan
from leads.stages import HandoffState, LeadStage
from tests import walk
from tests.cast import make_cast
from tests.served import House, environment_of, serving

pytestmark = pytest.mark.django_db(transaction=True)

CHECKS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_headers_conformance", "response_schema_conformance", "ignored_auth"),
)
EXAMPLES = 8
"""Of each operation, beside those at the bounds."""
LONGEST = 50
"""Seconds after which a run on a busy machine leaves out what it has not come to."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with serving(tmp_path, environment_of(tmp_path)) as house:
        yield house


def furnish() -> str:
    """A row in every state, numbered from one; the secret of a key that opens everything."""
    call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
    cast, at = make_cast(), timezone.now() - timedelta(hours=2)
    held = walk.handoff_at(HandoffState.ACCEPTED, cast, at=at)
    plan(handoff_id=held.pk, what="Call", due_at=at + timedelta(days=1), by=cast.sam, at=at)
    for state in (HandoffState.WAITING, HandoffState.WON, HandoffState.RETURNED):
        walk.handoff_at(state, cast, at=at)
    walk.lead_at(LeadStage.NEW, cast, at=at)
    scopes = list(Scope.values)
    return ApiToken.issue(user=cast.ada, name="Schemathesis", scopes=scopes, at=at)[1]


def test_every_answer_is_one_that_is_described(house: House, tmp_path: Path) -> None:
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{house.url}/api/schema/"),
            *("--header", f"Authorization: Bearer {furnish()}", "--checks", ",".join(CHECKS)),
            *("--phases", "coverage,fuzzing", "--max-examples", str(EXAMPLES)),
            *("--generation-deterministic", "--seed", "1", "--workers", "1", "--no-shrink"),
            *("--continue-on-failure", "--warnings", "off", "--no-color"),
            *("--max-time", str(LONGEST)),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=3 * LONGEST,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-20_000:] + ran.stderr
