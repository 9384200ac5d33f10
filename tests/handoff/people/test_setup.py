"""The first run: one administrator, two teams, and never again."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from handoff.people import actions
from handoff.people.first_run import FirstRunMiddleware
from handoff.people.models import Role, Side, Team, User
from tests.cast import MONDAY, PASSWORD, Cast

FORM: dict[str, Any] = {
    "name": "Ada Alves",
    "email": "ADA@handoff.test",
    "password": PASSWORD,
    "zone": "America/Sao_Paulo",
    "marketing": "Demand",
    "sales": "Closers",
}


@pytest.fixture
def empty_house(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FirstRunMiddleware, "inhabited", False)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/queue/", "/account/login/", "/nothing/at/all"])
def test_before_anybody_is_there_every_page_leads_to_setup(empty_house: None, path: str) -> None:
    assert Client().get(path)["Location"] == "/setup/"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz/live", "/api/schema/", "/setup/"])
def test_what_is_no_page_answers_by_itself(empty_house: None, path: str) -> None:
    assert Client().get(path).status_code in (200, 401)


@pytest.mark.django_db
def test_the_first_person_becomes_administrator_and_is_in(empty_house: None) -> None:
    client = Client(headers={"accept-language": "pt-BR,pt;q=0.9"})
    assert client.get("/setup/").status_code == 200
    assert client.post("/setup/", FORM)["Location"] == "/people/"
    ada = User.objects.get()
    assert (ada.email, ada.language) == ("ada@handoff.test", "pt-br")
    assert ada.memberships.get().role == Role.ADMINISTRATOR
    assert set(Team.objects.values_list("name", "side")) == {
        ("Demand", Side.MARKETING),
        ("Closers", Side.SALES),
    }
    assert client.get("/people/").status_code == 200
    assert client.get("/setup/").status_code == 404
    assert client.post("/setup/", FORM).status_code == 404
    assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nobody"),
        ("email", '"><script>"@x'),
        ("password", "short"),
        ("password", "12345678901"),
        ("password", "ada alves"),
        ("zone", "Mars/Olympus"),
        ("marketing", ""),
        ("sales", "DEMAND"),
        ("name", "x" * 121),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    empty_house: None, field: str, value: str
) -> None:
    answer = Client().post("/setup/", FORM | {field: value})
    assert field in answer.context["form"].errors
    assert not User.objects.exists()
    assert not Team.objects.exists()


@pytest.mark.django_db
def test_an_inhabited_house_has_no_setup(cast: Cast) -> None:
    assert Client().get("/setup/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_wins(empty_house: None) -> None:
    assert len(race()) == 1
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would_win(
    empty_house: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "_wait_for_turn", threading.Barrier(2, timeout=10).wait)
    exists = User.objects.exists
    together = threading.Barrier(2, timeout=10)

    def looked() -> bool:
        found = exists()
        together.wait()
        return found

    monkeypatch.setattr(User.objects, "exists", looked)
    assert len(race()) == 2


def race() -> list[User]:
    """Two set-ups of different people at once; those who became administrator."""
    winners: list[User] = []

    def run(n: int) -> None:
        try:
            user = actions.set_up(
                name=f"N{n}",
                email=f"n{n}@handoff.test",
                password=PASSWORD,
                language="en",
                zone="",
                marketing=f"M{n}",
                sales=f"S{n}",
                at=MONDAY,
            )
            if user:
                winners.append(user)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return winners
