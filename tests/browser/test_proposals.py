"""What the criteria propose, decided in a browser with one click or one reason."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from leads.actions import rules
from leads.actions.scoring import rescore_next
from leads.models import Lead
from leads.stages import HandoffState, LeadStage
from tests.browser.conftest import SignIn
from tests.cast import MONDAY, Cast
from tests.walk import PAID, criteria, handoff_at, new_lead


def proposals(cast: Cast, *names: str) -> list[Lead]:
    """Leads that the version in force proposes, the last one newest."""
    row = criteria(cast, {**PAID, "name": "Paid search"})
    rules.propose(rule_set_id=row.pk, by=cast.mara, at=MONDAY)
    rules.approve(rule_set_id=row.pk, by=cast.tess, at=MONDAY)
    while rescore_next(at=timezone.now()):
        pass
    first = timezone.now() - timedelta(minutes=10)
    return [
        new_lead(cast, at=first + timedelta(minutes=number), name=name, city="Recife")
        for number, name in enumerate(names)
    ]


WORDS = {
    "en": ("Proposed by the criteria", "Mark Rita Rocha as MQL", "Rita Rocha is an MQL now.",
           "Dismiss Nina Neto", "Why not", "Dismiss", "Nina Neto is not proposed any more."),
    "pt-BR": ("Propostos pelos critérios", "Marcar Rita Rocha como MQL",
              "Rita Rocha agora é MQL.", "Dispensar a proposta de Nina Neto", "Por que não",
              "Dispensar", "Nina Neto deixou de ser proposto."),
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_one_click_follows_a_proposal_and_a_reason_sets_it_aside(
    people: Cast, sign_in: SignIn, language: str
) -> None:
    heading, mark, marked, fold, why, dismiss, dismissed = WORDS[language]
    type(people.mara).objects.update(language="")
    nina, rita = proposals(people, "Nina Neto", "Rita Rocha")
    page = sign_in(people.mara, language=language, phone=language == "en")
    page.goto("/desk/")
    card = page.get_by_role("region", name=heading)
    expect(card.locator("tbody tr")).to_have_count(2)
    card.get_by_role("button", name=mark).click()
    expect(page.get_by_text(marked)).to_be_visible()
    expect(card.locator("tbody tr")).to_have_count(1)
    card.get_by_label(fold).click()
    card.get_by_label(why).fill("A student")
    card.get_by_role("button", name=dismiss, exact=True).click()
    expect(page.get_by_text(dismissed)).to_be_visible()
    expect(page.get_by_role("heading", name=heading)).to_have_count(0)
    rita.refresh_from_db()
    nina.refresh_from_db()
    assert (rita.stage, rita.qualification_reason) == (LeadStage.MQL, "v1 · C4")
    assert nina.stage == LeadStage.NEW


def test_a_badge_stays_open_when_the_queue_changes(people: Cast, sign_in: SignIn) -> None:
    proposals(people)
    at = timezone.now() - timedelta(minutes=5)
    handoff_at(HandoffState.WAITING, people, at=at, name="Ana Prado")
    page = sign_in(people.sam)
    page.goto("/queue/")
    page.locator(".graded summary").click()
    handoff_at(HandoffState.WAITING, people, at=at, name="Bia Dois")
    expect(page.locator(".queue-row")).to_have_count(2)
    expect(page.locator(".graded[open] summary")).to_have_count(1)
    expect(page.locator(".graded[open] summary")).to_be_focused()


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_what_a_grade_means_is_one_tap_away_and_fits(
    people: Cast, sign_in: SignIn, axe: Axe, phone: bool, dark: bool
) -> None:
    lead, *_more = proposals(people, "Rita Rocha", "Nina Neto")
    at = timezone.now() - timedelta(minutes=5)
    waiting = handoff_at(HandoffState.WAITING, people, at=at, name="Ana Prado")
    mara, sam = (sign_in(one, phone=phone, dark=dark) for one in (people.mara, people.sam))
    for page, path in (
        *((mara, path) for path in ("/desk/", "/leads/?proposed=1", lead.get_absolute_url())),
        *((sam, path) for path in ("/queue/", waiting.get_absolute_url())),
    ):
        page.goto(path)
        badge = page.locator(".graded summary").first
        if badge.count():
            badge.click()
            meaning = page.locator(".graded[open] p")
            expect(meaning).to_contain_text("Profile")
            box = meaning.bounding_box()
            assert box is not None
            assert 0 <= box["x"] <= box["x"] + box["width"] <= (390 if phone else 1280), path
        expect(page.locator("[aria-busy]:visible")).to_have_count(0)
        assert axe.run(page).response["violations"] == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
