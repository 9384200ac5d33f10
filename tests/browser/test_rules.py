"""Criteria in a browser: readable in both themes and on a phone, approved by whom it is up to."""

from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from handoff.people.models import User
from leads.actions import rules
from leads.actions.touch import Deed, touch
from leads.models import RuleSet
from tests.browser.conftest import SignIn
from tests.cast import MONDAY, Cast
from tests.leads.rules.old_history import old_history
from tests.walk import PAID, criteria, new_lead

PRICES = {
    "key": "prices",
    "axis": "intent",
    "activity": ["download", "price_request"],
    "material": "Price list",
    "within_days": 30,
    "at_least": 2,
    "points": 10,
    "each": True,
    "cap": 30,
    "half_life_days": 14,
}
STUDENT = {
    "key": "student",
    "axis": "fit",
    "role": "veto",
    "field": "job_title",
    "op": "contains",
    "values": ["student"],
}


def versions(cast: Cast) -> RuleSet:
    """One in force, and one that would change it, proposed; a draft nobody can qualify by."""
    first = criteria(cast, PAID)
    rules.propose(rule_set_id=first.pk, by=cast.mara, at=MONDAY)
    rules.approve(rule_set_id=first.pk, by=cast.tess, at=MONDAY)
    criteria(cast, PAID, thresholds={"fit": 90})
    second = criteria(cast, {**PAID, "points": 25}, PRICES, STUDENT)
    return rules.propose(rule_set_id=second.pk, by=cast.mara, at=MONDAY)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_they_are_accessible_in_both_themes(
    people: Cast, sign_in: SignIn, axe: Axe, dark: bool, phone: bool
) -> None:
    versions(people)
    page = sign_in(people.ada, dark=dark, phone=phone)
    pages = [reverse("leads:rule_set", args=[row.pk]) for row in RuleSet.objects.all()]
    for path in (reverse("leads:rules"), *pages):
        page.goto(path)
        assert axe.run(page).response["violations"] == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_tess_approves_what_mara_proposed(people: Cast, sign_in: SignIn) -> None:
    row = versions(people)
    page = sign_in(people.tess)
    page.goto(reverse("leads:rules"))
    page.get_by_role("link", name=f"Version {row.number}").click()
    page.get_by_role("button", name="Approve").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Approve these criteria?")
    dialog.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    expect(page.get_by_text("All leads are scored anew")).to_have_count(0)
    row.refresh_from_db()
    assert row.approved_by == people.tess


WORDS = {
    "en": ("Make a draft", "About what they did", "Points", "Intent: needed", "would qualify",
           "Save the draft", "Propose to sales", "Approve"),
    "pt-BR": ("Criar rascunho", "Sobre o que a pessoa fez", "Pontos", "Intenção: necessário",
              "se qualificariam", "Salvar o rascunho", "Propor a vendas", "Aprovar"),
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_from_nothing_to_criteria_that_both_approved(
    people: Cast, sign_in: SignIn, axe: Axe, language: str
) -> None:
    make, did, points, needed, qualify, save, propose, approve = WORDS[language]
    User.objects.update(language="")
    new_lead(people, at=timezone.now())
    page = sign_in(people.mara, language=language, phone=language == "en")
    page.goto(reverse("leads:rules"))
    page.get_by_role("button", name=make).click()
    page.get_by_role("button", name=did).click()
    page.get_by_label(points, exact=True).fill("30")
    page.get_by_label(needed).fill("30")
    expect(page.get_by_text(qualify)).to_be_visible()
    page.get_by_role("combobox").first.select_option("intent")
    expect(page.locator("#rules-preview strong")).to_have_text("1")
    assert axe.run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name=save).click()
    page.get_by_role("button", name=propose).click()
    row = RuleSet.objects.get()
    tess = sign_in(people.tess, language=language)
    tess.goto(row.get_absolute_url())
    tess.get_by_role("button", name=approve).click()
    tess.get_by_role("dialog").get_by_role("button", name=approve).click()
    expect(tess.get_by_role("button", name=approve)).to_have_count(0)
    row.refresh_from_db()
    assert (row.proposed_by, row.approved_by, row.state) == (people.mara, people.tess, "active")


def test_a_field_that_no_lead_has_is_doubted_while_one_types(
    people: Cast, sign_in: SignIn, axe: Axe
) -> None:
    new_lead(people, at=timezone.now(), attributes={"porte": "grande"})
    row = criteria(people)
    page = sign_in(people.mara)
    page.goto(reverse("leads:edit_rules", args=[row.pk]))
    named = page.locator("[name=r0-attribute]")
    expect(named).to_be_hidden()
    page.get_by_label("Field").select_option(label="An attribute of your own…")
    named.fill("prote")
    page.get_by_label("Comparison").select_option("any_of")
    values = page.get_by_label("With (several: one a line)")
    values.fill("grande; enorme")
    doubt = page.locator("fieldset").get_by_text("No lead has an attribute “prote”.")
    expect(doubt).to_be_visible()
    expect(page.get_by_text("is one value. Write several")).to_be_visible()
    assert axe.run(page).response["violations"] == []
    named.fill("porte")
    values.fill("grande\nenorme")
    expect(doubt).to_have_count(0)
    page.get_by_label("Comparison").select_option("present")
    expect(values).to_be_hidden()
    page.get_by_label("Comparison").select_option("any_of")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_text("Porte is one of grande, enorme")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_lead_shows_what_its_score_rests_on_and_how_it_went(
    people: Cast, sign_in: SignIn, axe: Axe, dark: bool, phone: bool
) -> None:
    row = criteria(people, PAID, {**PRICES, "material": "", "at_least": 1})
    rules.propose(rule_set_id=row.pk, by=people.mara, at=MONDAY)
    rules.approve(rule_set_id=row.pk, by=people.tess, at=MONDAY)
    now = timezone.now()
    lead = new_lead(people, at=now - timedelta(days=9), origin="paid_search")
    for days in range(5):
        deed = Deed(lead_id=lead.pk, kind="download")
        touch(deed=deed, by=people.mara, at=now - timedelta(days=8 - days))
    page = sign_in(people.mara, dark=dark, phone=phone)
    page.goto(lead.get_absolute_url())
    expect(page.get_by_text("and 2 more")).to_be_visible()
    page.get_by_role("heading", name="What happened").scroll_into_view_if_needed()
    history = page.get_by_role("region", name="How has the score gone")
    expect(history.locator(".chart svg")).to_be_visible()
    history.locator("summary", has_text="Table").click()
    expect(history.get_by_role("cell", name="Download")).to_have_count(5)
    assert axe.run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


SAID = {
    "en": ("Ideas", "Add: +15", "Added: +15", "Undo"),
    "pt-BR": ("Ideias", "Adicionar: +15", "Adicionado: +15", "Desfazer"),
}


@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_a_click_makes_a_criterion_of_an_idea(
    people: Cast, sign_in: SignIn, axe: Axe, language: str, tmp_path: Path
) -> None:
    ideas, add, added, undo = SAID[language]
    User.objects.update(language="")
    old_history(people, tmp_path)
    row = criteria(people, PAID)
    page = sign_in(people.mara, language=language, phone=language == "en")
    page.goto(row.get_absolute_url())
    page.get_by_role("link", name=ideas).click()
    page.get_by_role("button", name=add).click()
    expect(page.get_by_text(added, exact=True)).to_be_visible()
    assert axe.run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator(".ideas td").evaluate_all(
        "all => all.every(e => e.scrollWidth <= e.clientWidth)"
    )
    row.refresh_from_db()
    assert [each["key"] for each in row.rules["criteria"]] == ["paid", "c1"]
    page.get_by_role("button", name=undo).click()
    expect(page.get_by_role("button", name=add)).to_be_visible()
    row.refresh_from_db()
    assert ([each["key"] for each in row.rules["criteria"]], row.revision) == (["paid"], 3)
    rules.revise(rule_set_id=row.pk, rules=row.rules, revision=3, by=people.ada, at=timezone.now())
    page.get_by_role("button", name=add).click()
    expect(page.locator("#messages [role=alert]")).to_be_visible()
    row.refresh_from_db()
    assert len(row.rules["criteria"]) == 1
