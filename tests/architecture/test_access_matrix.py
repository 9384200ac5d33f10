"""Every route × method × person, against the table in `tests.expectations`."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from leads.actions import outcome
from tests.cast import Cast
from tests.conftest import ApiOf, ClientOf
from tests.expectations import ALL, ROUTES, SEES, Door, Route, routes_of
from tests.things import Things

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
ANSWERED: Final = {200, 201, 202, 204, 302, 400, 409, 422}
REFUSED: Final = {403, 404, 405}
pytestmark = pytest.mark.django_db


def patterns(
    tree: list[URLPattern | URLResolver], space: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    for each in tree:
        if isinstance(each, URLPattern):
            yield space + (each.name or f"without a name: {each.pattern}"), each
        else:
            inner = f"{space}{each.namespace}:" if each.namespace else space
            yield from patterns(each.url_patterns, inner)


HOUSE: Final = dict(patterns(get_resolver().url_patterns))


def names(*doors: Door) -> list[str]:
    return [name for name in ROUTES if routes_of(name)[0].door in doors]


DOORS: Final = names("page", "api")
PAGES: Final = names("page")
NAMED: Final = [name for name in DOORS if (line := routes_of(name)[0]).thing and line.arg]
ACCOUNT: Final = {
    "account_confirm_email": {"key": "x"},
    "account_reset_password_from_key": {"uidb36": "1", "key": "set-password"},
}


@pytest.fixture(autouse=True)
def a_refusal_ends_its_own_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """`accept` joins the transaction around it, which in a test is the test's own."""
    monkeypatch.setattr(outcome, "accept", transaction.atomic(outcome.accept))


def test_every_route_says_whom_it_answers() -> None:
    assert sorted(set(HOUSE) - set(ROUTES)) == [], "Add a line to tests/expectations.py."


def test_no_expectation_outlives_its_route() -> None:
    assert sorted(set(ROUTES) - set(HOUSE)) == []


class Visit:
    """A route with its path and its bodies, as they are for this cast."""

    def __init__(self, name: str, cast: Cast) -> None:
        self.name = name
        self.things = Things(cast)
        self.lines = [replace(line, send=self.filled(line.send)) for line in routes_of(name)]
        first = self.lines[0]
        ids = {first.arg: self.things.id_of(first.thing)} if first.thing and first.arg else {}
        self.path = reverse(name, kwargs=ids)

    def filled(self, body: Any) -> Any:
        if isinstance(body, Mapping):
            return {key: self.filled(value) for key, value in body.items()}
        if isinstance(body, list):
            return [self.filled(value) for value in body]
        if isinstance(body, str) and body.startswith("$"):
            return self.things.id_of(body[1:])
        return body

    def line(self, method: str) -> Route:
        """The line of the table for this method; for one it does not name, the first."""
        return next((line for line in self.lines if method in line.methods), self.lines[0])


def asked(client: Client, method: str, path: str, route: Route) -> HttpResponse:
    """One request, whose writes are undone."""
    call = getattr(client, method.lower())
    with transaction.atomic():
        answer: HttpResponse = call(path, dict(route.send) if method != "GET" else {})
        transaction.set_rollback(True)
    return answer


def wanted(route: Route, method: str, person: str) -> set[int]:
    """The statuses that are right for this person."""
    may, sees = person in route.who, not route.thing or person in SEES[route.thing]
    if method not in route.methods:
        return {405} if may and sees else REFUSED
    if may and sees:
        return ANSWERED
    if not route.arg:
        return {403, 404}
    if may:
        return {404}
    return {403} if sees else {403, 404}


@pytest.mark.parametrize("name", DOORS)
def test_a_route_answers_whom_it_should(
    name: str, cast: Cast, client_of: ClientOf, api_of: ApiOf
) -> None:
    visit = Visit(name, cast)
    wrong = []
    for person in sorted(ALL):
        user = getattr(cast, person)
        client = client_of(user) if name in PAGES else api_of(user)
        for method in METHODS:
            line = visit.line(method)
            status = asked(client, method, visit.path, line).status_code
            if status not in wanted(line, method, person):
                wrong.append(f"{person} {method}: {status}")
    assert not wrong, wrong


@pytest.mark.parametrize("name", DOORS)
def test_a_visitor_is_asked_to_sign_in(name: str, cast: Cast) -> None:
    visit = Visit(name, cast)
    for method in METHODS:
        line = visit.line(method)
        answer = asked(Client(), method, visit.path, line)
        if answer.status_code == 405 and method not in line.methods:
            continue
        if line.door == "api":
            assert answer.status_code == 401, method
        else:
            assert answer.status_code == 302, method
            assert answer["Location"].startswith("/account/login/?next=/")


@pytest.mark.parametrize("name", NAMED)
def test_what_does_not_exist_is_not_there(
    name: str, cast: Cast, client_of: ClientOf, api_of: ApiOf
) -> None:
    visit = Visit(name, cast)
    client = client_of(cast.ada) if name in PAGES else api_of(cast.ada)
    mark = 123_456_789
    path = reverse(name, kwargs={visit.lines[0].arg: mark})
    for number in (0, 999_999, 2**63 - 1, 2**63, 10**30):
        for line in visit.lines:
            for method in line.methods:
                elsewhere = path.replace(str(mark), str(number))
                assert asked(client, method, elsewhere, line).status_code == 404, (method, number)


@pytest.mark.parametrize("name", names("api"))
def test_a_key_without_a_scope_opens_nothing(name: str, cast: Cast, api_of: ApiOf) -> None:
    visit = Visit(name, cast)
    client = api_of(cast.ada, ())
    for line in visit.lines:
        for method in line.methods:
            assert asked(client, method, visit.path, line).status_code == 403


@pytest.mark.parametrize("name", [n for n in PAGES if "POST" in routes_of(n)[0].methods])
def test_a_form_from_elsewhere_is_refused(name: str, cast: Cast, client_of: ClientOf) -> None:
    visit = Visit(name, cast)
    client = client_of(cast.ada)
    client.handler.enforce_csrf_checks = True
    assert asked(client, "POST", visit.path, visit.lines[0]).status_code == 403


@pytest.mark.parametrize("name", names("public"))
def test_an_open_door_is_open_to_all(name: str, cast: Cast, client_of: ClientOf) -> None:
    (line,) = routes_of(name)
    for client in (Client(), client_of(cast.sam)):
        for method in METHODS:
            status = asked(client, method, reverse(name), line).status_code
            fine = ANSWERED if method in line.methods else {200, 404, 405}
            assert status in fine | line.also, method


@pytest.mark.parametrize("name", names("account"))
def test_an_account_page_never_fails(name: str, cast: Cast, client_of: ClientOf) -> None:
    path = reverse(name, kwargs=ACCOUNT.get(name, {}))
    for client in (Client(), client_of(cast.sam)):
        for method in METHODS:
            assert asked(client, method, path, routes_of(name)[0]).status_code < 500, method
