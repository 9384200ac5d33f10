"""Fixtures that every room may use."""

from collections.abc import Callable, Iterator, Sequence

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation
from rest_framework.test import APIClient

from handoff.people.first_run import FirstRunMiddleware
from handoff.people.models import ApiToken, Scope, User
from tests.cast import MONDAY, Cast, make_cast

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

ClientOf = Callable[[User], Client]
ApiOf = Callable[..., APIClient]


class JsonClient(APIClient):
    default_format = "json"


@pytest.fixture(autouse=True)
def one_language() -> Iterator[None]:
    """What a request of the test before spoke is forgotten."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def inhabited_house(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test but that of the first run is led to it; no count of attempts outlives a test."""
    monkeypatch.setattr(FirstRunMiddleware, "inhabited", True)
    cache.clear()


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def client_of() -> ClientOf:
    """A browser in which somebody is signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend=BACKEND)
        return client

    return sign_in


@pytest.fixture
def api_of() -> ApiOf:
    """A program that carries a fresh token of somebody, with every scope unless some are named."""

    def carry(user: User, scopes: Sequence[str] = tuple(Scope.values)) -> APIClient:
        _row, secret = ApiToken.issue(user=user, name="test", scopes=list(scopes), at=MONDAY)
        client = JsonClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        return client

    return carry
