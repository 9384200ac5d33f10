"""What people are told when the database is away or a page fails."""

from collections.abc import Iterator

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, set_urlconf

from handoff import urls

handler500 = urls.handler500


def away(request: HttpRequest) -> HttpResponse:
    raise OperationalError("the server closed the connection")


def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [
    *urls.urlpatterns,
    path("away/", away),
    path("api/away/", away),
    path("broken/", broken),
]


@pytest.fixture
def client(settings: object) -> Iterator[Client]:
    settings.ROOT_URLCONF = __name__  # type: ignore[attr-defined]
    yield Client(raise_request_exception=False)
    set_urlconf(None)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "The database is away for a moment."), ("pt-br", "O banco de dados está fora do ar")],
)
def test_a_database_that_is_away_asks_to_come_back(
    client: Client, language: str, sentence: str
) -> None:
    answer = client.get("/away/", headers={"Accept-Language": language})
    assert answer.status_code == 503
    assert answer["Retry-After"] == "3"
    assert sentence in answer.content.decode()


def test_the_api_says_the_same_in_json(client: Client) -> None:
    answer = client.get("/api/away/", headers={"Accept-Language": "en"})
    assert answer.status_code == 503
    assert answer.json()["reason"] == "away"


def test_our_own_fault_is_a_500_that_says_so(client: Client) -> None:
    answer = client.get("/broken/", headers={"Accept-Language": "en"})
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()
