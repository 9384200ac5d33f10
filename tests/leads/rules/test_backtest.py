"""A backtest on its page, as files and over the API: the same figures, told honestly."""

import csv
import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone, translation

from handoff.people.models import User
from leads.actions import bulk
from leads.actions.bulk import Door
from leads.actions.edit import edit
from leads.actions.intake import capture
from leads.arrival import Arrival, Inbound
from leads.models import Handoff, Lead, RuleSet, Source
from leads.queries import backtest as queries
from leads.queries.backtest import Period, backtest, backtest_of
from leads.refusals import Refusal
from leads.rules import findings, rankings
from leads.rules.intervals import Share
from leads.rules.reading import read
from leads.stages import HandoffState, LeadStage
from leads.staging import Staged
from tests.cast import Cast
from tests.conftest import ApiOf, ClientOf
from tests.leads.rules.test_rules_action import agreed
from tests.walk import PAID, criteria, handoff_at, lead_at

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
OLD = NOW - timedelta(days=120)
YOUNG = NOW - timedelta(days=10)
SOCIAL = {**PAID, "key": "social", "values": ["social"]}
EMPTY: dict[str, Any] = {"criteria": []}


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def page(name: str, row: RuleSet, query: str = "") -> str:
    return reverse(f"leads:{name}", args=[row.pk]) + query


def past(cast: Cast) -> None:
    """Of paid search one won and one lost, of social one lost; one never handed over; one young."""
    handoff_at(HandoffState.WON, cast, at=OLD, origin="paid_search")
    handoff_at(HandoffState.LOST, cast, at=OLD, origin="paid_search")
    handoff_at(HandoffState.LOST, cast, at=OLD, origin="social")
    lead_at(LeadStage.MQL, cast, at=OLD, origin="paid_search")
    handoff_at(HandoffState.WON, cast, at=YOUNG, origin="paid_search")
    handoff_at(HandoffState.WITHDRAWN, cast, at=OLD, origin="event")


def active(cast: Cast, *made: dict[str, Any]) -> RuleSet:
    rules = {"criteria": made or [SOCIAL], "thresholds": {"fit": 20}}
    return agreed(cast, cast.marketing.pk, rules)


def text_of(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def asked(row: RuleSet, by: User | None = None, **more: Any) -> dict[str, Any]:
    period = Period(since=OLD - timedelta(days=9), until=NOW, now=NOW, team_id=row.team_id, **more)
    return backtest_of(read(row.rules), period=period, by=by)


def test_the_page_answers_at_once_and_fetches_its_figures(cast: Cast, client_of: ClientOf) -> None:
    past(cast)
    row, mara = criteria(cast), client_of(cast.mara)
    whole = text_of(mara, page("backtest", row))
    assert "skeleton" in whole
    assert page("backtest_figures", row, "?since=2025-11-25&amp;mature=60") in whole
    assert page("backtest", row) in text_of(mara, page("rule_set", row))
    figures = text_of(mara, page("backtest_figures", row))
    assert "3 leads would pass. Of those with an outcome, 50% were won" in figures
    assert "; of all leads with one, 33%." in figures
    assert "1 lead that passes was never handed over" in figures
    assert "had it been lost, 33% of those that pass would be won; had it been won, 67%" in figures
    assert "1 lead is younger than 60 days and left out" in figures
    assert "only those could be won" in figures


def test_two_versions_stand_side_by_side(cast: Cast, client_of: ClientOf) -> None:
    past(cast)
    old = active(cast)
    row, mara = criteria(cast), client_of(cast.mara)
    figures = text_of(mara, page("backtest_figures", row))
    assert "3 leads would pass instead of 1" in figures
    assert "50% were won instead of 0%" in figures
    assert "too few outcomes to tell the two apart" in figures
    assert f"Version {row.number} beside version {old.number} of Demand BR, in force" in figures
    assert "3 would enter" in figures
    assert "Of the 2 with an outcome, 1 was won (50%; 9.5% to 91%)." in figures
    assert "1 would leave" in figures
    assert "too few to rank" in figures
    by_itself = text_of(mara, page("backtest_figures", old))
    assert "Who flips?" not in by_itself
    assert "in force" not in by_itself


def test_the_young_are_left_out_of_every_figure_but_the_weeks(cast: Cast) -> None:
    past(cast)
    active(cast)
    found = asked(criteria(cast))
    people, draft, before = found["population"], found["draft"], found["active"]
    assert (people["decisions"], people["labelled"], people["immature"]) == (6, 3, 1)
    assert people["unlabelled"] == 2
    flips = found["flips"]
    gone = flips["enter"]["decisions"] - flips["leave"]["decisions"]
    assert draft["qualified"] - before["qualified"] == gone
    assert sum(week["decisions"] for week in found["weekly"]) == 6


def test_leads_are_named_to_whoever_sees_them(cast: Cast, client_of: ClientOf) -> None:
    past(cast)
    lead = lead_at(LeadStage.MQL, cast, at=OLD, origin="paid_search", name="Rita Novaes")
    active(cast)
    row = criteria(cast)
    assert lead.pk in asked(row)["flips"]["enter"]["lead_ids"]
    assert lead.pk in asked(row, cast.mara)["flips"]["enter"]["lead_ids"]
    sold = Lead.objects.visible_to(cast.sam).values_list("pk", flat=True)
    assert set(asked(row, cast.sam)["flips"]["enter"]["lead_ids"]) < set(sold)
    assert asked(row, cast.otto)["flips"]["enter"]["lead_ids"] == []
    assert asked(row, cast.otto)["flips"]["enter"]["decisions"] == 4
    address = page("backtest_figures", row)
    assert "Rita Novaes" in text_of(client_of(cast.mara), address)
    assert "Rita Novaes" not in text_of(client_of(cast.sam), address)
    assert "None of them is a lead that you may open" in text_of(client_of(cast.otto), address)


def test_what_is_learned_later_does_not_leak_in(cast: Cast) -> None:
    handoff = handoff_at(HandoffState.WON, cast, at=OLD, origin="social")
    row = criteria(cast)
    edit(lead_id=handoff.lead_id, changes={"origin": "paid_search"}, by=cast.mara, at=YOUNG)
    assert asked(row)["draft"]["qualified"] == 0


@pytest.mark.parametrize("by_file", [False, True])
def test_a_source_that_named_a_lead_later_does_not_leak_in(cast: Cast, by_file: bool) -> None:
    """A list of customers is brought in once they are won; it foretold none of them."""
    handoff = handoff_at(HandoffState.WON, cast, at=OLD)
    named = {"key": "list", "field": "source", "values": ["Customers"]}
    row = agreed(cast, cast.marketing.pk, {"criteria": [{**PAID, **named}]})
    assert asked(row)["criteria"][0]["coverage"]["k"] == 0
    person = Arrival(email_key=handoff.lead.email_key, external_id="c1")
    if by_file:
        source = Source.objects.create(name="Customers")
        door = Door(team_id=cast.marketing.pk, by=cast.mara, source_id=source.pk)
        bulk.take_in(bulk.prepare([Staged(1, person)]), door=door, at=YOUNG)
    else:
        email = handoff.lead.email
        team = cast.marketing.pk
        sent = Inbound(team_id=team, source="Customers", external_id="c1", email=email)
        capture(record=sent, by=cast.mara, at=YOUNG)
    assert Lead.objects.get(pk=handoff.lead_id).source is not None
    assert asked(row)["criteria"][0]["coverage"]["k"] == 0


def test_common_criteria_are_asked_of_the_teams_that_have_none(
    cast: Cast, client_of: ClientOf
) -> None:
    past(cast)
    common = criteria(cast)
    common.team = None
    common.number = 9
    common.save()
    found = asked(common)
    assert [each["team"] for each in found["by_team"]] == [cast.marketing.name]
    assert found["by_team"][0]["precision"]["n"] == 2
    assert found["by_team"][0]["ranked"] is False
    Lead.objects.filter(origin="social").update(team=cast.other_marketing)
    figures = text_of(client_of(cast.mara), page("backtest_figures", common))
    assert "By team" in figures
    assert cast.other_marketing.name in figures
    active(cast)
    assert [each["team"] for each in asked(common)["by_team"]] == [cast.other_marketing.name]


def test_the_api_tells_what_the_command_prints(cast: Cast, api_of: ApiOf, tmp_path: Path) -> None:
    past(cast)
    old, row, client = active(cast), criteria(cast), api_of(cast.ada)
    for each in (old, row):
        path, out = tmp_path / "rules.json", StringIO()
        path.write_text(json.dumps(each.rules))
        call_command(
            "rules", "backtest", str(path), "--json", "--since=2026-01-01", "--until=2026-11-20",
            "--mature=20", f"--team={cast.marketing}", stdout=out,
        )  # fmt: skip
        address = reverse("api:backtest", args=[each.pk])
        asked = "?since=2026-01-01&until=2026-11-20&mature=20"
        assert client.get(address + asked).json() == json.loads(out.getvalue())


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("since=0001-01-01", "since"),
        ("since=9999-12-31", "since"),
        ("until=9999-12-31", "until"),
        ("since=2026-02-30", "since"),
        ("since=2026-02-03&until=2026-02-03", "until"),
        ("mature=-1", "mature"),
        ("mature=99999999999999999999", "mature"),
        ("mature=" + "9" * 5_000, "mature"),
        ("mature=soon", "mature"),
    ],
)
def test_a_wrong_period_is_told_at_its_field(
    cast: Cast, client_of: ClientOf, api_of: ApiOf, query: str, field: str
) -> None:
    row, mara = criteria(cast), client_of(cast.mara)
    answer = mara.get(page("backtest", row, f"?{query}"))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "This period cannot be read" in answer.content.decode()
    assert mara.get(page("backtest_figures", row, f"?{query}")).status_code == 422
    file = mara.get(page("backtest_criteria_csv", row, f"?{query}"))
    assert file["Location"].startswith(page("backtest", row))
    said = api_of(cast.mara).get(reverse("api:backtest", args=[row.pk]) + f"?{query}")
    assert said.status_code == 400
    assert list(said.json()) == [field]


@pytest.mark.parametrize("query", ["since=1970-01-01", "until=2199-12-31", "mature=0", "x=1"])
def test_far_off_days_are_answered(cast: Cast, client_of: ClientOf, query: str) -> None:
    past(cast)
    row = criteria(cast)
    assert "would pass" in text_of(client_of(cast.mara), page("backtest_figures", row, f"?{query}"))


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("?since=2001-01-01&until=2001-02-01", "No history in this period"),
        ("?since=2026-11-01", "Too soon to judge"),
        ("?since=2026-01-01&until=2026-07-01", "No outcome is known"),
    ],
)
def test_empty_says_why(cast: Cast, client_of: ClientOf, query: str, title: str) -> None:
    past(cast)
    lead_at(LeadStage.MQL, cast, at=datetime(2026, 6, 1, tzinfo=UTC))
    assert title in text_of(client_of(cast.mara), page("backtest_figures", criteria(cast), query))


def test_a_draft_that_asks_nothing_says_so(cast: Cast, client_of: ClientOf) -> None:
    row = criteria(cast)
    row.rules = EMPTY
    row.save()
    told = text_of(client_of(cast.mara), page("backtest", row))
    assert "No criterion yet" in told
    assert page("backtest_figures", row) not in told
    row.rules = {"criteria": [PAID], "thresholds": {"fit": 90}}
    row.save()
    assert "Nobody can reach this" in text_of(client_of(cast.sam), page("backtest", row))


def test_one_that_takes_too_long_is_told_and_leaves_nothing(
    cast: Cast, client_of: ClientOf, api_of: ApiOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    past(cast)
    row = criteria(cast)
    monkeypatch.setattr(queries, "KEEP", queries.KEEP + " CROSS JOIN pg_sleep(3)")
    for module in ("leads.views.backtest", "leads.api.backtest"):
        monkeypatch.setattr(f"{module}.PATIENCE", timedelta(milliseconds=40))
    told = text_of(client_of(cast.mara), page("backtest_figures", row))
    assert "This takes longer than it may. Choose a shorter period." in told
    assert client_of(cast.mara).get(page("backtest_origins_csv", row)).status_code == 503
    said = api_of(cast.mara).get(reverse("api:backtest", args=[row.pk]))
    assert (said.status_code, said.json()["reason"]) == (503, "too_long")
    with pytest.raises(Refusal):
        backtest(read(row.rules), period=Period(OLD, NOW, NOW), within=timedelta(milliseconds=40))
    assert Handoff.objects.exists()


def test_tables_are_files_that_no_spreadsheet_evaluates(cast: Cast, client_of: ClientOf) -> None:
    past(cast)
    handoff_at(HandoffState.WON, cast, at=OLD, origin="=1+1")
    named = {**PAID, "key": "=k", "name": "=HYPERLINK(1)"}
    row, mara = criteria(cast, PAID, named), client_of(cast.mara)
    answer = mara.get(page("backtest_criteria_csv", row))
    rows = list(csv.DictReader(StringIO(answer.content.decode().removeprefix("\ufeff"))))
    found = asked(row)["criteria"]
    assert [float(each["precision"]) for each in rows] == [
        each["precision"]["value"] for each in found
    ]
    assert rows[1]["criterion"].startswith("'=HYPERLINK(1)")
    assert (rows[0]["same_as"], rows[0]["overlap"], rows[0]["ranked"]) == ("'=k", "1.0", "0")
    origins = mara.get(page("backtest_origins_csv", row)).content.decode()
    assert "'=1+1" in origins
    assert "Paid search,2,1,0.5,2,1,0.5," in origins


def test_rows_with_too_few_come_last_and_unranked() -> None:
    def row(key: str, n: int, lift: float) -> dict[str, Any]:
        part = {"k": n // 2, "n": n, "value": 0.5, "low": 0.4, "high": 0.6}
        twin = {"with": "b" if key == "a" else "", "overlap": 0.92 if key == "a" else 0.0}
        return {
            "key": key, "coverage": part, "precision": part, "lift": lift, "ranked": n >= 30,
            "redundancy": twin,
        }  # fmt: skip

    said = [{**PAID, "key": key, "name": key.upper()} for key in "abc"]
    rules = read({"criteria": said})
    found = {"criteria": [row("a", 29, 9.0), row("b", 30, 0.5), row("c", 40, 2.0)]}
    rows = rankings.criteria(found, rules)
    assert [each.sentence[0] for each in rows] == ["C", "B", "A"]
    assert [each.ranked for each in rows] == [True, True, False]
    assert (rows[2].twin, rows[2].redundant) == ("92% the same leads as “B”", True)


@pytest.mark.parametrize(
    ("draft", "before", "told"),
    [
        ((60, 100), (20, 100), "hardly chance"),
        ((60, 100), (55, 100), "may be chance"),
        ((6, 10), (20, 100), "too few outcomes"),
        ((6, 10), None, ""),
    ],
)
def test_a_difference_is_told_with_its_chance(
    draft: tuple[int, int], before: tuple[int, int] | None, told: str
) -> None:
    found: dict[str, Any] = {"draft": {"precision": Share(*draft).kept()}}
    if before:
        found["active"] = {"precision": Share(*before).kept()}
    said = findings.by_chance(found)
    assert told in said
    assert bool(told) == bool(said)


def test_it_speaks_portuguese(cast: Cast) -> None:
    past(cast)
    active(cast)
    with translation.override("pt-br"):
        told = findings.answer(asked(criteria(cast)))
    assert (
        told
        == "3 leads passariam em vez de 1. Dos que têm desfecho, 50% foram ganhos em vez de 0%."
    )
