"""The door over the API: keys, scopes, hostile bodies, and the same request twice."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from rest_framework.test import APIClient

from handoff.people.models import Scope
from leads.models import IdempotencyKey, Interaction, Lead
from leads.stages import LeadStage
from leads.tasks import forget_old_keys
from tests.cast import MONDAY, Cast, make_cast
from tests.conftest import ApiOf
from tests.walk import lead_at, new_lead

LEADS = "/api/v1/leads/"
TOUCHES = "/api/v1/interactions/"
ANA = {"email": "ana@acme.example", "name": "Ana Prado", "origin": "referral"}


@pytest.fixture
def api(cast: Cast, api_of: ApiOf) -> APIClient:
    return api_of(cast.mara)


def test_a_person_is_brought_in_and_comes_back(api: APIClient) -> None:
    first = api.post(LEADS, {**ANA, "attributes": {"seats": 3}, "utm": {"utm_source": "x"}})
    assert (first.status_code, first.json()["created"]) == (201, True)
    again = api.post(LEADS, {"email": "ＡＮＡ@acme.example", "kind": "demo_request"})
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    assert not again.json()["created"]
    read = api.get(f"{LEADS}{first.json()['id']}/").json()
    assert (read["name"], read["attributes"], read["utm"]) == (
        "Ana Prado",
        {"seats": 3},
        {"utm_source": "x"},
    )
    assert Interaction.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "email"),
        ({"email": '"><script>"@x.com'}, 422, "email"),
        ({"email": 5}, 422, "email"),
        ({"email": ["a"]}, 400, "email"),
        ({"email": "a@acme.example", "phone": "1"}, 422, "phone"),
        ({"email": "a@acme.example", "occurred_at": "2999-01-01T00:00:00Z"}, 422, "occurred_at"),
        ({"email": "a@acme.example", "occurred_at": "1900-01-01T00:00:00Z"}, 422, "occurred_at"),
        ({"email": "a@acme.example", "occurred_at": "soon"}, 400, "occurred_at"),
        ({"email": "a@acme.example", "occurred_at": "0001-01-01T00:00:00+14:00"}, 400, "occ"),
        ({"email": "a@acme.example", "team": 2**63}, 400, "team"),
        ({"email": "a@acme.example", "team": 2**62}, 403, "reason"),
        ({"email": "a@acme.example", "kind": "dance"}, 400, "kind"),
        ({"email": "a@acme.example", "attributes": {"a": {"b": {}}}}, 422, "attributes"),
        ({"email": "a@acme.example", "attributes": 5}, 400, "attributes"),
        ({"email": "a@acme.example", "pains": ["x"] * 21}, 400, "pains"),
        ({"email": "a@acme.example", "name": "x" * 201}, 400, "name"),
        ({"email": "a@acme.example", "nmae": "Ana"}, 400, "Did you mean “name”?"),
        ({"email": "a@acme.example", **{f"x{n}": 1 for n in range(9_000)}}, 400, "no such field"),
        ([], 400, "non_field_errors"),
        ("text", 400, "non_field_errors"),
        (None, 400, "non_field_errors"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    api: APIClient, body: Any, status: int, field: str
) -> None:
    answer = api.post(LEADS, json.dumps(body), content_type="application/json")
    assert answer.status_code == status, answer.content
    assert field in answer.content.decode()
    assert not Lead.objects.exists()


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"\xff\xfe{}",
        b'{"name": "a\\u0000b"}',
        b'{"name": "\\ud800"}',
        b'{"\\ud800": 1}',
        b'{"score": NaN}',
        b"[" * 100_000 + b"]" * 100_000,
        b'{"name": "' + b"x" * 300_000 + b'"}',
    ],
)
def test_a_hostile_body_is_a_400(api: APIClient, raw: bytes) -> None:
    answer = api.post(LEADS, raw, content_type="application/json")
    assert answer.status_code == 400
    assert not Lead.objects.exists()


def test_a_key_reaches_what_its_scopes_name(cast: Cast, api_of: ApiOf, client: Any) -> None:
    lead = new_lead(cast)
    one = f"{LEADS}{lead.pk}/"
    intake, read = api_of(cast.mara, [Scope.INTAKE]), api_of(cast.mara, [Scope.READ])
    assert intake.post(LEADS, ANA).status_code == 201
    assert intake.post(TOUCHES, {"lead": lead.pk, "kind": "visit"}).status_code == 201
    assert [intake.get(LEADS).status_code, intake.get(one).status_code] == [403, 403]
    assert intake.patch(one, {"name": "X"}).status_code == 403
    assert read.get(LEADS).status_code == 200
    for step in ("qualify", "disqualify"):
        assert read.post(f"{one}{step}/", {"reason": "x"}).status_code == 403
        assert intake.post(f"{one}{step}/", {"reason": "x"}).status_code == 403
    assert read.post(LEADS, ANA).status_code == 403
    assert client.get(LEADS).status_code == 401
    wrong = {"HTTP_AUTHORIZATION": "Bearer ho_wrong"}
    assert client.get(LEADS, **wrong).status_code == 401


def test_who_may_not_is_refused_and_what_is_foreign_is_unknown(cast: Cast, api_of: ApiOf) -> None:
    lead = new_lead(cast)
    one = f"{LEADS}{lead.pk}/"
    seller, olga = api_of(cast.sam), api_of(cast.olga)
    assert seller.post(LEADS, {**ANA, "team": cast.marketing.pk}).status_code == 403
    assert seller.post(LEADS, ANA).status_code == 422
    for answer in (
        olga.get(one),
        olga.patch(one, {"name": "X"}),
        olga.post(f"{one}qualify/", {"reason": "x"}),
        olga.post(TOUCHES, {"lead": lead.pk, "kind": "visit"}),
        olga.get(f"{LEADS}{2**62}/"),
        olga.get(f"{LEADS}{'9' * 30}/"),
    ):
        assert answer.status_code == 404
    assert olga.get(LEADS).json()["results"] == []


@pytest.mark.parametrize("method", ["put", "delete"])
def test_other_methods_are_not_known(api: APIClient, method: str) -> None:
    for address in (LEADS, TOUCHES, f"{LEADS}1/"):
        assert getattr(api, method)(address, {}).status_code == 405


def test_the_list_goes_on_after_a_cursor(cast: Cast, api: APIClient) -> None:
    made = {new_lead(cast, at=MONDAY + timedelta(minutes=n // 2)).pk for n in range(7)}
    lead_at(LeadStage.MQL, cast, name="Bia Souza")
    seen: list[int] = []
    after = ""
    while True:
        page = api.get(f"{LEADS}?limit=3&stage=new&after={after}").json()
        seen += [row["id"] for row in page["results"]]
        after = page["next"]
        if not after:
            break
    assert (len(seen), set(seen)) == (7, made)
    assert [row["name"] for row in api.get(LEADS, {"q": "souza"}).json()["results"]] == [
        "Bia Souza"
    ]
    for wrong in ("limit=0", "stage=x", f"campaign={2**63}", "limit=x"):
        assert api.get(f"{LEADS}?{wrong}").status_code == 400


def test_correct_and_give_a_verdict(cast: Cast, api: APIClient) -> None:
    lead = new_lead(cast)
    one = f"{LEADS}{lead.pk}/"
    answer = api.patch(one, {"company": "New", "attributes": {"a": 1}})
    assert (answer.json()["company"], answer.json()["name"]) == ("New", lead.name)
    assert api.patch(one, {"email": "", "phone": ""}).status_code == 422
    assert api.post(f"{one}qualify/", {"reason": "Fits"}).json()["stage"] == "mql"
    assert api.post(f"{one}disqualify/", {}).status_code == 400
    assert api.post(f"{one}disqualify/", {"reason": "No"}).json()["stage"] == "disqualified"
    queued = lead_at(LeadStage.HANDED_OFF, cast)
    refused = api.post(f"{LEADS}{queued.pk}/qualify/", {"reason": "x"})
    assert (refused.status_code, refused.json()["reason"]) == (409, "not_possible")


def test_a_replayed_key_answers_the_same(api: APIClient) -> None:
    key = {"HTTP_IDEMPOTENCY_KEY": "order-1"}
    first = api.post(LEADS, ANA, **key)  # type: ignore[arg-type]
    again = api.post(LEADS, ANA, **key)  # type: ignore[arg-type]
    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotent-Replayed"] == "true"
    assert Interaction.objects.count() == 1
    other = api.post(LEADS, {**ANA, "name": "X"}, **key)  # type: ignore[arg-type]
    assert (other.status_code, other.json()["reason"]) == (422, "idempotency_key")
    elsewhere = api.post(TOUCHES, {"lead": first.json()["id"], "kind": "visit"}, **key)  # type: ignore[arg-type]
    assert elsewhere.status_code == 201


def test_a_key_of_somebody_else_is_another_key(cast: Cast, api_of: ApiOf) -> None:
    key = {"HTTP_IDEMPOTENCY_KEY": "order-1"}
    assert api_of(cast.mara).post(LEADS, ANA, **key).status_code == 201  # type: ignore[arg-type]
    other = {"email": "bia@acme.example"}
    assert api_of(cast.olga).post(LEADS, other, **key).status_code == 201  # type: ignore[arg-type]


def test_a_key_is_forgotten_after_seven_days(api: APIClient) -> None:
    key = {"HTTP_IDEMPOTENCY_KEY": "order-1"}
    with time_machine.travel(MONDAY, tick=False):
        api.post(LEADS, ANA, **key)  # type: ignore[arg-type]
    with time_machine.travel(MONDAY + timedelta(days=6, hours=23), tick=False):
        assert forget_old_keys() == 0
        assert "Idempotent-Replayed" in api.post(LEADS, ANA, **key).headers  # type: ignore[arg-type]
    with time_machine.travel(MONDAY + timedelta(days=7, seconds=1), tick=False):
        assert api.post(LEADS, {**ANA, "city": "X"}, **key).status_code == 200  # type: ignore[arg-type]
        assert IdempotencyKey.objects.count() == 1
    with time_machine.travel(MONDAY + timedelta(days=15), tick=False):
        assert forget_old_keys() == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "a b", "é"])
def test_a_key_has_bounds(api: APIClient, key: str) -> None:
    answer = api.post(LEADS, ANA, HTTP_IDEMPOTENCY_KEY=key)
    assert answer.status_code == 422
    assert not Lead.objects.exists()


def test_a_refused_request_may_be_sent_again_corrected(api: APIClient) -> None:
    key = {"HTTP_IDEMPOTENCY_KEY": "order-1"}
    assert api.post(LEADS, {"email": "x"}, **key).status_code == 422  # type: ignore[arg-type]
    assert api.post(LEADS, ANA, **key).status_code == 201  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
def test_one_key_eight_times_at_once_is_one_lead(api_of: ApiOf) -> None:
    cast = make_cast()
    clients = [api_of(cast.mara) for _ in range(8)]
    start, answers = threading.Barrier(8), list[Any]()

    def run(client: APIClient) -> None:
        try:
            start.wait(10)
            answer = client.post(LEADS, ANA, HTTP_IDEMPOTENCY_KEY="one")
            answers.append((answer.status_code, answer.json()["interaction_id"]))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(answers) == 8
    assert {status for status, _id in answers} == {201}
    assert len({touch for _status, touch in answers}) == 1
    assert Interaction.objects.count() == 1


def test_what_a_known_person_did(cast: Cast, api: APIClient) -> None:
    lead = new_lead(cast, source="CRM", external_id="7", phone="11 98765-4321")
    people: list[dict[str, Any]] = [
        {"lead": lead.pk},
        {"email": lead.email.upper()},
        {"source": "CRM", "external_id": "7"},
        {"phone": "+55 (11) 98765-4321"},
    ]
    for number, person in enumerate(people):
        body = {**person, "kind": "download", "material": "Price list", "key": f"k{number}"}
        answer = api.post(TOUCHES, body)
        assert (answer.status_code, answer.json()["lead"]) == (201, lead.pk)
        assert api.post(TOUCHES, body).json() == {**answer.json(), "created": False}
    assert api.post(TOUCHES, {"email": "who@acme.example", "kind": "visit"}).status_code == 404
    assert api.post(TOUCHES, {"lead": lead.pk}).status_code == 400
    assert api.post(TOUCHES, {"lead": lead.pk, "kind": "dance"}).status_code == 400


def test_many_deeds_at_once(cast: Cast, api: APIClient) -> None:
    lead = new_lead(cast)
    deeds = [
        {"lead": lead.pk, "kind": "visit", "key": "a"},
        {"email": "who@acme.example", "kind": "visit"},
        {"lead": lead.pk, "kind": "visit", "key": "a"},
    ]
    answer = api.post(f"{TOUCHES}batch/", {"interactions": deeds})
    assert [(row["created"], bool(row["error"])) for row in answer.json()["results"]] == [
        (True, False),
        (False, True),
        (False, False),
    ]
    many = [{"lead": lead.pk, "kind": "visit"}] * 501
    assert api.post(f"{TOUCHES}batch/", {"interactions": many}).status_code == 400


def test_bringing_in_asks_few_questions(api: APIClient, django_assert_max_num_queries: Any) -> None:
    api.post(LEADS, {"email": "first@acme.example"})
    with django_assert_max_num_queries(12):  # one of them asks which criteria are in force
        api.post(LEADS, ANA)
