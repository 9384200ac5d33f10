"""Signing in: by whatever spelling, never by what is hostile, with a second step where wanted."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.test import Client
from kombu.exceptions import OperationalError

from handoff.people.actions import Place, edit_person
from handoff.people.models import Role, User
from handoff.people.tasks import post_password_link, send_password_link
from tests.cast import MONDAY, PASSWORD, Cast
from tests.conftest import ClientOf

pytestmark = pytest.mark.django_db
LOGIN = "/account/login/"


def sign_in(client: Client, login: str, password: str = PASSWORD) -> Any:
    return client.post(LOGIN, {"login": login, "password": password})


def code_of(secret: str) -> str:
    """What the app on a phone would show now."""
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def is_in(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


@pytest.mark.parametrize(
    "login",
    [
        "sam@handoff.test",
        "SAM@Handoff.TEST",
        "  sam@handoff.test ",
        "ｓａｍ＠ｈａｎｄｏｆｆ．ｔｅｓｔ",
        "sam＠handoff.test",
    ],
)
def test_every_spelling_of_an_address_is_the_same_person(cast: Cast, login: str) -> None:
    client = Client()
    assert sign_in(client, login).status_code == 302
    assert is_in(client)


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("sam@handoff.test", "wrong"),
        ("nobody@handoff.test", PASSWORD),
        ("sam@handoff.test", ""),
        ("", PASSWORD),
        ("a" * 5_000 + "@handoff.test", PASSWORD),
        ("sam@handoff.test", "x" * 100_000),
        ('"><script>"@x.com', PASSWORD),
        ("' OR 1=1 --@x.com", PASSWORD),
        ("ſam@handoff.test", "wrong"),
        ("sam@handoff.test\u202e", "wrong"),
    ],
)
def test_what_is_wrong_is_refused_on_the_page(cast: Cast, login: str, password: str) -> None:
    client = Client()
    answer = sign_in(client, login, password)
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode().split("</head>")[1]
    assert not is_in(client)


@pytest.mark.parametrize("login", ["sam\x00@handoff.test", "sam@handoff.test\x00"])
def test_a_nul_is_a_bad_request(cast: Cast, login: str) -> None:
    assert sign_in(Client(), login).status_code == 400


def test_a_lone_surrogate_is_a_bad_request(cast: Cast) -> None:
    body = b"login=%ED%A0%80sam%40handoff.test&password=x"
    answer = Client().post(LOGIN, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (200, 400)


def test_ten_wrong_passwords_lock_every_spelling(cast: Cast) -> None:
    spellings = ("sam@handoff.test", "SAM@handoff.test", "ｓａｍ@handoff.test")
    for n in range(10):
        sign_in(Client(), spellings[n % 3], "wrong")
    locked = sign_in(Client(), "sam@handoff.test")
    assert locked.status_code == 429
    assert "Too many attempts" in locked.content.decode()
    assert sign_in(Client(), "sol@handoff.test").status_code == 302


def test_nobody_signs_up(cast: Cast) -> None:
    before = User.objects.count()
    form = {"email": "eve@handoff.test", "password1": PASSWORD, "password2": PASSWORD}
    assert Client().get("/account/signup/").status_code == 200
    Client().post("/account/signup/", form)
    assert User.objects.count() == before


def test_an_address_is_changed_by_an_administrator_alone(cast: Cast, client_of: ClientOf) -> None:
    sam = client_of(cast.sam)
    assert sam.get("/account/email/")["Location"] == "/profile/"
    assert (
        sam.post("/account/email/", {"email": "x@y.test", "action_add": ""})["Location"]
        == "/profile/"
    )
    assert not EmailAddress.objects.filter(email="x@y.test").exists()


def test_an_old_address_opens_nothing(cast: Cast) -> None:
    EmailAddress.objects.create(user=cast.sam, email="sam@handoff.test", primary=True)
    edit_person(
        person_id=cast.sam.pk,
        name="Sam",
        email="samuel@handoff.test",
        language="",
        places=[Place(Role.SELLER, cast.sales)],
        by=cast.ada,
        at=MONDAY,
    )
    assert sign_in(Client(), "sam@handoff.test").status_code == 200
    assert sign_in(Client(), "samuel@handoff.test").status_code == 302


def test_a_forgotten_password_is_chosen_anew(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[int, bool, str]] = []
    monkeypatch.setattr(send_password_link, "delay", lambda *args: sent.append(args))
    User.objects.filter(pk=cast.sam.pk).update(language="pt-br")
    answer = Client().post("/account/password/reset/", {"email": "ＳＡＭ@handoff.test"})
    assert answer.status_code == 302
    assert sent == [(cast.sam.pk, False, "en")]
    assert send_password_link(*sent[0])
    (letter,) = mail.outbox
    assert letter.to == ["sam@handoff.test"]
    assert re.search(r"/account/password/reset/key/\S+", str(letter.body))


def test_whom_nobody_knows_is_written_nothing(cast: Cast) -> None:
    answer = Client().post("/account/password/reset/", {"email": "nobody@handoff.test"})
    assert answer.status_code == 302
    assert not mail.outbox


def test_a_dead_broker_does_not_stop_the_post(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def dead(*args: object) -> None:
        raise OperationalError

    monkeypatch.setattr(send_password_link, "delay", dead)
    post_password_link(cast.sam, invited=False)
    assert len(mail.outbox) == 1


def test_a_dead_post_is_written_down_and_stops_nobody(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dead(*args: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("handoff.people.letters.send_mail", dead)
    assert send_password_link(cast.sam.pk, False, "en") is False


@pytest.mark.parametrize(
    "key", ["zzzzzzzzzzzzzzzzzzzz-x", "1-x", "zzzzzzzzzzzz-abc-def", "0-set-password"]
)
def test_a_made_up_link_is_told_so(cast: Cast, key: str) -> None:
    answer = Client().get(f"/account/password/reset/key/{key}/", follow=True)
    assert answer.status_code == 200
    assert answer.context["token_fail"]


def test_who_wants_a_second_step_is_asked_for_it(cast: Cast) -> None:
    client = Client()
    sign_in(client, "sam@handoff.test")
    asked = client.get("/account/2fa/totp/activate/")
    page = client.post(asked["Location"], {"password": PASSWORD}, follow=True)
    secret = page.context["form"].secret
    assert "data:image/svg+xml" in page.content.decode()
    client.post("/account/2fa/totp/activate/", {"code": code_of(secret)})
    assert Authenticator.objects.filter(user=cast.sam).exists()
    assert client.get("/account/2fa/").status_code == 200
    assert client.get("/account/2fa/recovery-codes/").status_code == 200
    second = Client()
    asked = sign_in(second, "sam@handoff.test")
    assert asked["Location"] == "/account/2fa/authenticate/"
    assert not is_in(second)
    row = Authenticator.objects.get(user=cast.sam, type=Authenticator.Type.RECOVERY_CODES)
    codes = RecoveryCodes(row).get_unused_codes()
    assert second.post(asked["Location"], {"code": "000000"}).status_code == 200
    second.post(asked["Location"], {"code": codes[0]})
    assert is_in(second)


def test_a_second_step_is_not_guessed(cast: Cast) -> None:
    codes = {}
    for person in (cast.sam, cast.sol):
        TOTP.activate(person, generate_totp_secret())
        codes[person] = RecoveryCodes.activate(person).get_unused_codes()
    for _guess in range(5):
        thief = Client()
        asked = sign_in(thief, cast.sam.email)
        assert thief.post(asked["Location"], {"code": "000000"}).status_code == 200
    client = Client()
    asked = sign_in(client, cast.sam.email)
    client.post(asked["Location"], {"code": codes[cast.sam][0]})
    assert not is_in(client)
    other = Client()
    asked = sign_in(other, cast.sol.email)
    other.post(asked["Location"], {"code": codes[cast.sol][0]})
    assert is_in(other)


def test_passwords_are_counted_by_the_house_alone(cast: Cast) -> None:
    for _guess in range(9):
        sign_in(Client(), cast.sam.email, "wrong")
    client = Client()
    assert sign_in(client, cast.sam.email).status_code == 302
    assert is_in(client)


def test_a_person_proves_themselves_again_by_password(cast: Cast, client_of: ClientOf) -> None:
    sam = client_of(cast.sam)
    asked = sam.get("/account/2fa/totp/activate/")
    assert asked["Location"].startswith("/account/reauthenticate/")
    assert sam.post(asked["Location"], {"password": "wrong"}).status_code == 200
    assert sam.post(asked["Location"], {"password": PASSWORD}).status_code == 302
    assert sam.get("/account/2fa/totp/activate/").status_code == 200
