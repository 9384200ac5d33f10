"""What would take minutes beside the editor, or on a lead's page, is broken off and says so."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from leads.models import Material
from leads.queries import preview, score_history
from leads.queries.backtest import AT_ONCE, TURNS
from leads.rules.reading import read
from leads.rules.sql import AT, compiled, of_leads
from tests.cast import MONDAY, Cast
from tests.conftest import ApiOf, ClientOf
from tests.leads.rules.test_editor import TYPED
from tests.leads.rules.test_rules_action import agreed, drafted
from tests.walk import criteria, new_lead

pytestmark = pytest.mark.django_db
SLEEP = "pg_sleep(3) IS NOT NULL"


def test_a_preview_that_takes_too_long_is_told(
    cast: Cast, client_of: ClientOf, api_of: ApiOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_lead(cast, at=timezone.now())
    row = drafted(cast)
    monkeypatch.setattr(preview, "SHORT", timedelta(milliseconds=40))
    monkeypatch.setattr(preview, "scope_of", lambda team_id: SLEEP)
    page = client_of(cast.mara).post(f"/rules/{row.pk}/preview/", TYPED)
    assert (page.status_code, "so much for so many leads" in page.content.decode()) == (200, True)
    said = api_of(cast.mara).post(f"/api/v1/rules/{row.pk}/preview/", {})
    assert (said.status_code, said.json()["reason"]) == (503, "too_long")


def test_a_history_that_takes_too_long_is_told(
    cast: Cast, client_of: ClientOf, api_of: ApiOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed(cast)
    lead = new_lead(cast)
    monkeypatch.setattr(score_history, "SHORT", timedelta(milliseconds=40))
    slow = score_history.MOMENTS.replace("w.at <= %(at)s", f"w.at <= %(at)s AND {SLEEP}")
    monkeypatch.setattr(score_history, "MOMENTS", slow)
    page = client_of(cast.mara).get(f"/leads/{lead.pk}/score/")
    assert (page.status_code, "did too much" in page.content.decode()) == (200, True)
    said = api_of(cast.mara).get(f"/api/v1/leads/{lead.pk}/score/")
    assert (said.status_code, said.json()["reason"]) == (503, "too_long")


def test_a_material_is_found_by_its_index_however_many_there_are(cast: Cast) -> None:
    Material.objects.bulk_create(Material(name=f"Material {n}") for n in range(2_000))
    line = {"axis": "engagement", "activity": [], "material": "MATERIAL 7", "points": 5}
    made = compiled(read({"criteria": [line]}), at=AT)
    asked = of_leads("l.id = %(lead)s", made)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE leads_material")
        cursor.execute(f"EXPLAIN {asked}", {**made.params, "lead": 1, "at": MONDAY})
        assert "material_lower" in str(cursor.fetchall())


def test_who_comes_while_all_turns_are_taken_is_told(
    cast: Cast, client_of: ClientOf, api_of: ApiOf
) -> None:
    """Eight who ask at once would hold all threads, and nobody else would get a page."""
    row, others = criteria(cast), connection.copy()
    with others.cursor() as cursor:
        for number in range(AT_ONCE):
            cursor.execute("SELECT pg_advisory_lock(%s)", [TURNS + number])
    try:
        mara = client_of(cast.mara)
        for page in ("backtest/figures", "ideas/found"):
            told = mara.get(f"/rules/{row.pk}/{page}/").content.decode()
            assert "Others are asking about the past right now" in told
        said = api_of(cast.mara).get(f"/api/v1/rules/{row.pk}/backtest/")
        assert (said.status_code, said.json()["reason"]) == (503, "busy")
    finally:
        others.close()
    assert api_of(cast.mara).get(f"/api/v1/rules/{row.pk}/backtest/").status_code == 200
