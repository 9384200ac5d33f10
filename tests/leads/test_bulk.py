"""Many people by a few statements are the same people as one by one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.actions import bulk
from leads.actions.bulk import Door, Tally
from leads.actions.intake import capture
from leads.arrival import Arrival, Inbound
from leads.models import Handoff, Interaction, Lead, Source
from leads.stages import LeadStage
from leads.staging import Staged
from tests.cast import MONDAY, Cast
from tests.walk import lead_at

EMAILS = ("", "ana@acme.example", "bia@acme.example", "caio@acme.example")
PHONES = ("", "+5511987654321", "+551133334444")
RECORDS = ("", "r1", "r2")


def row(number: int, **fields: Any) -> Staged:
    arrival = Arrival()
    for name, value in fields.items():
        setattr(arrival, name, value)
    arrival.email, arrival.phone = arrival.email_key, arrival.phone_key
    return Staged(number, arrival)


def brought(cast: Cast, *rows: Staged, **door: Any) -> Tally:
    source, _made = Source.objects.get_or_create(name="CRM")
    through = Door(team_id=cast.marketing.pk, by=cast.mara, source_id=source.pk, **door)
    return bulk.take_in(bulk.prepare(rows), door=through, at=MONDAY)


def known() -> set[tuple[str, str, str]]:
    return set(Lead.objects.values_list("email_key", "phone_key", "external_id"))


person = st.fixed_dictionaries(
    {
        "email_key": st.sampled_from(EMAILS),
        "phone_key": st.sampled_from(PHONES),
        "external_id": st.sampled_from(RECORDS),
        "name": st.sampled_from(("", "Ana", "Bia")),
    }
).filter(lambda keys: keys["email_key"] or keys["phone_key"] or keys["external_id"])


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(person, max_size=7), st.lists(person, min_size=1, max_size=7))
def test_one_chunk_each_is_the_same_as_one_by_one(
    cast: Cast, before: list[dict[str, str]], people: list[dict[str, str]]
) -> None:
    """A chunk of one row, again and again, is exactly what the page's own door does."""
    forget()
    for one in [*before, *people]:
        capture(record=inbound(cast, one), by=cast.mara, at=MONDAY)
    expected, names = known(), set(Lead.objects.values_list("external_id", "name"))
    forget()
    for number, one in enumerate([*before, *people]):
        brought(cast, row(number, occurred_at=MONDAY, **one))
    assert known() == expected
    assert set(Lead.objects.values_list("external_id", "name")) == names


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(person, max_size=6), st.lists(person, min_size=1, max_size=9))
def test_a_chunk_of_any_rows_breaks_no_promise(
    cast: Cast, before: list[dict[str, str]], people: list[dict[str, str]]
) -> None:
    forget()
    for one in before:
        capture(record=inbound(cast, one), by=cast.mara, at=MONDAY)
    here = Lead.objects.count()
    with transaction.atomic():
        tally = brought(
            cast, *(row(number, occurred_at=MONDAY, **one) for number, one in enumerate(people))
        )
    assert tally.created + tally.updated + tally.duplicate == len(people)
    assert Lead.objects.count() == here + tally.created
    emails = [email for email, _phone, _record in known() if email]
    assert len(emails) == len(set(emails))


def inbound(cast: Cast, one: dict[str, str]) -> Inbound:
    return Inbound(
        team_id=cast.marketing.pk,
        email=one["email_key"],
        phone=one["phone_key"],
        source="CRM" if one["external_id"] else "",
        external_id=one["external_id"],
        name=one["name"],
        occurred_at=MONDAY,
    )


def forget() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM leads_leadchange")
        cursor.execute("DELETE FROM leads_interaction")
        cursor.execute("DELETE FROM leads_lead")


def test_two_rows_that_are_one_known_person_are_settled_in_turn(cast: Cast) -> None:
    capture(
        record=Inbound(team_id=cast.marketing.pk, phone="+551133334444"), by=cast.mara, at=MONDAY
    )
    tally = brought(
        cast,
        row(2, email_key="ana@acme.example", phone_key="+551133334444"),
        row(3, email_key="bia@acme.example", phone_key="+551133334444"),
        row(4, email_key="caio@acme.example", phone_key="+551133334444"),
    )
    assert (tally.updated, tally.created) == (1, 2)
    assert Lead.objects.count() == 3


@pytest.mark.parametrize("key", ["email_key", "phone_key"])
def test_a_record_does_not_take_what_another_row_is_known_by(cast: Cast, key: str) -> None:
    theirs = {"email_key": "ana@acme.example", "phone_key": "+551133334444"}[key]
    tally = brought(
        cast,
        row(2, **{key: theirs}),
        row(3, external_id="r1"),
        row(4, external_id="r1", **{key: theirs}),
    )
    assert (tally.created, tally.duplicate) == (2, 1)
    assert set(Lead.objects.values_list("external_id", key)) == {("", theirs), ("r1", "")}


def test_rows_of_one_person_in_one_chunk_are_one_lead(cast: Cast) -> None:
    tally = brought(
        cast,
        row(2, external_id="r1", occurred_at=MONDAY),
        row(3, external_id="r1", email_key="ana@acme.example", occurred_at=MONDAY),
        row(4, email_key="ana@acme.example", occurred_at=MONDAY - timedelta(days=1)),
        row(5, email_key="ana@acme.example", occurred_at=MONDAY),
    )
    assert (tally.created, tally.updated, tally.duplicate) == (1, 2, 1)
    lead = Lead.objects.get()
    assert (lead.external_id, lead.email_key) == ("r1", "ana@acme.example")
    assert (lead.inbound_at, lead.touched_at) == (MONDAY - timedelta(days=1), MONDAY)
    assert Interaction.objects.count() == 2


def test_blanks_are_filled_and_nothing_known_is_lost(cast: Cast) -> None:
    capture(
        record=Inbound(
            team_id=cast.marketing.pk,
            email="ana@acme.example",
            name="Ana Prado",
            attributes={"a": 1},
            pains=["Slow"],
        ),
        by=cast.mara,
        at=MONDAY,
    )
    new = row(
        2,
        email_key="ana@acme.example",
        name="ana",
        city="Rio",
        attributes={"b": 2},
        pains=["Slow", "Dear"],
        legal_basis="consent",
    )
    assert brought(cast, new).updated == 1
    lead = Lead.objects.get()
    assert (lead.name, lead.city, lead.legal_basis) == ("Ana Prado", "Rio", "consent")
    assert (lead.attributes, lead.pains) == ({"a": 1, "b": 2}, ["Slow", "Dear"])
    again = row(3, email_key="ana@acme.example", name="ana", city="Rio", attributes={"b": 2})
    assert brought(cast, again).duplicate == 1


def test_another_teams_person_is_only_touched(cast: Cast) -> None:
    capture(
        record=Inbound(team_id=cast.other_marketing.pk, email="ana@acme.example"),
        by=cast.olga,
        at=MONDAY,
    )
    later = MONDAY + timedelta(hours=1)
    tally = brought(cast, row(2, email_key="ana@acme.example", city="Rio", occurred_at=later))
    assert tally.updated == 1
    lead = Lead.objects.get()
    assert (lead.city, lead.touched_at) == ("", later)


@pytest.mark.parametrize("stage", [LeadStage.CLAIMED, LeadStage.HANDED_OFF])
def test_history_does_not_end_an_open_journey(cast: Cast, stage: LeadStage) -> None:
    lead = lead_at(stage, cast)
    old = row(2, email_key=lead.email_key)
    old.outcome, old.ended_at = "won", datetime(2020, 1, 1, tzinfo=UTC)
    assert brought(cast, old, sales_team_id=cast.sales.pk).updated == 1
    lead.refresh_from_db()
    assert lead.stage == stage
    assert Handoff.objects.filter(lead=lead, imported=True, state="won").count() == 1


def test_text_that_looks_like_the_copy_format_is_only_text(cast: Cast) -> None:
    odd = "a\\b\tc\nd\re\\N\x1ff \\. \\x41"
    brought(cast, row(2, email_key="ana@acme.example", name=odd, attributes={odd: odd}))
    lead = Lead.objects.get()
    assert lead.name == odd.replace("\x1f", " ")
    assert lead.attributes[odd] == odd
