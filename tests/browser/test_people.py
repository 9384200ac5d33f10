"""Pages about people in a real browser: readable by everybody, from the first run on."""

import re

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from handoff.people.models import ApiToken, Scope, User
from tests.browser.conftest import SignIn
from tests.cast import MONDAY, PASSWORD, Cast

WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def paths_of(cast: Cast) -> list[str]:
    return [
        "/people/",
        "/people/?q=nobody",
        "/people/?gone=1",
        "/people/new/",
        f"/people/{cast.sam.pk}/",
        f"/people/{User.objects.get(name='Nina Nunes').pk}/",
        "/people/teams/",
        f"/people/teams/{cast.sales.pk}/",
        "/people/tokens/",
        "/profile/",
        "/help/",
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_each_page_is_accessible_and_fits(
    people: Cast, sign_in: SignIn, axe: Axe, dark: bool, phone: bool
) -> None:
    User.objects.create_user("nina@handoff.test", name="Nina Nunes")
    ApiToken.issue(user=people.mara, name="Website form", scopes=[Scope.INTAKE], at=MONDAY)
    User.objects.filter(pk=people.ada.pk).update(language="pt-br" if phone else "en")
    page = sign_in(people.ada, dark=dark, phone=phone)
    for path in paths_of(people):
        page.goto(path)
        assert axe.run(page).response["violations"] == [], path
        assert page.evaluate(WIDER) == 0, path


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_second_step_is_switched_on_and_asked_for(
    people: Cast, sign_in: SignIn, axe: Axe, dark: bool
) -> None:
    page = sign_in(people.sam, dark=dark)
    page.goto("/account/2fa/")
    assert axe.run(page).response["violations"] == []
    page.goto("/account/2fa/totp/activate/")
    assert axe.run(page).response["violations"] == []
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main [type=submit]").first.click()
    secret = page.locator("[name=authenticator_secret], #authenticator_secret").input_value()
    assert axe.run(page).response["violations"] == []
    page.locator("[name=code]").fill(code_of(secret))
    page.locator("main [type=submit]").first.click()
    expect(page).to_have_url(re.compile("/account/2fa/recovery-codes/"))
    assert axe.run(page).response["violations"] == []
    visitor = sign_in(None, dark=dark)
    visitor.goto("/account/login/")
    enter(visitor, "sam@handoff.test")
    expect(visitor).to_have_url(re.compile("/account/2fa/authenticate/"))
    assert axe.run(visitor).response["violations"] == []


def test_an_invited_seller_chooses_a_password_and_starts_at_the_queue(
    people: Cast, sign_in: SignIn, axe: Axe
) -> None:
    ada = sign_in(people.ada)
    ada.goto("/people/new/")
    ada.get_by_label("Name").fill("Nina Nunes")
    ada.get_by_label("E-mail").fill("nina@handoff.test")
    ada.get_by_label("Role", exact=True).select_option("seller")
    ada.get_by_label("Team", exact=True).select_option(label="Inside Sales")
    ada.get_by_role("button", name="Invite").click()
    expect(ada.get_by_text("Nina Nunes is invited by e-mail.")).to_be_visible()
    link = ada.get_by_label("Link to choose a password").input_value()
    nina = sign_in(None)
    nina.goto(link)
    assert axe.run(nina).response["violations"] == []
    nina.locator("[name=password1]").fill(PASSWORD)
    nina.locator("[name=password2]").fill(PASSWORD)
    nina.locator("main [type=submit]").first.click()
    expect(nina).to_have_url(re.compile("/queue/"))


def test_a_new_house_is_set_up(people: Cast, sign_in: SignIn, axe: Axe) -> None:
    for person in people:
        person.memberships.all().delete()
        person.delete()
    page = sign_in(None, language="pt-BR")
    page.goto("/setup/")
    assert axe.run(page).response["violations"] == []
    page.locator("[name=name]").fill("Ada Alves")
    page.locator("[name=email]").fill("ada@handoff.test")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=marketing]").fill("Demanda")
    page.locator("[name=sales]").fill("Vendas internas")
    page.locator("main [type=submit]").first.click()
    expect(page).to_have_url(re.compile("/people/"))
    expect(page.get_by_role("link", name="Ada Alves")).to_be_visible()


def enter(page: Page, login: str) -> None:
    page.locator("[name=login]").fill(login)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main [type=submit]").first.click()


def code_of(secret: str) -> str:
    """What the app on a phone would show now."""
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))
