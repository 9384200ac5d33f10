"""Notices go out by real SMTP, once, each in the reader's language; trouble waits its turn."""

import smtplib
import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from handoff.journal import outbox as journal
from handoff.journal.models import Entry
from handoff.notices import outbox
from handoff.notices.models import Delivery
from handoff.notices.tell import tell
from leads.stages import HandoffState
from sla.actions import clocks
from tests.cast import MONDAY, Cast
from tests.handoff.notices.sink import Sink, sink
from tests.walk import handoff_at

LATER = MONDAY + timedelta(minutes=20)
State = Delivery.State


@pytest.fixture(autouse=True)
def smtp(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_TIMEOUT = 2


@pytest.fixture
def mail(settings: Settings) -> Iterator[Sink]:
    with sink() as server:
        settings.EMAIL_PORT = server.port
        yield server


def any_entry(cast: Cast) -> Entry:
    handoff_at(HandoffState.WAITING, cast)
    return Entry.objects.latest("id")


def told(cast: Cast, **more: object) -> Delivery:
    tell(entry=any_entry(cast), recipients=[cast.sam], subject="Look", body="Now", url="/x/")
    return Delivery.objects.get(recipient=cast.sam, channel="email")


def test_a_breach_reaches_its_people_by_bell_and_mail(cast: Cast, mail: Sink) -> None:
    cast.tess.language = "pt-br"
    cast.tess.save()
    row = handoff_at(HandoffState.WAITING, cast)
    clocks.fire_due(at=LATER)
    while journal.fire_next(at=LATER):
        pass
    assert {one.recipient for one in Delivery.objects.filter(event="clock.breached")} == {cast.tess}
    bell = Delivery.objects.get(event="clock.breached", channel="bell")
    assert (bell.state, bell.url) == (State.SENT, f"/handoffs/{row.pk}/")
    while outbox.fire_next(at=LATER):
        pass
    to_tess = [one for one in mail.messages if one["To"] == cast.tess.email]
    assert len(to_tess) == Delivery.objects.filter(recipient=cast.tess, channel="email").count()
    assert str(row.lead) in to_tess[-1]["Subject"]
    assert f"/handoffs/{row.pk}/" in to_tess[-1].get_content()
    assert to_tess[-1]["Message-ID"].startswith("<delivery-")


def test_nobody_is_told_twice_of_one_entry(cast: Cast, mail: Sink) -> None:
    delivery = told(cast)
    tell(entry=delivery.entry, recipients=[cast.sam, cast.sam], subject="Again", url="/x/")
    assert Delivery.objects.filter(entry=delivery.entry, recipient=cast.sam).count() == 2
    assert outbox.fire_next(at=MONDAY + timedelta(hours=1))
    assert not outbox.fire_next(at=MONDAY + timedelta(hours=1))
    assert [one["Subject"] for one in mail.messages] == ["Look"]


def test_who_wants_no_mail_still_has_the_bell(cast: Cast, mail: Sink) -> None:
    cast.sam.email_notices = False
    cast.sam.save()
    delivery = told(cast)
    outbox.fire_next(at=LATER)
    delivery.refresh_from_db()
    assert (delivery.state, mail.messages) == (State.SILENT, [])
    assert Delivery.objects.bell_of(cast.sam.pk).unread().count() == 1


def test_a_subject_cannot_smuggle_a_header(cast: Cast, mail: Sink) -> None:
    entry = any_entry(cast)
    tell(entry=entry, recipients=[cast.sam], subject="Hi\r\nBcc: x@y.example", url="")
    outbox.fire_next(at=LATER)
    assert mail.messages[0]["Bcc"] is None
    assert mail.messages[0]["Subject"] == "Hi Bcc: x@y.example"


def test_an_unknown_mailbox_is_given_up_at_once(cast: Cast, settings: Settings) -> None:
    with sink(RCPT="550 no such user") as server:
        settings.EMAIL_PORT = server.port
        delivery = told(cast)
        outbox.fire_next(at=LATER)
        delivery.refresh_from_db()
        assert (delivery.state, delivery.next_at) == (State.FAILED, None)
        assert "no such user" in delivery.error


def test_a_busy_mailbox_is_tried_again_later_and_later(cast: Cast, settings: Settings) -> None:
    with sink(RCPT="450 busy") as server:
        settings.EMAIL_PORT = server.port
        delivery = told(cast)
        waits = []
        for _ in range(3):
            at = Delivery.objects.get(pk=delivery.pk).next_at
            assert at is not None
            assert outbox.fire_next(at=at)
            delivery.refresh_from_db()
            assert delivery.next_at is not None
            waits.append((delivery.next_at - at).total_seconds())
    assert waits == [5, 10, 20]
    assert delivery.state == State.WAITING


def test_a_server_that_is_away_makes_all_wait_and_none_fail(cast: Cast, settings: Settings) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = closed.getsockname()[1]
    entry = any_entry(cast)
    tell(entry=entry, recipients=[cast.sam, cast.sol, cast.tess], subject="Look")
    assert outbox.fire_next(at=LATER)
    assert not outbox.fire_next(at=LATER)
    waiting = Delivery.objects.filter(channel="email", state=State.WAITING, entry=entry)
    assert waiting.count() == 3
    with sink() as server:
        settings.EMAIL_PORT = server.port
        while outbox.fire_next(at=LATER + timedelta(minutes=1)):
            pass
        assert len(server.messages) == 3


def test_after_three_days_it_is_given_up(cast: Cast, settings: Settings) -> None:
    with sink(RCPT="450 busy") as server:
        settings.EMAIL_PORT = server.port
        delivery = told(cast)
        outbox.fire_next(at=delivery.created_at + timedelta(days=4))
        delivery.refresh_from_db()
        assert delivery.state == State.FAILED


def test_the_attempt_is_counted_before_the_work(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = told(cast)

    def die(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(smtplib.SMTP, "connect", die)
    with pytest.raises(KeyboardInterrupt):
        outbox.fire_next(at=LATER)
    delivery.refresh_from_db()
    assert (delivery.attempts, delivery.state) == (1, State.WAITING)
    assert delivery.next_at == LATER + timedelta(minutes=1)
