"""Every page in the table of routes, in both themes: accessible, and no wider than a phone."""

from collections.abc import Iterator
from typing import Final, Literal

from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from django.urls import NoReverseMatch, reverse
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, SignIn
from tests.cast import Cast
from tests.expectations import ROUTES, SEES, Route, routes_of
from tests.things import Things

WIDER: Final = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
THEMES: Final[dict[Literal["light", "dark"], dict[str, list[str]]]] = {
    "light": {"resultTypes": ["violations"]},
    "dark": {"resultTypes": ["violations"], "runOnly": ["color-contrast"]},
}
"""What is looked for in each: nothing but colours differs between them."""
FEWEST: Final = 40
"""Far fewer whole pages than there are would mean that the walk no longer finds them."""


def shown() -> Iterator[tuple[str, Route]]:
    for name in ROUTES:
        line = routes_of(name)[0]
        if line.door == "account" or (line.door == "page" and "GET" in line.methods):
            yield name, line


def paths(things: Things) -> Iterator[tuple[str, str]]:
    """Each path with somebody who may open it; Ada where she may."""
    for name, line in shown():
        sees = line.who & SEES[line.thing] if line.thing else line.who
        ids = {line.arg: things.id_of(line.thing)} if line.thing else {}
        try:
            yield ("ada" if "ada" in sees else min(sees)), reverse(name, kwargs=ids)
        except NoReverseMatch:
            continue  # a link out of a letter, whose keys are no ids


def is_whole(page: Page, path: str) -> bool:
    """A page by itself, rather than a fragment, a file or the way to another page."""
    answer = page.request.get(path, max_redirects=0)
    return answer.ok and answer.text().lstrip().lower().startswith("<!doctype html>")


def ills(page: Page, axe: Axe) -> Iterator[str]:
    for theme, rules in THEMES.items():
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
        for found in axe.run(page, options=rules).response["violations"]:
            yield f"{theme} {found['id']} {[node['target'] for node in found['nodes']][:3]}"
    page.set_viewport_size(PHONE)
    if page.evaluate(WIDER):
        yield "wider than a phone"
    page.set_viewport_size(DESK)


def test_every_page_is_accessible_and_fits(people: Cast, sign_in: SignIn, axe: Axe) -> None:
    with transaction.atomic():  # or the clocks of the house would take up what is old meanwhile
        walked = list(paths(Things(people)))
    pages: dict[str, Page] = {}
    wrong, seen = [], 0
    for who, path in walked:
        if who not in pages:
            pages[who] = sign_in(getattr(people, who), language="pt-BR")
        if not is_whole(pages[who], path):
            continue
        pages[who].goto(path)
        expect(pages[who].locator("[aria-busy]:visible")).to_have_count(0)
        seen += 1
        wrong += [f"{path}: {ill}" for ill in ills(pages[who], axe)]
    assert wrong == []
    assert seen >= FEWEST
