"""The README's pictures, taken of a running demo: `make demo`, and `make pictures` beside it."""

import os
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from tests import chromium

PASSWORD: Final = "bastao-na-mao"
"""The demo's, which it prints beside its address."""
FOLDER: Final = Path(__file__).parents[2] / "docs" / "images"
PICTURES: Final = {"queue": ("sol", "/queue/"), "reports": ("max", "/reports/")}


def take(browser: Browser, name: str, who: str, path: str) -> None:
    page = browser.new_page(
        base_url=f"http://localhost:{os.environ.get('PORT', '8000')}",
        viewport={"width": 1280, "height": 800},
        color_scheme="light",
        locale="pt-BR",
        reduced_motion="reduce",
    )
    page.goto("/account/login/")
    page.locator("[name=login]").fill(f"{who}@handoff.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main [type=submit]").click()
    page.locator("[popovertarget=me]").click()
    page.locator("#me [name=language][value=pt-br]").click()
    page.goto(path)
    page.wait_for_timeout(1_000)  # the ages and clocks are written by the browser
    page.screenshot(path=FOLDER / f"{name}.png")
    print(FOLDER / f"{name}.png")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium.on_path() or None,
            args=["--lang=pt-BR", *(["--no-sandbox"] if os.geteuid() == 0 else [])],
        )
        for name, (who, path) in PICTURES.items():
            take(opened, name, who, path)
