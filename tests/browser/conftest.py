"""A real house for a real browser: uvicorn and keep_clocks as children on the test database.

The browser run is a run of its own, since Playwright's loop lives in this process. People sign in
by a session made here, except where a test is about signing in.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import CommandError, call_command
from django.db import OperationalError, connections
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    ViewportSize,
    expect,
    sync_playwright,
)
from pytest_django import DjangoDbBlocker

from handoff.people.models import User
from tests import chromium
from tests.cast import Cast, make_cast
from tests.served import House, child, environment_of, serving

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--autoplay-policy=no-user-gesture-required",
]
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 860}

expect.set_options(timeout=10_000)  # a busy machine is slow, not wrong


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def house(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    """The web process and the clocks, on the test database, with hashed static files."""
    folder = tmp_path_factory.mktemp("house")
    with django_db_blocker.unblock():
        environment = environment_of(folder, HANDOFF_PLAIN_STATIC="false")
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"],
            env=environment,
            check=True,
        )
        clocks = child(
            "django", "keep_clocks",
            environment={**environment, "DJANGO_SETTINGS_MODULE": "handoff.settings"},
            log=folder / "clocks.log",
        )  # fmt: skip
        with serving(folder, environment) as house, clocks:
            yield house
        connections.close_all()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def _django_db_marker() -> None:
    """In place of pytest-django's, which would empty the database under the running clocks."""


@pytest.fixture
def people(house: House, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    """The named cast in a database that is empty but for them, and empty again afterwards."""
    with django_db_blocker.unblock():
        _empty_the_database()
        yield make_cast()
        _empty_the_database()
        connections.close_all()


def _empty_the_database(tries: int = 10) -> None:
    """The clocks are running: where the two lock each other out, Postgres may end this side."""
    for left in reversed(range(tries)):
        try:
            call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
        except CommandError as error:
            if not left or not isinstance(error.__cause__, OperationalError):
                raise
            time.sleep(0.1)
        else:
            return


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    path = chromium.on_path() or None
    flags = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
    launched = playwright.chromium.launch(executable_path=path, args=flags)
    yield launched
    launched.close()


SignIn = Callable[..., Page]


@pytest.fixture
def sign_in(browser: Browser, house: House) -> Iterator[SignIn]:
    """Opens the product as a person: `sign_in(cast.sam, phone=True, dark=True, language="pt-BR")`.

    A page error or a console error fails the test at its end.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_as(
        user: User | None, *, phone: bool = False, dark: bool = False, language: str = "en"
    ) -> Page:
        context = browser.new_context(
            base_url=house.url,
            viewport=PHONE if phone else DESK,
            color_scheme="dark" if dark else "light",
            locale=language,
            timezone_id="America/Sao_Paulo",
            reduced_motion="reduce",
        )
        contexts.append(context)
        if user is not None:
            context.add_cookies(
                [{"name": "sessionid", "value": _session_of(user), "url": house.url}]
            )
        page = context.new_page()
        page.set_default_timeout(8_000)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                complaints.append(f"{page.url}: {message.text}")
                if message.type == "error" and not re.search(r"\b(409|422)\b", message.text)
                else None
            ),
        )
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert complaints == []


def _session_of(user: User) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[1]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return str(store.session_key)


@pytest.fixture(scope="session")
def axe() -> Axe:
    return Axe()
