"""The board, the agreement and calendars in a browser: they refresh, and keep what one is doing."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from handoff.people.models import Membership
from leads.models import Handoff
from leads.stages import HandoffState
from sla.actions.agreements import in_force
from tests.browser.conftest import SignIn
from tests.browser.test_baton import open_always
from tests.cast import Cast
from tests.walk import handoff_at, waiting

BOARD = reverse("sla:board")


def fill(cast: Cast) -> Handoff:
    """Late both, and the claim within its lease: else the clocks, which run, would take it back."""
    open_always(cast)
    now = timezone.now()
    Membership.objects.filter(user=cast.sam).update(capacity=4)
    handoff_at(HandoffState.CLAIMED, cast, at=now - timedelta(minutes=25))
    return waiting(cast, at=now - timedelta(minutes=30), company="Padaria Sol Nascente")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_they_are_accessible_in_both_themes(
    people: Cast, sign_in: SignIn, axe: Axe, dark: bool, phone: bool
) -> None:
    fill(people)
    page = sign_in(people.ada, dark=dark, phone=phone)
    calendar = reverse("sla:calendar", args=[in_force(None, at=timezone.now()).calendar_id])
    agreement, edit = reverse("sla:agreement"), reverse("sla:draft_agreement")
    for path in (BOARD, f"{BOARD}?show=risk", agreement, edit, reverse("sla:calendars"), calendar):
        page.goto(path)
        assert axe.run(page).response["violations"] == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_the_board_hears_of_a_new_lead_and_keeps_what_was_chosen(
    people: Cast, sign_in: SignIn
) -> None:
    fill(people)
    page = sign_in(people.tess)
    page.goto(BOARD)
    row = page.get_by_role("row", name="Padaria Sol Nascente")
    row.get_by_role("combobox").select_option(label="Tess · 0")
    waits = page.get_by_role("link", name="Waiting").first.locator(".stat-value")
    expect(waits).to_have_text("1")
    waiting(people, at=timezone.now() - timedelta(minutes=3))
    expect(waits).to_have_text("2")
    row.get_by_role("button", name="Give").click()
    expect(page.get_by_text("Tess holds it now.")).to_be_visible()
    expect(page).to_have_url(BOARD)
    expect(page.get_by_role("row", name="Padaria Sol Nascente")).to_have_count(0)


def test_a_calendar_shows_the_days_ahead_as_it_is_written(people: Cast, sign_in: SignIn) -> None:
    page = sign_in(people.ada)
    page.goto(reverse("sla:new_calendar"))
    page.get_by_label("Saturday").fill("22:00-30:00")
    days = page.locator("#fortnight")
    expect(days.get_by_text("22:00–06:00 the next day").first).to_be_visible()
    page.get_by_label("Saturday").fill("22-30")
    expect(days).to_contain_text("Saturday: “22” is not a time")
    page.get_by_label("Saturday").fill("")
    page.get_by_label("Holidays of").select_option(label="Brazil")
    page.get_by_label("State or region").select_option(label="São Paulo (SP)")
    page.get_by_label("Name").fill("Shop hours")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Shop hours")).to_be_visible()
    expect(page.get_by_label("State or region")).to_have_value("SP")
