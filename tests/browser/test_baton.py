"""The whole job in a browser: one baton that is passed well, and one that is missed."""

import re
from datetime import timedelta
from typing import Final

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from handoff.calendars import actions as calendars
from handoff.notices.models import Delivery
from leads.models import Handoff, Lead
from leads.stages import HandoffState, LeadStage
from sla.actions.terms import Terms
from sla.models import ClauseKind, Clock, Escalation, Verdict
from tests.browser.conftest import SignIn
from tests.cast import Cast
from tests.walk import agreed, lead_at

ALWAYS: Final = {
    day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
}
SOON: Final = 1_000
"""Milliseconds within which new work is on a seller's screen."""


def open_always(cast: Cast, **seconds: int) -> None:
    """An agreement that never closes, so that the hour of the test does not matter."""
    now = timezone.now()
    version = calendars.create(name="Always", by=cast.ada, at=now, zone="UTC", weekly=ALWAYS)
    agreed(
        cast,
        team=cast.sales,
        calendar_id=version.calendar_id,
        clauses=[
            Terms(ClauseKind.CLAIM, seconds.get("claim", 900), seconds.get("warn", 300), 2),
            Terms(ClauseKind.FIRST_ATTEMPT, seconds.get("attempt", 900), 1, 2),
            Terms(ClauseKind.FEEDBACK, 3_600, 600),
            Terms(ClauseKind.LEASE, seconds.get("lease", 1_800)),
        ],
        at=now,
    )


def ready(cast: Cast, *, name: str) -> Lead:
    return lead_at(LeadStage.MQL, cast, at=timezone.now() - timedelta(minutes=10), name=name)


def hand_off(page: Page, lead: Lead) -> None:
    page.goto(lead.get_absolute_url())
    page.get_by_role("link", name="Hand off", exact=True).click()
    page.get_by_label("Sales team").select_option(label="Inside Sales")
    page.get_by_label("Note to the seller").fill("Call after ten, she opens the shop herself.")
    page.get_by_label("Promise of the campaign").fill("A first look within a week.")
    page.get_by_role("button", name="Hand off", exact=True).click()
    expect(page).not_to_have_url(re.compile("/handoff/$"))


def give_feedback(page: Page, stars: str, comment: str) -> None:
    page.get_by_label(stars).check()
    page.get_by_role("group", name="Was it what the agreement promises?").get_by_label(
        "Yes"
    ).check()
    page.get_by_label("What should marketing know?").fill(comment)
    page.get_by_role("button", name="Give feedback").click()
    expect(page.get_by_text(comment)).to_be_visible()


@pytest.fixture
def cast(people: Cast) -> Cast:
    return people


def test_the_whole_baton(cast: Cast, sign_in: SignIn) -> None:
    open_always(cast)
    first, second = ready(cast, name="Bruna Alves"), ready(cast, name="Caio Prado")
    mara, sam, sol, tess = (sign_in(one) for one in (cast.mara, cast.sam, cast.sol, cast.tess))

    sam.goto("/queue/")
    sol.goto("/queue/")
    tess.goto("/board/")
    expect(sam.get_by_text("Nobody is waiting")).to_be_visible()

    hand_off(mara, first)
    expect(sam.get_by_role("link", name="Bruna Alves")).to_be_visible(timeout=SOON)
    expect(sol.get_by_role("link", name="Bruna Alves")).to_be_visible(timeout=SOON)
    expect(sam.locator("[data-clock-text]").first).to_have_text(re.compile("1[45] min left"))

    # Sol's page is stale on purpose: what she clicks is already gone.
    stale = sol.locator("[data-row] button", has_text="Claim").get_attribute("hx-post")
    sam.get_by_role("button", name="Claim", exact=True).click()
    expect(sam.get_by_role("heading", name="Bruna Alves")).to_be_visible()
    sol.evaluate("path => htmx.ajax('POST', path, {target: '#messages'})", stale)
    expect(sol.get_by_role("alert")).to_contain_text("Sam claimed this lead first.")
    expect(sol.get_by_text("Nobody is waiting")).to_be_visible()

    # Everything marketing knew is there, and the claim clock has stopped in time.
    expect(sam.get_by_text("Call after ten, she opens the shop herself.")).to_be_visible()
    expect(sam.get_by_text("A first look within a week.")).to_be_visible()
    claimed = Handoff.objects.get(lead=first)
    claim_clock = Clock.objects.get(handoff=claimed, kind=ClauseKind.CLAIM)
    assert (claim_clock.verdict, claim_clock.stopped_at) == (Verdict.MET, claimed.claimed_at)

    sam.get_by_label("No answer").check()
    sam.get_by_role("button", name="Log it").click()
    expect(sam.get_by_text("Call: No answer")).to_be_visible()
    attempt_clock = Clock.objects.get(handoff=claimed, kind=ClauseKind.FIRST_ATTEMPT)
    assert attempt_clock.verdict == Verdict.MET

    sam.locator("#step-return summary").click()
    sam.locator("#step-return").get_by_label("Reason").select_option("bad_data")
    sam.locator("#step-return").get_by_label("Note").fill("The phone belongs to somebody else.")
    sam.locator("#step-return").get_by_role("button", name="Return").click()
    expect(sam.get_by_text("The phone belongs to somebody else.").first).to_be_visible()
    give_feedback(sam, "2 ★ weak", "Check phones before the baton passes.")

    hand_off(mara, second)
    sam.goto("/queue/")
    sam.keyboard.press("j")
    sam.keyboard.press("c")
    expect(sam.get_by_role("heading", name="Caio Prado")).to_be_visible()
    sam.get_by_label("Talked").check()
    sam.get_by_role("button", name="Log it").click()
    expect(sam.get_by_text("Call: Talked")).to_be_visible()
    sam.locator("#step-win summary").click()
    sam.locator("#step-win").get_by_label("Value").fill("1500")
    sam.locator("#step-win").get_by_role("button", name="Record as won").click()
    give_feedback(sam, "5 ★ ready to buy", "More of these, please.")

    mara.goto(first.get_absolute_url())
    expect(mara.get_by_text("Check phones before the baton passes.")).to_be_visible()
    expect(mara.get_by_text("Returned", exact=True).first).to_be_visible()
    mara.goto(second.get_absolute_url())
    expect(mara.get_by_text("More of these, please.")).to_be_visible()
    expect(mara.get_by_text("Won", exact=True).first).to_be_visible()
    mara.goto("/desk/")
    expect(mara.get_by_role("link", name="Bruna Alves")).to_be_visible()

    # Tess never reloaded: her board was told.
    expect(tess.get_by_role("row", name=re.compile("Sam"))).to_be_visible()
    assert Lead.objects.get(pk=second.pk).stage == LeadStage.WON


def test_the_missed_one_escalates_and_is_rescued(cast: Cast, sign_in: SignIn) -> None:
    open_always(cast, claim=4, warn=2, attempt=4, lease=8)
    lead = ready(cast, name="Dora Lins")
    mara, sol, tess = sign_in(cast.mara), sign_in(cast.sol), sign_in(cast.tess)
    tess.goto("/board/")
    hand_off(mara, lead)
    handoff = Handoff.objects.get(lead=lead)
    clock = Clock.objects.get(handoff=handoff, kind=ClauseKind.CLAIM)

    # Nobody claims: late at the true instant, told to the lead, then to the manager.
    expect(tess.get_by_role("link", name="Dora Lins")).to_be_visible(timeout=10_000)
    assert rings(tess, "Dora Lins")
    manager = sign_in(cast.max)
    assert rings(manager, "Dora Lins")
    clock.refresh_from_db()
    assert clock.verdict == Verdict.BREACHED
    breached = Escalation.objects.get(clock=clock, stage="breached")
    assert breached.due_at == clock.due_at
    assert breached.recorded_at - clock.due_at <= timedelta(seconds=2)
    for person in (cast.tess, cast.max):
        told = Delivery.objects.filter(recipient=person, entry__about_id=clock.pk)
        assert {row.channel for row in told} == {"bell", "email"}

    # Sol claims it and does nothing: after the lease it is back in the queue, for everybody.
    sol.goto("/queue/")
    sol.get_by_role("button", name="Claim", exact=True).click()
    expect(sol.get_by_role("heading", name="Dora Lins")).to_be_visible()
    sam = sign_in(cast.sam)
    sam.goto("/queue/")
    expect(sam.get_by_role("link", name="Dora Lins")).to_be_visible(timeout=14_000)
    expect(sam.get_by_text("rescued")).to_be_visible()
    handoff.refresh_from_db()
    assert (handoff.state, handoff.rescues) == (HandoffState.WAITING, 1)


def rings(page: Page, name: str) -> bool:
    """Whether the bell names somebody within ten seconds."""
    for _try in range(20):
        page.goto("/bell/")
        if page.get_by_role("main").get_by_text(name).count():
            return True
        page.wait_for_timeout(500)
    return False
