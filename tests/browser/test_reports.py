"""Reports and feedback in a real browser: charts are drawn, tables open, stars are radios."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import expect

from feedback.actions import give
from feedback.panels.registry import PANELS
from leads.models import Campaign, Handoff
from leads.stages import HandoffState
from tests.browser.conftest import SignIn
from tests.cast import Cast
from tests.walk import handoff_at


@pytest.fixture
def worked(people: Cast) -> Cast:
    """A week of work: won, returned, waiting, and one answer."""
    now = timezone.now()
    with transaction.atomic():  # or the clocks of the house would rescue an old claim meanwhile
        Campaign.objects.create(team=people.marketing, name="Spring", cost=900)
        for days in (9, 5, 2):
            at = now - timedelta(days=days)
            row = handoff_at(HandoffState.WON, people, at=at, campaign="Spring")
            handoff_at(HandoffState.RETURNED, people, at=at - timedelta(hours=2))
    give(
        handoff_id=row.pk, accepted=True, quality=5, reason="", comment="More of these.",
        by=people.sam, at=now - timedelta(days=1),
    )  # fmt: skip
    return people


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_reports_are_drawn_and_accessible(
    worked: Cast, sign_in: SignIn, axe: Axe, dark: bool, phone: bool
) -> None:
    page = sign_in(worked.max, dark=dark, phone=phone)
    page.goto("/reports/")
    expect(
        page.locator("#acceptance-chart, [data-chart='acceptance-chart'] svg").first
    ).to_be_attached()
    expect(page.get_by_role("heading", name="Why do leads come back?")).to_be_visible()
    assert page.locator("[data-chart] svg").count() >= 7
    assert axe.run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_each_chart_has_its_table_and_its_definition(worked: Cast, sign_in: SignIn) -> None:
    page = sign_in(worked.max)
    page.goto("/reports/")
    card = page.get_by_role("region", name="Does sales take what marketing hands over?").first
    expect(card).to_contain_text("100% of what was handed over was accepted")
    expect(card).to_contain_text("n = 6")
    card.get_by_text("Table").click()
    expect(card.get_by_role("cell", name="Inside Sales")).to_be_visible()
    card.get_by_label("How this is counted").click()
    expect(card).to_contain_text("acceptance alone proves little")
    with page.expect_download() as download:
        card.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename.startswith("acceptance-")


def test_the_period_is_the_address(worked: Cast, sign_in: SignIn) -> None:
    page = sign_in(worked.max)
    page.goto("/reports/")
    page.get_by_role("link", name="7 days").click()
    expect(page).to_have_url(re.compile(r"\?period=7$"))
    expect(page.get_by_role("link", name="7 days")).to_have_attribute("aria-current", "page")
    page.get_by_label("From", exact=True).fill("2026-01-01")
    page.get_by_label("To", exact=True).fill("2025-01-01")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("This is before the first day.")).to_be_visible()


def test_an_empty_house_says_so(people: Cast, sign_in: SignIn, axe: Axe) -> None:
    page = sign_in(people.max)
    page.goto("/reports/")
    expect(page.get_by_text("Nothing in this period yet")).to_have_count(len(PANELS))
    assert axe.run(page).response["violations"] == []


def test_stars_are_given_by_keyboard_and_marketing_reads_them(
    worked: Cast, sign_in: SignIn, axe: Axe
) -> None:
    with transaction.atomic():
        row = handoff_at(HandoffState.RETURNED, worked, at=timezone.now() - timedelta(hours=3))
    page = sign_in(worked.sam)
    page.goto(f"/feedback/{row.pk}/")
    assert axe.run(page).response["violations"] == []
    stars = page.get_by_role("group", name="How good was this lead?")
    stars.get_by_role("radio", name="1 ★ a waste of time").focus()
    page.keyboard.press("ArrowRight")
    expect(stars.get_by_role("radio", name="2 ★ weak")).to_be_checked()
    expect(page.get_by_label("Reason")).to_have_value("bad_data")
    page.get_by_role("radio", name="No", exact=True).check()
    page.get_by_label("Reason").select_option("other")
    page.get_by_role("button", name="Give feedback").click()
    expect(page.get_by_text("Say in a few words what the reason was.")).to_be_visible()
    page.get_by_label("What should marketing know?").fill("Nobody of that name works there.")
    page.get_by_role("button", name="Give feedback").click()
    expect(page.locator("#feedback")).to_contain_text("Nobody of that name works there.")
    mara = sign_in(worked.mara)
    mara.goto("/feedback/")
    expect(mara.locator("table")).to_contain_text("Nobody of that name works there.")
    assert axe.run(mara).response["violations"] == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_both_sides_open_on_the_board_and_say_where_the_time_went_on_a_lead(
    worked: Cast, sign_in: SignIn, axe: Axe, dark: bool, phone: bool
) -> None:
    page = sign_in(worked.max, dark=dark, phone=phone)
    page.goto("/board/")
    page.get_by_text("Both sides of the agreement").click()
    sales = page.get_by_role("region", name="Sales", exact=True)
    expect(sales.get_by_role("row", name=re.compile("First attempt"))).to_be_visible()
    assert axe.run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(Handoff.objects.filter(state=HandoffState.WON).latest("pk").get_absolute_url())
    expect(page.get_by_text(re.compile("to the first attempt, "))).to_be_visible()
    whole = page.get_by_role("row", name=re.compile("In all"))
    for _each in range(4):  # the clocks are fetched once more when the live stream opens
        if not whole.is_visible():
            page.get_by_text("Where the time went").click()
            page.wait_for_timeout(500)
    expect(whole).to_be_visible()
    assert axe.run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_hours_stand_in_cells_with_their_numbers(worked: Cast, sign_in: SignIn) -> None:
    page = sign_in(worked.max)
    page.goto("/reports/")
    grid = page.get_by_role("region", name="When do people come in?").get_by_role("table")
    expect(grid.get_by_role("columnheader", name="Wed")).to_be_visible()
    assert grid.locator("td.heat-5").first.inner_text().isdecimal()
