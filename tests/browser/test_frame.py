"""The frame around every page, on the page that shows every component."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn
from tests.cast import Cast


@pytest.fixture
def gallery(people: Cast, sign_in: SignIn) -> Page:
    page = sign_in(people.ada)
    page.goto("/gallery/")
    return page


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_every_component_is_accessible_in_both_themes(
    people: Cast, sign_in: SignIn, axe: Axe, dark: bool, phone: bool
) -> None:
    page = sign_in(people.ada, dark=dark, phone=phone)
    page.goto("/gallery/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark" if dark else "light")
    expect(page.locator("[data-chart] svg")).to_have_count(6)
    assert axe.run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", ["/account/login/", "/account/password/reset/"])
def test_the_entrance_is_accessible(
    people: Cast, sign_in: SignIn, axe: Axe, dark: bool, path: str
) -> None:
    page = sign_in(None, dark=dark)
    page.goto(path)
    assert axe.run(page).response["violations"] == []


def test_a_clock_ticks_without_a_request(people: Cast, sign_in: SignIn) -> None:
    page = sign_in(people.ada)
    page.clock.install()
    page.goto("/gallery/")
    clock = page.locator(".clock-risk [data-clock-text]").first
    expect(clock).to_have_text("1 min left")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.clock.fast_forward(75_000)
    expect(clock).to_have_text(re.compile(r"^\d+ s left$"))
    page.clock.fast_forward(60_000)
    expect(page.locator(".clock-risk")).to_have_count(0)
    assert [url for url in requests if "/static/" not in url and "/events" not in url] == []


def test_time_is_said_in_portuguese(people: Cast, sign_in: SignIn) -> None:
    people.ada.language = "pt-br"
    people.ada.save(update_fields=["language"])
    page = sign_in(people.ada)
    page.goto("/gallery/")
    expect(page.locator(".clock-late [data-clock-text]").first).to_have_text("atrasado 3 min")
    expect(page.locator(".event-when time").nth(1)).to_have_text("há 3 h")


def test_keys_walk_rows_search_and_list_themselves(gallery: Page) -> None:
    gallery.keyboard.press("j")
    expect(gallery.get_by_role("link", name="Padaria A")).to_be_focused()
    gallery.keyboard.press("j")
    expect(gallery.get_by_role("link", name="Padaria B")).to_be_focused()
    gallery.keyboard.press("k")
    expect(gallery.get_by_role("link", name="Padaria A")).to_be_focused()
    gallery.keyboard.press("/")
    expect(gallery.get_by_role("searchbox")).to_be_focused()
    gallery.keyboard.press("Escape")
    gallery.keyboard.press("?")
    expect(gallery.get_by_role("dialog")).to_contain_text("Claim")
    gallery.keyboard.press("Escape")
    expect(gallery.get_by_role("dialog")).to_be_hidden()


def test_a_dialog_asks_first_and_can_be_left(gallery: Page) -> None:
    gallery.get_by_role("button", name="Ask first").click()
    expect(gallery.get_by_role("dialog")).to_be_visible()
    gallery.get_by_role("button", name="Cancel").click()
    expect(gallery.get_by_role("dialog")).to_be_hidden()


def test_phones_have_a_bar_and_all_pages_behind_more(people: Cast, sign_in: SignIn) -> None:
    page = sign_in(people.ada, phone=True)
    page.goto("/gallery/")
    expect(page.locator(".side")).to_be_hidden()
    page.get_by_role("button", name="More").click()
    expect(page.locator("#more")).to_be_visible()
    expect(page.locator("#more").get_by_role("link", name="Agreement")).to_be_visible()


def test_the_reference_of_the_api_is_drawn(people: Cast, sign_in: SignIn) -> None:
    page = sign_in(None)
    page.goto("/api/docs/")
    expect(page.get_by_text("/api/v1/leads/", exact=True).first).to_be_visible()
