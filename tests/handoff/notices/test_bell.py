"""The bell: the drop-down, the page, following a notice and reading all of them."""

import pytest
from django.urls import reverse

from handoff.journal.models import Entry
from handoff.notices.models import Delivery
from handoff.notices.queries import bell_page, unread_count
from handoff.notices.tell import tell
from leads.stages import HandoffState
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.walk import handoff_at

HTMX = {"HX-Request": "true"}


def ring(cast: Cast, times: int = 1, subject: str = "Look here") -> Delivery:
    handoff = handoff_at(HandoffState.WAITING, cast)
    for number in range(times):
        entry = Entry.objects.create(
            event="handoff.offered", about="handoff", about_id=handoff.pk, at=handoff.offered_at,
            delivered_at=handoff.offered_at,
        )  # fmt: skip
        url = handoff.get_absolute_url()
        tell(entry=entry, recipients=[cast.sam], subject=f"{subject} {number}", url=url)
    return Delivery.objects.bell_of(cast.sam.pk)[0]


def test_the_drop_down_shows_the_newest_and_the_count(cast: Cast, client_of: ClientOf) -> None:
    ring(cast, 10, subject="<b>Look</b>")
    answer = client_of(cast.sam).get(reverse("notices:bell"), headers=HTMX)
    page = answer.content.decode()
    assert page.count("Look") == 8
    assert "&lt;b&gt;Look" in page
    assert 'hx-swap-oob="true"' in page
    assert "10 unread" in page


def test_the_page_goes_on_after_its_last_row(cast: Cast, client_of: ClientOf) -> None:
    ring(cast, 33)
    client = client_of(cast.sam)
    first = client.get(reverse("notices:bell")).content.decode()
    after = bell_page(cast.sam).next
    assert "Look here 32" in first
    assert after is not None
    assert f"after={after}" in first
    rest = client.get(reverse("notices:bell"), {"after": after}).content.decode()
    assert rest.count("Look here") == 3
    assert "Look here 32" not in rest


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 30, "9" * 19, "²"])
def test_a_cursor_from_elsewhere_is_no_error(cast: Cast, client_of: ClientOf, after: str) -> None:
    ring(cast)
    assert client_of(cast.sam).get(reverse("notices:bell"), {"after": after}).status_code == 200


def test_who_was_told_nothing_sees_why(cast: Cast, client_of: ClientOf) -> None:
    page = client_of(cast.sol).get(reverse("notices:bell")).content.decode()
    assert "What concerns you will ring here." in page


def test_following_a_notice_reads_it(cast: Cast, client_of: ClientOf) -> None:
    notice = ring(cast)
    answer = client_of(cast.sam).get(reverse("notices:follow", args=[notice.pk]))
    assert (answer.status_code, answer["Location"]) == (302, notice.url)
    assert unread_count(cast.sam) == 0
    again = client_of(cast.sam).get(reverse("notices:follow", args=[notice.pk]))
    assert again.status_code == 302


def test_anothers_notice_is_nowhere(cast: Cast, client_of: ClientOf) -> None:
    notice = ring(cast)
    answer = client_of(cast.sol).get(reverse("notices:follow", args=[notice.pk]))
    assert answer.status_code == 404
    assert unread_count(cast.sam) == 1


def test_reading_all_leaves_others_alone(cast: Cast, client_of: ClientOf) -> None:
    ring(cast, 2)
    client_of(cast.sol).post(reverse("notices:read_all"))
    assert unread_count(cast.sam) == 2
    page = client_of(cast.sam).post(reverse("notices:read_all"), headers=HTMX)
    assert page.status_code == 200
    assert unread_count(cast.sam) == 0
    assert client_of(cast.sam).post(reverse("notices:read_all")).status_code == 302


def test_reading_all_is_no_get_and_needs_somebody(cast: Cast, client_of: ClientOf) -> None:
    assert client_of(cast.sam).get(reverse("notices:read_all")).status_code == 405


def test_a_visitor_is_led_to_the_door(client: object, db: None) -> None:
    answer = client.get(reverse("notices:bell"))  # type: ignore[attr-defined]
    assert answer.status_code == 302
