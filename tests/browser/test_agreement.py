"""An agreement in a browser: marketing proposes, sales signs, and both read the same page."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from handoff.people.models import Role, User
from sla.models import Agreement
from tests.browser.conftest import SignIn
from tests.cast import Cast, person

WORDS = {
    "en": ("Make one for this team", "Save the draft", "Why", "Propose", "Sign", "In force"),
    "pt-BR": ("Fazer um para esta equipe", "Salvar o rascunho", "Por quê", "Propor", "Assinar",
              "Em vigor"),
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_marketing_proposes_and_sales_signs(
    people: Cast, sign_in: SignIn, axe: Axe, language: str
) -> None:
    make, save, why, propose, sign, in_force = WORDS[language]
    lena = person("Lena", Role.LEAD, people.marketing)
    User.objects.update(language="")
    page = sign_in(lena, language=language, phone=language == "en")
    page.goto(reverse("sla:agreement_of", args=[people.sales.pk]))
    page.get_by_role("link", name=make).click()
    page.locator("#id_claim_target").fill("10 min")
    page.get_by_role("button", name=save).click()
    page.get_by_label(why).fill("Ten minutes win more talks.")
    assert axe.run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name=propose, exact=True).click()
    expect(page.get_by_text("Ten minutes win more talks.")).to_be_visible()
    expect(page.get_by_role("button", name=sign)).to_have_count(0)
    row = Agreement.objects.get(team=people.sales)
    tess = sign_in(people.tess, language=language, dark=True)
    tess.goto(row.get_absolute_url())
    assert axe.run(tess).response["violations"] == []
    tess.get_by_role("button", name=sign).click()
    tess.get_by_role("dialog").get_by_role("button", name=sign).click()
    expect(tess.locator(".card-head").first).to_contain_text(in_force)
    row.refresh_from_db()
    assert (row.proposed_by, row.signed_by, row.state) == (lena, people.tess, "signed")
    tess.emulate_media(media="print")
    expect(tess.get_by_text("Lena").first).to_be_visible()
    expect(tess.locator(".side")).to_be_hidden()
