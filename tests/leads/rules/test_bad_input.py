"""What can be typed wrong or hardly meant, and where it is said: editor, preview, version page."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from handoff.people.models import User
from leads.actions import rules as actions
from leads.actions.touch import Deed, touch
from leads.models import Campaign, Interaction, Material
from leads.queries.preview import preview_of
from leads.queries.unmet import attribute_names, unmet_by
from leads.rules.reading import read
from leads.stages import RuleSetState
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf
from tests.leads.rules.test_editor import FRAME, TYPED, address
from tests.leads.rules.test_rules_action import agreed, drafted
from tests.walk import new_lead

pytestmark = pytest.mark.django_db
PORTE = {"axis": "fit", "field": "attributes.porte", "op": "is", "values": ["grande"], "points": 10}
LISTED = {"axis": "engagement", "activity": ["download"], "material": "Price list", "points": 10}
AUTUMN = {"axis": "fit", "field": "campaign", "op": "is", "values": ["autumn"], "points": 10}
ONE_ROW = {**FRAME, "rows": "1", "accepts": ["D4"], "thresholds.intent": ""}


@pytest.fixture
def mara(cast: Cast, client_of: ClientOf) -> Client:
    return client_of(cast.mara)


def doubts(*criteria: dict[str, Any], team_id: int | None = None) -> dict[str, str]:
    return unmet_by(read({"criteria": list(criteria)}), team_id=team_id)


def field(**said: str) -> dict[str, str]:
    row = {"axis": "fit", "role": "points", "points": "5", "about": "field", "op": "is", **said}
    return {f"r0-{name}": text for name, text in row.items()}


@pytest.mark.parametrize("values", ["Acme; Filhos\nBeta", "Acme; Filhos\r\n  Beta  \r\n\r\n"])
def test_a_value_with_a_semicolon_is_one_value(cast: Cast, mara: Client, values: str) -> None:
    row = drafted(cast)
    sent = {**ONE_ROW, **field(field="company", op="any_of", values=values)}
    assert mara.post(address(row), sent).status_code == 302
    row.refresh_from_db()
    assert row.rules["criteria"][0]["values"] == ["Acme; Filhos", "Beta"]
    page = mara.get(address(row)).content.decode()
    assert "Acme; Filhos\nBeta</textarea>" in page
    assert "“Acme; Filhos” is one value." in page


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"field": "city", "values": "Rio\nLima"}, "One value only."),
        ({"field": "city", "values": ""}, "Say what it is compared with."),
        ({"field": "", "values": "Rio"}, "Choose a field."),
        ({"field": "attributes.", "attribute": "", "values": "x"}, "name of the attribute"),
        ({"field": "city", "op": "between", "values": "10\nmany"}, "Write a number."),
        ({"field": "shoe", "values": "44"}, "A lead has no such field."),
    ],
)
def test_a_field_typed_wrong_is_told_at_its_row(
    cast: Cast, mara: Client, said: dict[str, str], told: str
) -> None:
    answer = mara.post(address(drafted(cast)), {**ONE_ROW, **field(**said)})
    assert answer.status_code == 422
    [row] = answer.context["editor"].rows
    assert told in row.faults[0]
    assert f'value="{said["field"]}" ' in answer.content.decode() or not said["field"]


@pytest.mark.parametrize("values", ["10\n50", "10; 50"])
def test_two_numbers_are_a_range(cast: Cast, mara: Client, values: str) -> None:
    row = drafted(cast)
    said = field(field="attributes.", attribute="size", op="between", values=values)
    assert mara.post(address(row), {**ONE_ROW, **said}).status_code == 302
    row.refresh_from_db()
    [criterion] = row.rules["criteria"]
    assert (criterion["field"], criterion["values"]) == ("attributes.size", [10, 50])


def test_fields_have_their_names_and_attributes_are_kept_apart(
    cast: Cast, mara: Client, client_of: ClientOf
) -> None:
    new_lead(cast, attributes={"porte": "grande", "cargo": "x"})
    row = drafted(cast, rules={"criteria": [PORTE]})
    page = mara.get(address(row)).content.decode()
    assert '<option value="job_title">Job title</option>' in page
    assert '<option value="attributes." class="free" selected>' in page
    assert 'name="r0-attribute" value="porte"' in page
    assert '<option value="cargo"></option>' in page
    User.objects.update(language="pt-br")
    page = client_of(User.objects.get(pk=cast.mara.pk)).get(address(row)).content.decode()
    assert '<option value="job_title">Cargo</option>' in page


def test_attributes_offered_are_those_of_the_team(cast: Cast) -> None:
    new_lead(cast, attributes={"porte": "grande"})
    assert attribute_names(cast.marketing.pk, by=cast.mara) == ["porte"]
    assert attribute_names(cast.other_marketing.pk, by=cast.olga) == []
    assert attribute_names(None, by=cast.mara) == attribute_names(None, by=cast.ada) == ["porte"]
    assert attribute_names(None, by=cast.olga) == []


def test_a_field_that_no_lead_has_is_told(cast: Cast) -> None:
    region = {"axis": "fit", "field": "region", "op": "present", "points": 5}
    assert doubts(PORTE, region) == {}  # nobody is there to have it
    lead = new_lead(cast)
    assert doubts(PORTE, region) == {
        "criteria.0.field": "No lead has an attribute “porte”.",
        "criteria.1.field": "No lead has “State or region” filled in.",
    }
    lead.attributes, lead.region = {"porte": "pequeno"}, "SP"
    lead.save()
    assert doubts(PORTE, region) == {}


def test_only_the_newest_leads_are_looked_at(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leads.queries.unmet.LOOKED", 2)
    new_lead(cast, attributes={"porte": "grande"}, at=MONDAY - timedelta(days=1))
    new_lead(cast), new_lead(cast)
    assert doubts(PORTE)["criteria.0.field"] == (
        "None of the newest 2 leads has an attribute “porte”."
    )


def test_a_material_that_went_away_or_that_nobody_took_is_told(cast: Cast) -> None:
    assert doubts(LISTED) == {"criteria.0.material": "There is no material “Price list”."}
    row = Material.objects.create(name="PRICE LIST")
    assert doubts(LISTED) == {"criteria.0.material": "Nobody took the material “Price list” yet."}
    Interaction.objects.create(
        lead=new_lead(cast), kind="download", occurred_at=MONDAY, recorded_at=MONDAY, material=row
    )
    assert doubts(LISTED) == {}
    row.delete()
    assert "criteria.0.material" in doubts(LISTED)


def test_a_campaign_that_went_away_or_brought_nobody_is_told(cast: Cast) -> None:
    new_lead(cast)
    contains = {**AUTUMN, "op": "contains", "values": ["tum"]}
    gone = "There is no campaign “autumn”."
    assert doubts(AUTUMN)["criteria.0.values"] == gone
    row = Campaign.objects.create(team=cast.marketing, name="Autumn")
    unused = "No lead came by the campaign “autumn” yet."
    assert doubts(AUTUMN)["criteria.0.values"] == unused
    assert doubts(AUTUMN, team_id=cast.other_marketing.pk).get("criteria.0.values") == gone
    new_lead(cast, campaign="Autumn")
    assert doubts(AUTUMN, contains) == {}
    row.delete()
    assert doubts(AUTUMN)["criteria.0.values"] == gone


def test_looks_are_as_many_however_long_the_list(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    new_lead(cast)
    with django_assert_num_queries(4):
        doubts(*[PORTE, LISTED, AUTUMN] * 15)


def test_doubts_stand_at_the_row_and_on_the_version_and_stop_nobody(
    cast: Cast, mara: Client
) -> None:
    new_lead(cast)
    row = drafted(cast, rules={"criteria": [PORTE]})
    told = "No lead has an attribute “porte”."
    assert told in mara.get(address(row)).content.decode()
    assert f"Criterion 1, field: {told}" in mara.get(f"/rules/{row.pk}/").content.decode()
    said = field(field="attributes.", attribute="porte", values="grande")
    preview = mara.post(address(row, "preview"), {**ONE_ROW, **said}).content.decode()
    assert 'id="doubts-0" hx-swap-oob="true"' in preview
    assert told in preview
    actions.propose(rule_set_id=row.pk, by=cast.mara, at=MONDAY)
    row.refresh_from_db()
    assert row.state == RuleSetState.PROPOSED


def preview(cast: Cast, *criteria: dict[str, Any], **frame: Any) -> dict[str, str]:
    rules = read({"criteria": list(criteria), **frame})
    at = timezone.now()
    return dict(preview_of(rules, team_id=None, by=cast.mara, at=at).doubts)


def test_a_threshold_nobody_or_everybody_of_ninety_days_passes_is_told(cast: Cast) -> None:
    demo = {"axis": "intent", "activity": ["demo_request"], "points": 30}
    form = {"axis": "engagement", "activity": ["form"], "points": 5}
    line = {"thresholds": {"intent": 30, "engagement": 5}}
    assert preview(cast, demo, form, **line) == {}
    at = timezone.now() - timedelta(hours=1)
    lead, _other = new_lead(cast, at=at), new_lead(cast, at=at)
    assert preview(cast, demo, form, **line) == {
        "thresholds.intent": "Nobody passes this: none of the 2 leads of the last ninety days.",
        "thresholds.engagement": ("Everybody passes this: all 2 leads of the last ninety days."),
    }
    touch(deed=Deed(lead_id=lead.pk, kind="demo_request"), by=cast.mara, at=at)
    assert list(preview(cast, demo, form, **line)) == ["thresholds.engagement"]


def test_a_must_have_nobody_meets_and_a_veto_of_everybody_are_told(cast: Cast) -> None:
    new_lead(cast, at=timezone.now(), city="Rio")
    must = {"axis": "fit", "role": "must", "field": "city", "op": "is", "values": ["Lima"]}
    veto = {"axis": "fit", "role": "veto", "field": "city", "op": "is", "values": ["Rio"]}
    assert list(preview(cast, must, veto)) == ["criteria.0", "criteria.1"]
    assert preview(cast, {**must, "values": ["Rio"]}, {**veto, "values": ["Lima"]}) == {}


def test_the_preview_says_who_nobody_is(cast: Cast, mara: Client) -> None:
    new_lead(cast, at=timezone.now())
    page = mara.post(address(drafted(cast), "preview"), TYPED).content.decode()
    assert "Thresholds, Intent: Nobody passes this" in page


def test_a_version_in_force_tells_what_went_away_since(cast: Cast, mara: Client) -> None:
    material = Material.objects.create(name="Price list")
    row = agreed(cast, rules={"criteria": [LISTED]})
    material.delete()
    page = mara.get(f"/rules/{row.pk}/").content.decode()
    assert "There is no material “Price list”." in page
