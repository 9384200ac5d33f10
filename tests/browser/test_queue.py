"""The queue, the workspace, my work and the offer, as people meet them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from leads.actions import contact
from leads.models import Handoff
from leads.stages import HandoffState, LeadStage
from tests.browser.conftest import SignIn
from tests.cast import Cast
from tests.walk import handoff_at, lead_at


@pytest.fixture
def cast(people: Cast) -> Cast:
    return people


def recent(cast: Cast, state: HandoffState, **fields: Any) -> Handoff:
    return handoff_at(state, cast, at=timezone.now() - timedelta(minutes=10), **fields)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_each_page_is_accessible_and_fits(
    cast: Cast, sign_in: SignIn, axe: Axe, dark: bool, phone: bool
) -> None:
    waiting = recent(cast, HandoffState.WAITING, name="Bruna " + "Albuquerque " * 6)
    held, ended = recent(cast, HandoffState.CLAIMED), recent(cast, HandoffState.RETURNED)
    contact.plan(
        handoff_id=held.pk,
        what="Send the proposal",
        due_at=timezone.now() + timedelta(days=1),
        by=cast.sam,
        at=timezone.now(),
    )
    tess, mara = (sign_in(one, dark=dark, phone=phone) for one in (cast.tess, cast.mara))
    offer = f"/leads/{lead_at(LeadStage.MQL, cast).pk}/handoff/"
    workspaces = [row.get_absolute_url() for row in (waiting, held, ended)]
    for page, path in (
        *((tess, path) for path in ("/queue/", "/work/", *workspaces)),
        *((mara, path) for path in (offer, workspaces[0])),
    ):
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator("[aria-busy]:visible")).to_have_count(0)
        assert axe.run(page).response["violations"] == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_a_queue_is_worked_by_keyboard(cast: Cast, sign_in: SignIn) -> None:
    rows = [recent(cast, HandoffState.WAITING, name=name) for name in ("Ana Um", "Bia Dois")]
    sam = sign_in(cast.sam)
    sam.goto("/queue/")
    for name in ("Ana Um", "Bia Dois"):
        sam.keyboard.press("j")
        expect(sam.get_by_role("link", name=name)).to_be_focused()
    sam.keyboard.press("k")
    sam.keyboard.press("Enter")
    expect(sam).to_have_url(re.compile(rows[0].get_absolute_url()))
    sam.keyboard.press("c")
    expect(sam.get_by_role("heading", name="Log an attempt")).to_be_visible()
    assert Handoff.objects.get(pk=rows[0].pk).claimed_by == cast.sam


def test_a_new_row_comes_by_itself_and_focus_stays(cast: Cast, sign_in: SignIn) -> None:
    recent(cast, HandoffState.WAITING, name="Ana Um")
    sam = sign_in(cast.sam)
    sam.goto("/queue/")
    sam.get_by_role("link", name="Ana Um").focus()
    sam.wait_for_timeout(1_500)
    recent(cast, HandoffState.WAITING, name="Bia Dois")
    expect(sam.get_by_role("link", name="Bia Dois")).to_be_visible(timeout=3_000)
    expect(sam.locator("#queue-strip")).to_contain_text("2")
    expect(sam.get_by_role("link", name="Ana Um")).to_be_focused()


def test_a_list_stands_still_under_a_pressed_button(cast: Cast, sign_in: SignIn) -> None:
    """Else the click is lost: it ends on another row than it began on."""
    row = recent(cast, HandoffState.WAITING, name="Ana Um")
    sam, sol = sign_in(cast.sam), sign_in(cast.sol)
    for page in (sam, sol):
        page.goto("/queue/")
    sam.wait_for_timeout(1_500)
    sam.get_by_role("button", name="Claim", exact=True).hover()
    sam.mouse.down()
    recent(cast, HandoffState.WAITING, name="Bia Dois")
    expect(sol.get_by_role("link", name="Bia Dois")).to_be_visible()
    sam.wait_for_timeout(500)
    expect(sam.get_by_role("link", name="Bia Dois")).to_have_count(0)
    sam.mouse.up()
    expect(sam).to_have_url(re.compile(row.get_absolute_url()))


def test_what_is_wrong_with_a_step_stands_at_its_field(cast: Cast, sign_in: SignIn) -> None:
    row = recent(cast, HandoffState.CLAIMED)
    sam = sign_in(cast.sam)
    sam.goto(row.get_absolute_url())
    fold = sam.locator("#step-return")
    fold.locator("summary").click()
    fold.get_by_label("Reason").select_option("other")
    fold.get_by_role("button", name="Return").click()
    expect(fold.get_by_text("Say in a note what the reason is.")).to_be_visible()
    fold.get_by_label("Note").fill("Closed the shop.")
    fold.get_by_role("button", name="Return").click()
    expect(sam.get_by_text("Other reason").first).to_be_visible()


def test_the_package_is_weighed_while_it_is_written(cast: Cast, sign_in: SignIn) -> None:
    lead = lead_at(LeadStage.MQL, cast)
    mara = sign_in(cast.mara)
    mara.goto(f"/leads/{lead.pk}/handoff/")
    package = mara.locator("#package")
    expect(package.get_by_text("Say what to know first")).to_be_visible()
    mara.get_by_label("Note to the seller").fill("Call before noon.")
    expect(package.get_by_text("Call before noon.")).to_be_visible()
    expect(package.get_by_text("Say what to know first")).to_have_count(0)
