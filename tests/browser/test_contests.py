"""A breach is contested by one side and waived by the other, in both languages; numbers move."""

import csv
import io
import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from handoff.people.models import Role, User
from leads.models import Handoff
from leads.stages import HandoffState
from sla.actions import clocks
from sla.models import Clock, Verdict
from tests.browser.conftest import SignIn
from tests.browser.test_baton import open_always
from tests.cast import Cast, person
from tests.walk import handoff_at

REPORTS = reverse("feedback:reports")


def breached(cast: Cast) -> Handoff:
    """Offered and claimed late an hour ago by Sam, who has tried; only its claim was late."""
    open_always(cast)
    now = timezone.now()
    row = handoff_at(HandoffState.WAITING, cast, at=now - timedelta(minutes=40))
    while clocks.fire_next(at=now):
        pass
    return row


def claims_in(page: Page) -> dict[str, str]:
    """What the report of attainment says of claims, as a manager takes it away."""
    text = page.request.get(reverse("feedback:csv", args=["attainment"])).text()
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    return next(row for row in rows if "Claim" in row.values())


def test_one_side_contests_and_the_other_waives(people: Cast, sign_in: SignIn, axe: Axe) -> None:
    lia = person("Lia", Role.LEAD, people.marketing)
    User.objects.filter(pk=lia.pk).update(language="pt-br")
    row = breached(people)
    place = reverse("leads:handoff", args=[row.pk])
    manager = sign_in(people.max)
    before = claims_in(manager)
    assert (before["Breached"], before["Waived"]) == ("1", "0")

    tess = sign_in(people.tess, language="en")
    tess.goto(place)
    claim = tess.locator(".clock-row").filter(has_text=re.compile("^\\s*Claim"))
    claim.get_by_text("Contest the breach").click()
    claim.get_by_label("Why").fill("The line was down.")
    claim.get_by_role("button", name="Contest", exact=True).click()
    expect(tess.get_by_text("Contested. The other side is asked.")).to_be_visible()
    expect(tess.get_by_role("button", name="Waive the breach")).to_have_count(0)

    marketing = sign_in(lia, language="pt-BR", phone=True)
    marketing.goto(f"{reverse('sla:board')}?show=contested")
    expect(marketing.get_by_text("Tess: The line was down.")).to_be_visible()
    assert axe.run(marketing).response["violations"] == []
    marketing.goto(place)
    marketing.get_by_label("Por quê").fill("A linha caiu mesmo.")
    assert axe.run(marketing).response["violations"] == []
    marketing.get_by_role("button", name="Dispensar o estouro").click()
    expect(marketing.get_by_text("O estouro foi dispensado.")).to_be_visible()
    expect(marketing.get_by_text("Dispensado").first).to_be_visible()

    assert Clock.objects.get(handoff=row, kind="claim").verdict == Verdict.WAIVED
    after = claims_in(manager)
    assert (after["Breached"], after["Waived"]) == ("0", "1")
    manager.goto(REPORTS)
    expect(manager.get_by_text("Waived: 1").first).to_be_attached()


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_promise_is_paused_and_goes_on(
    people: Cast, sign_in: SignIn, axe: Axe, phone: bool
) -> None:
    open_always(people)
    row = handoff_at(HandoffState.CLAIMED, people, at=timezone.now() - timedelta(minutes=10))
    page = sign_in(people.sam, phone=phone, dark=phone)
    page.goto(reverse("leads:handoff", args=[row.pk]))
    promise = page.locator(".clock-row").filter(has_text=re.compile("^\\s*First attempt"))
    promise.locator("summary").filter(has_text="Pause").click()
    promise.get_by_label("Why").fill("waits for the customer")
    promise.get_by_role("button", name="Pause").click()
    expect(promise.locator(".clock").first).to_have_text("paused")
    assert axe.run(page).response["violations"] == []
    promise.get_by_role("button", name="Count again").click()
    expect(promise.locator(".clock").first).to_contain_text("left")
