"""The queue: the right rows in the right order, at the same cost at any length."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from handoff.people.models import Membership, Role
from leads.actions import claim, rules
from leads.models import Handoff, Interaction, InteractionKind
from leads.stages import HandoffState
from sla.models import Clock
from sla.queries.keyset import place_from
from sla.queries.queue import counts_of, load_of, queue_page, queue_teams
from sla.views.queue import Picture
from tests.cast import MONDAY, Cast
from tests.conftest import ApiOf, ClientOf
from tests.walk import PAID, criteria, handoff_at

Capture = Callable[[int], AbstractContextManager[CaptureQueriesContext]]


def wait(cast: Cast, many: int) -> list[Handoff]:
    return [
        handoff_at(HandoffState.WAITING, cast, at=MONDAY + timedelta(minutes=number))
        for number in range(many)
    ]


def test_rows_stand_by_deadline_and_pages_join(cast: Cast) -> None:
    rows = wait(cast, 5)[::-1]
    earliest = Clock.objects.get(handoff=rows[0])
    Clock.objects.filter(pk=earliest.pk).update(due_at=MONDAY, warn_at=MONDAY, started_at=MONDAY)
    expected = [rows[0].pk, *(row.pk for row in rows[:0:-1])]
    first = queue_page([cast.sales.pk], limit=2)
    assert first.next is not None
    second = queue_page([cast.sales.pk], limit=2, after=place_from(str(first.next)))
    third = queue_page([cast.sales.pk], limit=2, after=second.next)
    found = [row.handoff_id for page in (first, second, third) for row in page.rows]
    assert (found, third.next) == (expected, None)


def test_several_teams_are_one_list(cast: Cast) -> None:
    one = handoff_at(HandoffState.WAITING, cast, at=MONDAY)
    other = handoff_at(
        HandoffState.WAITING, cast, at=MONDAY - timedelta(days=3), team=cast.other_sales
    )
    both = queue_page([cast.sales.pk, cast.other_sales.pk])
    assert [row.handoff_id for row in both.rows] == [other.pk, one.pk]
    assert [row.handoff_id for row in queue_page([cast.sales.pk]).rows] == [one.pk]
    assert queue_page([]).rows == []


def test_only_what_waits_is_in_the_queue(cast: Cast) -> None:
    for state in HandoffState:
        handoff_at(state, cast)
    back = handoff_at(HandoffState.CLAIMED, cast)
    claim.rescue(handoff_id=back.pk, at=MONDAY + timedelta(hours=5))
    page = queue_page([cast.sales.pk])
    states = Handoff.objects.filter(pk__in=[row.handoff_id for row in page.rows])
    assert {row.state for row in states} == {HandoffState.WAITING}
    assert back.pk in {row.handoff_id for row in page.rows if row.rescues}


def test_the_newest_strong_signal_says_why_now(cast: Cast) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    for minutes, kind in ((1, InteractionKind.DEMO_REQUEST), (2, InteractionKind.VISIT)):
        at = MONDAY + timedelta(minutes=minutes)
        Interaction.objects.create(
            lead=row.lead, kind=kind, text="soon", occurred_at=at, recorded_at=at
        )
    signal = queue_page([cast.sales.pk]).signals[row.lead_id]
    assert (signal.text, signal.at) == ("Demo request: soon", MONDAY + timedelta(minutes=1))


def test_the_strip_counts_what_is_late_and_at_risk(cast: Cast) -> None:
    rows = wait(cast, 3)
    at = MONDAY + timedelta(hours=2)
    for row, (warn, due) in zip(rows, ((-2, -1), (-1, 1), (1, 2)), strict=True):
        Clock.objects.filter(handoff=row).update(
            started_at=MONDAY - timedelta(days=1),
            warn_at=at + timedelta(minutes=warn),
            due_at=at + timedelta(minutes=due),
        )
    counts = counts_of([cast.sales.pk, cast.other_sales.pk], at=at)
    assert (counts.waiting, counts.risk, counts.late, counts.waiting_text) == (3, 1, 1, "3")


def test_my_claims_stand_against_my_limit(cast: Cast) -> None:
    Membership.objects.filter(user=cast.sam).update(capacity=1)
    handoff_at(HandoffState.CLAIMED, cast)
    assert load_of(cast.sol).text == "0"
    load = load_of(cast.sam)
    assert (load.text, load.full) == ("1 / 1", True)


def test_whose_queues_one_sees(cast: Cast) -> None:
    assert queue_teams(cast.sam) == [cast.sales]
    assert queue_teams(cast.otto) == [cast.other_sales]
    assert queue_teams(cast.mara) == []
    assert queue_teams(cast.max) == [cast.other_sales, cast.sales]


def test_the_page_shows_rows_to_those_who_sell(cast: Cast, client_of: ClientOf) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    for who, sees in ((cast.sam, True), (cast.tess, True), (cast.otto, False), (cast.max, True)):
        page = client_of(who).get("/queue/").content.decode()
        assert (f'data-row="{row.pk}"' in page) == sees
        fragment = client_of(who).get("/queue/rows/")
        assert (f'data-row="{row.pk}"' in fragment.content.decode()) == sees
    assert f"/handoffs/{row.pk}/claim/" in client_of(cast.sam).get("/queue/").content.decode()
    assert f"/handoffs/{row.pk}/claim/" not in client_of(cast.max).get("/queue/").content.decode()


def test_the_queue_is_read_only_by_those_who_may(cast: Cast, client_of: ClientOf) -> None:
    for url in ("/queue/", "/queue/rows/", "/work/"):
        assert client_of(cast.mara).get(url).status_code == 403
        assert client_of(cast.sam).post(url).status_code == 405
        assert client_of(cast.sam).get(url).status_code == 200


def test_an_empty_queue_says_why(cast: Cast, client_of: ClientOf) -> None:
    assert "Nobody is waiting" in client_of(cast.sam).get("/queue/").content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "team=0",
        "team=x",
        "team=²",
        f"team={'9' * 40}",
        "after=x",
        f"after={'9' * 17}-1",
        "after=1-",
    ],
)
def test_an_address_that_means_nothing_is_the_whole_queue(
    cast: Cast, client_of: ClientOf, query: str
) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    answer = client_of(cast.sam).get(f"/queue/?{query}")
    assert answer.status_code == 200
    assert (f'data-row="{row.pk}"' in answer.content.decode()) == ("after=999" not in query)


def test_a_foreign_team_cannot_be_chosen(cast: Cast, client_of: ClientOf) -> None:
    row = handoff_at(HandoffState.WAITING, cast, team=cast.other_sales)
    page = client_of(cast.sam).get(f"/queue/?team={cast.other_sales.pk}").content.decode()
    assert f'data-row="{row.pk}"' not in page


def test_one_of_several_teams_can_be_chosen(cast: Cast, client_of: ClientOf) -> None:
    Membership.objects.create(user=cast.sam, team=cast.other_sales, role=Role.SELLER)
    rows = [
        handoff_at(HandoffState.WAITING, cast, team=team) for team in (cast.sales, cast.other_sales)
    ]
    page = client_of(cast.sam).get(f"/queue/?team={cast.other_sales.pk}").content.decode()
    assert [f'data-row="{row.pk}"' in page for row in rows] == [False, True]


def test_the_queue_costs_the_same_at_any_length(
    cast: Cast, client_of: ClientOf, django_assert_max_num_queries: Capture
) -> None:
    sam = client_of(cast.sam)
    wait(cast, 1)
    sam.get("/queue/")
    with django_assert_max_num_queries(9) as short:
        sam.get("/queue/")
    wait(cast, 60)
    with django_assert_max_num_queries(len(short)):
        sam.get("/queue/")
    with django_assert_max_num_queries(6):
        sam.get("/queue/rows/")


def test_a_grade_stands_in_the_row_where_criteria_speak(
    cast: Cast, client_of: ClientOf, api_of: ApiOf
) -> None:
    plain = handoff_at(HandoffState.WAITING, cast)
    rule_set = criteria(cast, PAID, profile=[20, 10, 5])
    rules.propose(rule_set_id=rule_set.pk, by=cast.mara, at=MONDAY)
    rules.approve(rule_set_id=rule_set.pk, by=cast.tess, at=MONDAY)
    graded = handoff_at(HandoffState.WAITING, cast, at=MONDAY + timedelta(minutes=9))
    assert [row.grade for row in queue_page([cast.sales.pk]).rows] == ["", "A4"]
    page = client_of(cast.sam).get("/queue/").content.decode()
    picture = Picture.seen_by(cast.sam, team_id=None, language="en").drawn(at=timezone.now())
    for shown in (page, picture):
        first, second = shown.split(f'data-row="{plain.pk}"')[1].split(f'data-row="{graded.pk}"')
        assert ("grade" in first, "Profile A, from A (best) to D" in second) == (False, True)
    rows = api_of(cast.sam).get("/api/v1/queue/").json()["results"]
    assert [row["grade"] for row in rows] == ["", "A4"]
    work = client_of(cast.sam).get(f"/handoffs/{graded.pk}/").content.decode()
    assert "grade-a" in work


def test_words_of_a_lead_are_words(cast: Cast, client_of: ClientOf) -> None:
    bad = '"><script>alert(1)</script>'
    handoff_at(HandoffState.WAITING, cast, name=bad, company=bad, origin=bad[:60])
    assert "<script>alert" not in client_of(cast.sam).get("/queue/").content.decode()


def test_a_picture_is_drawn_alike_for_those_who_see_alike(cast: Cast) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    seen = [
        Picture.seen_by(user, team_id=None, language=language)
        for user, language in ((cast.sam, "en"), (cast.sol, "en"), (cast.sam, "pt-br"))
    ]
    assert (seen[0] == seen[1], seen[0] == seen[2]) == (True, False)
    assert seen[0].topics == [f"queue:{cast.sales.pk}"]
    drawn = seen[0].drawn(at=timezone.now())
    assert f'data-row="{row.pk}"' in drawn
    assert 'id="queue-strip"' in drawn


def test_the_queue_over_the_api(cast: Cast, api_of: ApiOf) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    handoff_at(HandoffState.WAITING, cast, team=cast.other_sales)
    sam = api_of(cast.sam)
    page = sam.get("/api/v1/queue/").json()
    assert ([one["handoff"] for one in page["results"]], page["next"]) == ([row.pk], "")
    assert sam.get("/api/v1/queue/", {"team": cast.other_sales.pk}).json()["results"] == []
    assert sam.get("/api/v1/queue/", {"team": "x"}).status_code == 400
    assert sam.post("/api/v1/queue/").status_code == 405
    assert api_of(cast.mara).get("/api/v1/queue/").status_code == 403
    assert api_of(cast.sam, ["flow"]).get("/api/v1/queue/").status_code == 403
