"""What-if on its page and over the API: of the demo's past, and of questions nobody can answer."""

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import DjangoDbBlocker
from time_machine import travel

from handoff.demo import cast as people
from handoff.people.models import Role, Team, User
from leads.actions.claim import claim, rescue
from leads.stages import HandoffState
from sla.models import ClauseKind, Clock
from sla.queries.what_if import FEWEST, Came, Days, Replay, came_to, replay_of, replayed_teams
from sla.simulation.scenario import Scenario
from tests.cast import MONDAY, Cast, person
from tests.conftest import ApiOf, ClientOf
from tests.seeded import seeded
from tests.walk import handoff_at, waiting

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("America/Sao_Paulo")
PAGE = reverse("sla:what_if")
ANSWER = reverse("sla:what_if_answer")
API = "/api/v1/what-if/"


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with seeded(django_db_blocker, leads=1_200):
        yield


def quarter() -> Days:
    today = timezone.localdate()
    return Days(today - timedelta(days=89), today, ZONE)


def answer(client: Client, **query: str | int) -> str:
    found = client.get(ANSWER, query)
    assert found.status_code == 200
    return found.content.decode()


@pytest.mark.parametrize("name", [people.INSIDE, people.FIELD])
def test_the_demos_real_attainment_lies_within_the_band_it_states(demo: None, name: str) -> None:
    team = Team.objects.get(name=name)
    found = replay_of(team, quarter(), Scenario(), at=timezone.now())
    assert isinstance(found, Replay)
    assert len(found.came.arrivals) > 60
    assert found.holds
    band = found.band
    assert band is not None
    assert band.high - band.low < 0.12


def test_what_really_was_is_what_the_clocks_say(demo: None) -> None:
    team, at = Team.objects.get(name=people.INSIDE), timezone.now()
    found = replay_of(team, quarter(), Scenario(), at=at)
    assert isinstance(found, Replay)
    days = quarter()
    clocks = Clock.objects.filter(
        kind=ClauseKind.CLAIM,
        team=team,
        handoff__offered_at__gte=days.start,
        handoff__offered_at__lt=days.end,
    )
    late = clocks.filter(verdict="running", due_at__lt=at).count()
    assert found.really.claims_kept == clocks.filter(verdict="met").count()
    assert found.really.claims == clocks.filter(verdict__in=("met", "breached")).count() + late
    assert found.came.left_out == clocks.count() - found.really.claims


def test_the_page_tells_the_answer_and_what_it_rests_on(demo: None, client_of: ClientOf) -> None:
    client = client_of(User.objects.get(email="max@handoff.example"))
    team = Team.objects.get(name=people.INSIDE)
    since = quarter().first.isoformat()
    query: dict[str, str | int] = {
        "team": team.pk,
        "since": since,
        "weekdays": "08:00-20:00",
        "sellers": 16,
    }
    shown = client.get(PAGE, query).content.decode()
    assert f"{ANSWER}?" in shown
    assert "weekdays=08%3A00-20%3A00" in shown
    said = answer(client, **query)
    assert re.search(
        r"Open Monday to Friday 08:00–20:00, Saturday 09:00–13:00; 16 sellers instead of 8: "
        r"\d+% → \d+% \(\d+ to \d+ over 20 seeds\)\.",
        said,
    )
    for words in ("What this rests on", "within the band", "noticed in half the time"):
        assert words in said
    assert said == answer(client, **query)


def test_without_a_change_it_shows_how_well_it_knows_the_team(
    demo: None, client_of: ClientOf
) -> None:
    said = answer(client_of(User.objects.get(email="tess@handoff.example")))
    assert "Replayed as it was" in said
    assert "Learnt from the first half alone" in said
    assert "→" not in said


def test_the_answer_is_told_in_portuguese(demo: None, client_of: ClientOf) -> None:
    client = client_of(User.objects.get(email="lia@handoff.example"))
    said = answer(client, sellers=9, order="newest")
    assert re.search(r"9 vendedores em vez de 3; os mais recentes primeiro: \d+% → \d+%", said)


def test_programs_get_the_same_figures(demo: None, api_of: ApiOf) -> None:
    max_ = User.objects.get(email="max@handoff.example")
    team = Team.objects.get(name=people.FIELD)
    told = api_of(max_).get(f"{API}?{urlencode({'team': team.pk, 'claim': '5 min'})}").json()
    assert told["enough"]
    assert told["holds"]
    rows = {row["name"]: row for row in told["measures"]}
    parts = [rows[name]["what_if"]["mean"] for name in ("queue", "seller", "closed")]
    assert rows["whole"]["what_if"]["mean"] == pytest.approx(sum(parts))
    assert rows["claim"]["change"]["high"] < 0
    assert rows["attainment"]["replayed"]["low"] <= rows["attainment"]["really"]
    assert "Claimed within 5 min" in told["answer"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"claim": "0 min"}, "A target is more than zero"),
        ({"attempt": "ages"}, "Write a length with its unit"),
        ({"sellers": 10**9}, "less than or equal to 500"),
        ({"sellers": 0}, "greater than or equal to 1"),
        ({"since": "2026-11-10", "until": "2026-11-01"}, "This is before the first day."),
        ({"since": "2020-01-01", "until": "2026-11-01"}, "Choose at most 366 days."),
        ({"since": "yesterday"}, "Enter a valid date"),
        ({"weekdays": "20:00-08:00"}, "closes before it opens"),
        ({"mon": "early"}, "is no window"),
        ({"holidays": "XX"}, "Select a valid choice"),
        ({"order": "prettiest"}, "Select a valid choice"),
        ({"team": 10**17}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_asked_is_said_in_words(
    cast: Cast, client_of: ClientOf, api_of: ApiOf, query: dict[str, str | int], said: str
) -> None:
    for path in (PAGE, ANSWER):
        found = client_of(cast.max).get(path, query)
        assert found.status_code == 422
        assert said in found.content.decode()
    told = api_of(cast.max).get(f"{API}?{urlencode(query)}")
    assert told.status_code == 400
    assert said in str(told.json())


def busy(cast: Cast) -> None:
    for number in range(FEWEST):
        at = MONDAY + timedelta(minutes=3 * number)
        handoff_at(HandoffState.WON, cast, at=at)


def test_hours_that_never_open_are_refused(cast: Cast, client_of: ClientOf, api_of: ApiOf) -> None:
    busy(cast)
    closed: dict[str, str | int] = {"weekdays": "closed", "team": cast.sales.pk}
    with travel(MONDAY + timedelta(hours=8), tick=False):
        found = client_of(cast.max).get(ANSWER, closed)
        told = api_of(cast.max).get(f"{API}?{urlencode(closed)}")
    assert found.status_code == told.status_code == 422
    assert "it is never open" in found.content.decode()
    assert "it is never open" in told.json()["fields"]["weekdays"]


def test_too_little_is_not_replayed(cast: Cast, client_of: ClientOf, api_of: ApiOf) -> None:
    with travel(MONDAY + timedelta(hours=1), tick=False):
        assert "No lead was offered" in answer(client_of(cast.tess))
        handoff_at(HandoffState.WON, cast)
        assert "Only 1 lead was offered" in answer(client_of(cast.tess))
        told = api_of(cast.tess).get(API).json()
    assert told == {"enough": False, "leads": 1}


def test_a_rescued_claim_is_two_offers_and_what_waits_in_time_is_left_out(cast: Cast) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    rescue(handoff_id=row.pk, at=MONDAY + timedelta(hours=2, minutes=3))
    claim(handoff_id=row.pk, by=cast.sol, at=MONDAY + timedelta(hours=2, minutes=5))
    waiting(cast, at=MONDAY + timedelta(hours=3))
    at = MONDAY + timedelta(hours=3, minutes=5)
    days = Days(MONDAY.date(), MONDAY.date(), ZONE)
    came = came_to(cast.sales, days, at=at)
    assert isinstance(came, Came)
    assert [one.seller for one in came.arrivals] == [cast.sam.pk, cast.sol.pk]
    assert [one.tried for one in came.arrivals] == [False, False]
    assert [one.attempt_kept for one in came.arrivals] == [False, None]
    assert (came.left_out, came.total) == (1, 3)


def test_a_team_lead_asks_of_the_own_team_and_marketings_of_none(
    cast: Cast, client_of: ClientOf
) -> None:
    assert list(replayed_teams(cast.tess)) == [cast.sales]
    assert {cast.sales, cast.other_sales} <= set(replayed_teams(cast.max))
    foreign = client_of(cast.tess).get(ANSWER, {"team": cast.other_sales.pk})
    assert foreign.status_code == 422
    marina = person("Marina", Role.LEAD, cast.marketing)
    shown = client_of(marina).get(PAGE)
    assert shown.status_code == 200
    assert "No sales team to replay" in shown.content.decode()


def test_the_board_leads_to_it(cast: Cast, client_of: ClientOf) -> None:
    assert PAGE in client_of(cast.tess).get(reverse("sla:board")).content.decode()


def test_closed_is_said_in_both_languages(cast: Cast, client_of: ClientOf) -> None:
    User.objects.filter(pk=cast.max.pk).update(language="pt-br")
    for word in ("closed", "fechado", "-"):
        with translation.override("pt-br"):
            found = client_of(cast.max).get(ANSWER, {"sat": word})
        assert found.status_code == 200, word
