"""The one door: new people, returning people, and two at once."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from handoff.journal.models import Entry
from handoff.people.models import Membership, Role
from leads import events
from leads.actions import intake
from leads.actions.edit import edit
from leads.actions.intake import capture
from leads.actions.touch import Deed, touch
from leads.arrival import Inbound
from leads.duplicates import same_person
from leads.models import Campaign, Interaction, Lead
from leads.refusals import Refusal
from leads.stages import LeadStage
from tests.cast import MONDAY, Cast, make_cast
from tests.walk import lead_at

LATER = MONDAY + timedelta(days=2)


def inbound(cast: Cast, **fields: Any) -> Inbound:
    return Inbound(**{"team_id": cast.marketing.pk, "email": "ana@acme.example", **fields})


def taken(cast: Cast, at: datetime = MONDAY, **fields: Any) -> intake.Captured:
    return capture(record=inbound(cast, **fields), by=cast.mara, at=at)


def test_a_new_person_becomes_a_lead_with_a_touch_and_an_entry(cast: Cast) -> None:
    campaign = Campaign.objects.create(team=cast.marketing, name="Guide", origin="paid_search")
    found = taken(
        cast,
        name="  Ana Prado ",
        phone="11 98765-4321",
        company="Acme",
        campaign="Guide",
        utm={"utm_source": "google", "other": "x"},
        attributes={"employees": 40, "blank": ""},
        pains=["Slow answers", "Slow answers"],
        material="Price list",
        text="Please call.",
        legal_basis="consent",
    )
    lead = Lead.objects.get()
    assert found.created
    assert (lead.name, lead.phone_key, lead.origin) == (
        "Ana Prado",
        "+5511987654321",
        "paid_search",
    )
    assert (lead.utm, lead.attributes) == ({"utm_source": "google"}, {"employees": 40})
    assert (lead.pains, lead.stage, lead.campaign) == (["Slow answers"], LeadStage.NEW, campaign)
    assert lead.inbound_at == lead.touched_at == MONDAY
    touched = Interaction.objects.get()
    assert (str(touched.material), touched.text, touched.kind) == (
        "Price list",
        "Please call.",
        "form",
    )
    entry = Entry.objects.get()
    assert (entry.event, entry.about_id, entry.data["origin"]) == (
        events.CAPTURED,
        lead.pk,
        "paid search",
    )


def test_a_returning_person_is_a_touch_and_fills_only_blanks(cast: Cast) -> None:
    taken(cast, name="Ana Prado", attributes={"plan": "basic"})
    found = taken(
        cast,
        LATER,
        email="ＡＮＡ＠acme.example",
        name="ana p",
        company="Acme",
        attributes={"seats": 4},
    )
    lead = Lead.objects.get()
    assert not found.created
    assert (lead.name, lead.company) == ("Ana Prado", "Acme")
    assert lead.attributes == {"plan": "basic", "seats": 4}
    assert (lead.inbound_at, lead.touched_at) == (MONDAY, LATER)
    assert Interaction.objects.count() == 2
    assert Entry.objects.filter(event=events.TOUCHED).get().data["filled"] == [
        "company",
        "attributes",
    ]


def test_the_record_a_lead_came_from_may_correct_it(cast: Cast) -> None:
    taken(cast, source="CRM", external_id="7", name="Ana")
    taken(cast, LATER, source="CRM", external_id="7", name="Ana Prado", company="", email="")
    assert Lead.objects.get().name == "Ana Prado"


def test_a_late_report_of_an_early_touch_moves_the_first_instant(cast: Cast) -> None:
    taken(cast, LATER)
    taken(cast, LATER, occurred_at=MONDAY)
    lead = Lead.objects.get()
    assert (lead.inbound_at, lead.touched_at) == (MONDAY, LATER)


def test_one_without_an_email_is_known_by_phone(cast: Cast) -> None:
    taken(cast, email="", phone="11 98765-4321")
    assert not taken(cast, email="ana@acme.example", phone="11987654321").created
    assert not taken(cast, email="", phone="+5511987654321").created
    assert Lead.objects.get().email_key == "ana@acme.example"


def test_two_people_with_an_email_each_share_a_switchboard(cast: Cast) -> None:
    taken(cast, phone="11 3333-4444")
    assert taken(cast, email="bia@acme.example", phone="11 3333-4444").created
    # nobody can say who of the two calls from it, so a third is known by it from now on
    assert taken(cast, email="", phone="11 3333-4444").created
    assert not taken(cast, email="", phone="11 3333-4444").created
    assert Lead.objects.count() == 3


def test_known_by_source_and_external_id_alone(cast: Cast) -> None:
    assert taken(cast, email="", source="Olist", external_id="a1").created
    assert not taken(cast, email="", source="Olist", external_id="a1").created
    assert taken(cast, email="", source="Other", external_id="a1").created


def test_a_key_of_another_lead_is_not_taken_over(cast: Cast) -> None:
    taken(cast, email="", source="CRM", external_id="1")
    taken(cast, email="", phone="11 98765-4321")
    taken(cast, email="bia@acme.example")
    taken(cast, email="bia@acme.example", phone="11 98765-4321", source="CRM", external_id="1")
    record = Lead.objects.get(external_id="1")
    assert (record.email_key, record.phone_key) == ("", "")


@pytest.mark.parametrize(
    "stage",
    [LeadStage.WON, LeadStage.LOST, LeadStage.RETURNED, LeadStage.RECYCLED, LeadStage.CLAIMED],
)
def test_who_comes_back_after_any_journey_is_never_refused(cast: Cast, stage: LeadStage) -> None:
    lead = lead_at(stage, cast)
    found = taken(cast, LATER, email=lead.email)
    assert (found.lead.pk, found.created) == (lead.pk, False)
    assert found.lead.touched_at == LATER


def test_another_teams_person_is_touched_and_left_alone(cast: Cast) -> None:
    taken(cast, name="Ana")
    found = capture(
        record=Inbound(
            team_id=cast.other_marketing.pk, email="ana@acme.example", company="Other words"
        ),
        by=cast.olga,
        at=LATER,
    )
    assert not found.created
    lead = Lead.objects.get()
    assert (lead.team, lead.company, lead.touched_at) == (cast.marketing, "", LATER)


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": ""}, "email"),
        ({"phone": "12"}, "phone"),
        ({"cnpj": "11.222.333/0001-82"}, "cnpj"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "a\ud800b"}, "name"),
        ({"legal_basis": "because"}, "legal_basis"),
        ({"campaign": "Unheard of"}, "campaign"),
        ({"external_id": "1"}, "source"),
        ({"source": "s" * 121, "external_id": "1"}, "source"),
        ({"kind": "dance"}, "kind"),
        ({"attributes": {"x": {"y": 1}}}, "attributes"),
        ({"attributes": {str(n): 1 for n in range(301)}}, "attributes"),
        ({"pains": ["p" * 201]}, "pains"),
        ({"pains": [str(n) for n in range(21)]}, "pains"),
        ({"occurred_at": MONDAY + timedelta(minutes=6)}, "occurred_at"),
        ({"occurred_at": datetime(1989, 1, 1, tzinfo=UTC)}, "occurred_at"),
        ({"url": "u" * 501}, "url"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(cast: Cast, fields: dict[str, Any], where: str) -> None:
    with pytest.raises(Refusal) as refused:
        taken(cast, **fields)
    assert where in (refused.value.fields or {})
    assert not Lead.objects.exists()
    assert not Entry.objects.exists()


def test_script_in_every_field_is_only_text(cast: Cast) -> None:
    script = "<script>alert(1)</script>"
    plain = ("name", "company", "job_title", "city", "region", "origin", "landing_page", "text")
    fields: dict[str, Any] = dict.fromkeys(plain, script)
    taken(cast, **fields, pains=[script], attributes={script: script})
    assert Lead.objects.get().name == script


def test_a_seller_brings_nobody_in(cast: Cast) -> None:
    with pytest.raises(Refusal) as refused:
        capture(record=inbound(cast), by=cast.sam, at=MONDAY)
    assert refused.value.reason == "not_allowed"


def test_nobody_comes_into_a_sales_team(cast: Cast) -> None:
    with pytest.raises(Refusal) as refused:
        capture(record=inbound(cast, team_id=cast.sales.pk), by=cast.ada, at=MONDAY)
    assert "team" in (refused.value.fields or {})


def test_an_administrator_who_also_markets_reaches_every_marketing_team(cast: Cast) -> None:
    Membership.objects.create(user=cast.ada, team=cast.marketing, role=Role.MARKETER)
    assert {team.pk for team in intake.marketing_teams(cast.ada)} == {
        cast.marketing.pk,
        cast.other_marketing.pk,
    }
    assert intake.marketing_teams(cast.mara) == [cast.marketing]
    assert intake.marketing_teams(cast.sam) == []


def test_the_same_touch_sent_twice_is_one(cast: Cast) -> None:
    first = taken(cast, external_key="form-1")
    again = taken(cast, LATER, external_key="form-1", name="Somebody else")
    assert (again.touch, again.created) == (first.touch, False)
    assert Interaction.objects.count() == 1


def test_a_failed_entry_takes_the_lead_back(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **data: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(intake, "tell", fail)
    with pytest.raises(ConnectionError):
        taken(cast)
    assert not Lead.objects.exists()
    assert not Interaction.objects.exists()


def race(cast: Cast, records: list[Inbound], *, patience: float = 30) -> list[bool]:
    """Every record at once, each on a connection of its own; which of them made a lead."""
    start, made = threading.Barrier(len(records)), list[bool]()

    def run(record: Inbound) -> None:
        try:
            start.wait(10)
            made.append(capture(record=record, by=cast.mara, at=MONDAY).created)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(record,)) for record in records]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience)
    return made


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_are_one_person() -> None:
    cast = make_cast()
    made = race(cast, [inbound(cast, email="", phone="11 3333-4444") for _ in range(8)])
    assert sorted(made) == [False] * 7 + [True]
    assert Lead.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_do_not_wait_for_each_other() -> None:
    cast = make_cast()
    with transaction.atomic():
        taken(cast)
        assert race(cast, [inbound(cast, email="bia@acme.example")], patience=10) == [True]


@pytest.mark.django_db(transaction=True)
def test_control_without_the_locks_the_race_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    waits = threading.Barrier(8)

    def slow(*args: Any, **rest: Any) -> Any:
        match = same_person(*args, **rest)
        waits.wait(10)
        return match

    monkeypatch.setattr("leads.actions.known.hold", lambda keys: None)
    monkeypatch.setattr("leads.actions.intake.same_person", slow)
    monkeypatch.setattr(threading, "excepthook", lambda failed: None)
    made = race(cast, [inbound(cast, email="", phone="11 3333-4444") for _ in range(8)])
    assert len(made) == 1, "the constraint holds, but seven people got an error"


def test_a_deed_of_a_known_person_is_recorded_once(cast: Cast) -> None:
    lead = taken(cast).lead
    deed = Deed(email="ana@acme.example", kind="download", material="Price list", external_key="e1")
    row, news = touch(deed=deed, by=cast.mara, at=LATER)
    assert news
    assert (row.lead, row.kind, str(row.material)) == (lead, "download", "Price list")
    assert touch(deed=deed, by=cast.mara, at=LATER) == (row, False)
    assert Lead.objects.get().touched_at == LATER


@pytest.mark.parametrize(
    "deed",
    [
        Deed(email="nobody@acme.example"),
        Deed(lead_id=2**62),
        Deed(),
        Deed(source="CRM", external_id="1"),
    ],
)
def test_a_deed_of_nobody_known_is_refused(cast: Cast, deed: Deed) -> None:
    with pytest.raises(Refusal) as refused:
        touch(deed=deed, by=cast.mara, at=MONDAY)
    assert refused.value.reason == "unknown"


def test_a_deed_of_another_teams_person_is_unknown(cast: Cast) -> None:
    lead = taken(cast).lead
    with pytest.raises(Refusal) as refused:
        touch(deed=Deed(lead_id=lead.pk), by=cast.olga, at=MONDAY)
    assert refused.value.reason == "unknown"


def test_a_correction_is_told_and_may_blank(cast: Cast) -> None:
    lead = taken(cast, name="Ana", company="Acme").lead
    edit(
        lead_id=lead.pk,
        changes={"name": "Bia", "company": "", "phone": "11 98765-4321", "pains": ["Slow"]},
        opened=lead.updated_at,
        by=cast.mara,
        at=LATER,
    )
    lead.refresh_from_db()
    assert (lead.name, lead.company, lead.phone_key) == ("Bia", "", "+5511987654321")
    assert lead.search.startswith("bia")
    assert Entry.objects.filter(event=events.EDITED).get().data["fields"] == (
        "name, phone, company, pains"
    )


def test_a_stale_page_corrects_nothing(cast: Cast) -> None:
    lead = taken(cast, name="Ana").lead
    taken(cast, LATER)
    with pytest.raises(Refusal) as refused:
        edit(
            lead_id=lead.pk,
            changes={"name": "Bia"},
            opened=lead.updated_at,
            by=cast.mara,
            at=LATER,
        )
    assert refused.value.reason == "changed_meanwhile"


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"email": "bia@acme.example"}, "email"),
        ({"email": ""}, "email"),
        ({"email": "", "phone": "11 3333-4444"}, "phone"),
        ({"email": "wrong"}, "email"),
        ({"campaign_id": 2**40}, "campaign"),
    ],
)
def test_a_correction_never_makes_two_people_one(
    cast: Cast, changes: dict[str, Any], where: str
) -> None:
    lead = taken(cast).lead
    taken(cast, email="bia@acme.example")
    taken(cast, email="", phone="11 3333-4444")
    with pytest.raises(Refusal) as refused:
        edit(lead_id=lead.pk, changes=changes, by=cast.mara, at=LATER)
    assert where in (refused.value.fields or {})
