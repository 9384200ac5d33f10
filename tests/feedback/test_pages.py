"""The pages and fragments of feedback: what works, for whom, and what is said otherwise."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from feedback.actions import ask, give
from feedback.models import Feedback
from feedback.panels.registry import PANELS
from leads.models import Campaign, Handoff
from leads.stages import HandoffState
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf
from tests.walk import handoff_at

LATER = MONDAY + timedelta(hours=1)
ANSWER = {"quality": "4", "accepted": "yes", "reason": "", "comment": "Ask for Ana."}
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def ended(cast: Cast) -> Handoff:
    return handoff_at(HandoffState.RETURNED, cast)


@pytest.fixture
def sam(cast: Cast, client_of: ClientOf) -> Client:
    return client_of(cast.sam)


def answered(cast: Cast, quality: int = 4, **fields: Any) -> Feedback:
    row = handoff_at(HandoffState.WON, cast, **fields)
    return give(
        handoff_id=row.pk, accepted=quality > 2, quality=quality, reason="not_a_fit",
        comment=f"Said {quality}", by=cast.sam, at=LATER + timedelta(minutes=row.pk),
    )  # fmt: skip


def test_the_form_knows_why_the_lead_was_returned(sam: Client, ended: Handoff) -> None:
    page = sam.get(f"/feedback/{ended.pk}/")
    assert page.status_code == 200
    assert page.context["form"].initial["reason"] == ended.reason == "bad_data"
    assert page.templates[0].name == "feedback/form.html"


def test_an_answer_is_kept_and_leads_back_to_the_workspace(sam: Client, ended: Handoff) -> None:
    page = sam.post(f"/feedback/{ended.pk}/", ANSWER)
    assert (page.status_code, page.headers["Location"]) == (302, f"/handoffs/{ended.pk}/")
    given = Feedback.objects.get(handoff=ended)
    assert (given.quality, given.accepted, given.comment) == (4, True, "Ask for Ana.")


def test_in_the_workspace_the_answer_takes_the_forms_place(sam: Client, ended: Handoff) -> None:
    page = sam.post(f"/feedback/{ended.pk}/", ANSWER, headers=FRAGMENT)
    assert page.status_code == 200
    text = page.content.decode()
    assert "Ask for Ana." in text
    assert "<form" not in text
    assert "<html" not in text
    assert "Ask for Ana." in sam.get(f"/feedback/{ended.pk}/", headers=FRAGMENT).content.decode()


def test_a_double_click_is_told_who_was_first(
    sam: Client, cast: Cast, client_of: ClientOf, ended: Handoff
) -> None:
    sam.post(f"/feedback/{ended.pk}/", ANSWER)
    page = client_of(cast.tess).post(f"/feedback/{ended.pk}/", {**ANSWER, "quality": "1"})
    assert page.status_code == 409
    assert "Sam" in page.content.decode()
    assert Feedback.objects.get().quality == 4


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"quality": ""}, "quality"),
        ({"quality": "9"}, "quality"),
        ({"accepted": ""}, "accepted"),
        ({"accepted": "no", "reason": ""}, "reason"),
        ({"accepted": "no", "reason": "other", "comment": ""}, "comment"),
        ({"comment": "x" * 2_001}, "comment"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    sam: Client, ended: Handoff, fields: dict[str, str], wrong: str
) -> None:
    page = sam.post(f"/feedback/{ended.pk}/", {**ANSWER, **fields})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [wrong]
    assert not Feedback.objects.given().exists()


@pytest.mark.parametrize("state", [HandoffState.WAITING, HandoffState.CLAIMED])
def test_before_the_end_it_says_when_it_will_be_asked(
    sam: Client, cast: Cast, state: HandoffState
) -> None:
    row = handoff_at(state, cast)
    assert "once the journey ends" in sam.get(f"/feedback/{row.pk}/").content.decode()
    assert sam.post(f"/feedback/{row.pk}/", ANSWER).status_code == 409


def test_a_colleague_sees_of_whom_it_was_asked(
    cast: Cast, client_of: ClientOf, ended: Handoff
) -> None:
    sol = client_of(cast.sol)
    assert "Waiting for the feedback of Sam" in sol.get(f"/feedback/{ended.pk}/").content.decode()
    assert sol.post(f"/feedback/{ended.pk}/", ANSWER).status_code == 403


def test_another_team_does_not_find_it(cast: Cast, client_of: ClientOf, ended: Handoff) -> None:
    otto = client_of(cast.otto)
    assert otto.get(f"/feedback/{ended.pk}/").status_code == 404
    assert otto.post(f"/feedback/{ended.pk}/", ANSWER).status_code == 404
    assert otto.get(f"/feedback/leads/{ended.lead_id}/").status_code == 404


@pytest.mark.parametrize(
    ("name", "path", "status"),
    [
        ("mara", "/feedback/owed/", 403),
        ("sam", "/feedback/", 403),
        ("sam", "/reports/", 403),
        ("mara", "/reports/", 403),
        ("sam", "/reports/cost.csv", 403),
        ("tess", "/reports/cost.csv", 404),
        ("max", "/reports/gossip.csv", 404),
        ("max", "/feedback/9223372036854775808/", 404),
    ],
)
def test_who_has_no_right_is_told_so(
    cast: Cast, client_of: ClientOf, name: str, path: str, status: int
) -> None:
    assert client_of(getattr(cast, name)).get(path).status_code == status


@pytest.mark.parametrize(
    "path",
    ["/feedback/", "/feedback/owed/", "/feedback/leads/1/", "/reports/", "/reports/cost.csv"],
)
def test_what_only_shows_takes_no_post(cast: Cast, client_of: ClientOf, path: str) -> None:
    assert client_of(cast.ada).post(path).status_code == 405


def test_owed_lists_what_waits_with_its_clock(sam: Client, cast: Cast, ended: Handoff) -> None:
    assert "You owe nobody" in sam.get("/feedback/owed/").content.decode()
    ask(handoff_id=ended.pk, asked_of=cast.sam, at=LATER)
    text = sam.get("/feedback/owed/").content.decode()
    assert str(ended.lead) in text
    assert f"/feedback/{ended.pk}/" in text
    assert "data-due" in text


def test_the_lead_shows_what_was_said(cast: Cast, client_of: ClientOf) -> None:
    said = answered(cast)
    for person in (cast.mara, cast.sam, cast.max):
        page = client_of(person).get(f"/feedback/leads/{said.handoff.lead_id}/")
        assert "Said 4" in page.content.decode()
    assert client_of(cast.olga).get(f"/feedback/leads/{said.handoff.lead_id}/").status_code == 404


def test_marketing_reads_newest_first_and_filters(cast: Cast, client_of: ClientOf) -> None:
    campaign = Campaign.objects.create(team=cast.marketing, name="Spring")
    answered(cast, 5, campaign_id=campaign.pk)
    answered(cast, 2, origin="")
    answered(cast, 3, origin="email")
    mara = client_of(cast.mara)

    def said(query: str) -> list[int | None]:
        page = mara.get(f"/feedback/{query}")
        assert page.status_code == 200
        return [answer.quality for answer in page.context["page"].answers]

    assert said("") == [3, 2, 5]
    assert said(f"?campaign={campaign.pk}") == [5]
    assert said("?origin=email") == [3]
    assert said("?origin=-") == [2]
    assert said("?quality=5") == [5]
    assert said("?accepted=no") == [2]
    assert said("?quality=x&origin=nowhere&campaign=99999999999999999999&after=x") == [3, 2, 5]
    assert "Origin: E-mail" in mara.get("/feedback/?origin=email").content.decode()
    assert "Nothing matches" in mara.get("/feedback/?quality=1").content.decode()
    assert client_of(cast.olga).get("/feedback/").context["page"].answers == []


def test_the_list_goes_on_page_by_page(cast: Cast, client_of: ClientOf) -> None:
    for _each in range(3):
        answered(cast)
    said = Feedback.objects.get(pk=Feedback.objects.latest("pk").pk)
    Feedback.objects.exclude(pk=said.pk).update(given_at=said.given_at)
    mara, seen, after = client_of(cast.mara), [], ""
    for _page in range(3):
        page = mara.get(f"/feedback/?after={after}").context["page"]
        seen += page.answers
        after = page.after
    assert len({answer.pk for answer in seen}) == 3


def test_script_in_a_comment_is_text(
    cast: Cast, client_of: ClientOf, sam: Client, ended: Handoff
) -> None:
    sam.post(f"/feedback/{ended.pk}/", {**ANSWER, "comment": '"><script>alert(1)</script>'})
    text = client_of(cast.mara).get("/feedback/").content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


# ---------------------------------------------------------------------- reports
def test_reports_of_an_empty_house_say_what_is_not_there(cast: Cast, client_of: ClientOf) -> None:
    text = client_of(cast.max).get("/reports/").content.decode()
    assert text.count("Nothing in this period yet") == len(PANELS)
    assert "data-chart" not in text


@pytest.mark.parametrize("query", ["", "?period=7", "?period=90", "?from=2026-11-01&to=2026-11-30"])
def test_reports_answer_in_words(cast: Cast, client_of: ClientOf, query: str) -> None:
    now = timezone.now()
    handoff_at(HandoffState.WON, cast, at=now - timedelta(days=3))
    page = client_of(cast.max).get(f"/reports/{query}")
    assert page.status_code == 200
    assert len(page.context["panels"]) == len(PANELS)
    if "2026" not in query:
        assert "100% of what was handed over was accepted" in page.content.decode()


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("?from=2026-11-30&to=2026-11-01", "to"),
        ("?from=1066-01-01", "from"),
        ("?from=tomorrow", "from"),
        ("?to=9999-12-31", "to"),
        ("?period=365", "period"),
    ],
)
def test_a_period_that_cannot_be_is_said_and_the_usual_one_shown(
    cast: Cast, client_of: ClientOf, query: str, wrong: str
) -> None:
    page = client_of(cast.max).get(f"/reports/{query}")
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [wrong]
    assert page.context["period"].days == 30


def test_a_lead_sees_their_own_team_alone(cast: Cast, client_of: ClientOf) -> None:
    now = timezone.now() - timedelta(days=2)
    handoff_at(HandoffState.WON, cast, at=now)
    handoff_at(HandoffState.WAITING, cast, at=now, team=cast.other_sales)
    counts = {
        person.name: {
            panel.name: panel.count
            for panel in client_of(person).get("/reports/").context["panels"]
        }["acceptance"]
        for person in (cast.tess, cast.max)
    }
    assert counts == {"Tess": 1, "Max": 2}
    tess = client_of(cast.tess)
    assert tess.get(f"/reports/?team={cast.sales.pk}").status_code == 200
    for foreign in (cast.other_sales.pk, 99_999_999_999_999_999_999, "x"):
        assert tess.get(f"/reports/?team={foreign}").status_code == 404


def test_a_report_is_a_file_that_no_spreadsheet_evaluates(cast: Cast, client_of: ClientOf) -> None:
    Campaign.objects.create(team=cast.marketing, name='=HYPERLINK("x")', cost=10)
    handoff_at(
        HandoffState.WON, cast, at=timezone.now() - timedelta(days=2), campaign='=HYPERLINK("x")'
    )
    page = client_of(cast.max).get("/reports/cost.csv?period=7")
    assert page.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert page.headers["Content-Disposition"].startswith('attachment; filename="cost-')
    header, row = page.content.decode("utf-8-sig").splitlines()
    assert header.split(",")[:3] == ["Campaign", "Cost", "Leads"]
    assert row.startswith("\"'=HYPERLINK")
    assert row.endswith(",10.00,1,10.00,1,10.00,1,10.00,1,0")


def test_the_reports_page_asks_as_much_of_a_full_house_as_of_an_empty_one(
    cast: Cast, client_of: ClientOf, django_assert_max_num_queries: object
) -> None:
    now = timezone.now()
    max_ = client_of(cast.max)

    def queries() -> int:
        with django_assert_max_num_queries(60) as asked:  # type: ignore[operator]
            max_.get("/reports/")
        return len(asked)

    handoff_at(HandoffState.WON, cast, at=now - timedelta(days=2))
    few = queries()
    for _each in range(6):
        handoff_at(HandoffState.RETURNED, cast, at=now - timedelta(days=3))
        handoff_at(HandoffState.WAITING, cast, at=now - timedelta(days=1), team=cast.other_sales)
    assert queries() == few


def test_both_sides_stand_side_by_side(cast: Cast, client_of: ClientOf) -> None:
    now = timezone.now()
    handoff_at(HandoffState.WON, cast, at=now - timedelta(days=3))
    client = client_of(cast.max)
    text = client.get("/reports/sides/").content.decode()
    assert "<html" not in text
    assert text.index("Sales") < text.index("Marketing")
    assert "First attempt" in text
    assert "/reports/sides/" in client.get("/board/").content.decode()
    rows = {
        (row["side"], row["clause"])
        for row in client.get("/api/v1/reports/sides/?period=7").json()["rows"]
    }
    assert {("Sales", "Claim"), ("Sales", "All clauses"), ("Marketing", "All clauses")} <= rows
