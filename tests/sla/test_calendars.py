"""Calendars: when time counts."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags
from time_machine import travel

from handoff.calendars.hours import schedule_from
from handoff.calendars.models import Calendar
from handoff.calendars.places import countries, country_name, regions
from handoff.calendars.week import spoken_week
from leads.refusals import Refusal
from sla.actions.agreements import in_force
from sla.actions.calendars import archive
from sla.forms.calendar import day_from, each_year_from, pairs_from, pairs_text
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf
from tests.walk import agreed

LIST = reverse("sla:calendars")
NEW = reverse("sla:new_calendar")
PREVIEW = reverse("sla:calendar_preview")


def page_of(calendar: Calendar) -> str:
    return reverse("sla:calendar", args=[calendar.pk])


def archive_of(calendar: Calendar) -> str:
    return reverse("sla:archive_calendar", args=[calendar.pk])


def form(**changes: str) -> dict[str, str]:
    return {
        "name": "Night shift",
        "zone": "America/Sao_Paulo",
        "country": "BR",
        "subdivision": "SP",
        "mon": "09:00-12:00, 13:30-18:00",
        "fri": "22:00-30:00",
        "closed": "2026-12-31\n\n2027-01-04",
        "partial": "2026-12-24 09:00-12:00",
        "yearly": "01-25 City of São Paulo\n11-20",
        **changes,
    }


@pytest.fixture
def default(cast: Cast) -> Calendar:
    return in_force(None, at=MONDAY).calendar


@pytest.fixture
def night(cast: Cast, client_of: ClientOf) -> Calendar:
    client_of(cast.ada).post(NEW, form())
    return Calendar.objects.get(name="Night shift")


@pytest.mark.parametrize(
    "text",
    [
        "09:00-12:00, 13:30-18:00",
        "9:00–12:00; 13:30 – 18:00",
        "9:00 to 12:00 and 13:30 to 18:00",
        "9:00 às 12:00 e 13:30 às 18:00",
        "13:30-18:00,09:00-12:00,",
    ],
)
def test_hours_are_read_as_people_write_them(text: str) -> None:
    assert pairs_from(text) == [["09:00", "12:00"], ["13:30", "18:00"]]
    assert pairs_text(pairs_from(text)) == "09:00-12:00, 13:30-18:00"


def test_a_brazilian_date_is_read_where_portuguese_is() -> None:
    with translation.override("pt-br"):
        assert day_from("31/12/2026") == day_from("2026-12-31") == "2026-12-31"
        assert each_year_from("25/01") == each_year_from("01-25") == "01-25"
    with pytest.raises(ValidationError):
        day_from("31/12/2026")


@pytest.mark.parametrize("text", ["9-18", "09:00", "09:00-12:00-13:00", "x", "18:00-09:00", "\x00"])
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        pairs_from(text)


@pytest.mark.parametrize(
    ("weekly", "said"),
    [
        ({}, []),
        ({"mon": [["00:00", "24:00"]]}, [("Monday", "all day")]),
        ({"fri": [["22:00", "30:00"]]}, [("Friday", "22:00–06:00 the next day")]),
        (
            {"sat": [["09:00", "12:00"]], "sun": [["09:00", "12:00"]]},
            [("Saturday and Sunday", "09:00–12:00")],
        ),
        (
            {
                "mon": [["09:00", "18:00"]],
                "tue": [["09:00", "18:00"]],
                "thu": [["09:00", "12:00"], ["13:00", "15:00"], ["16:00", "17:00"]],
            },
            [
                ("Monday and Tuesday", "09:00–18:00"),
                ("Thursday", "09:00–12:00, 13:00–15:00 and 16:00–17:00"),
            ],
        ),
        (
            {
                day: [["08:00", "20:00"]]
                for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
            },
            [("Every day", "08:00–20:00")],
        ),
    ],
)
def test_a_week_is_said_in_words(weekly: object, said: list[tuple[str, str]]) -> None:
    assert spoken_week(schedule_from({"zone": "UTC", "weekly": weekly})) == said


def test_countries_and_regions_have_names() -> None:
    assert country_name("BR") == "Brazil"
    with translation.override("pt-br"):
        assert ("BR", "Brasil") in countries()
    assert ("SP", "São Paulo (SP)") in regions("BR")
    assert regions("XX") == []


def test_a_calendar_is_created_with_its_first_version(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.ada).post(NEW, form(), follow=True)
    version = Calendar.objects.get(name="Night shift").current()
    assert "Version 1 is in force" in answer.content.decode()
    assert version.weekly == {
        "mon": [["09:00", "12:00"], ["13:30", "18:00"]],
        "fri": [["22:00", "30:00"]],
    }
    assert version.closed == ["2026-12-31", "2027-01-04"]
    assert version.partial == {"2026-12-24": [["09:00", "12:00"]]}
    assert version.yearly == {"01-25": "City of São Paulo", "11-20": ""}
    assert (version.country, version.subdivision, version.created_by) == ("BR", "SP", cast.ada)


def test_the_editor_shows_what_is_in_force_and_publishes_the_next(
    cast: Cast, client_of: ClientOf, night: Calendar
) -> None:
    client = client_of(cast.ada)
    text = client.get(page_of(night)).content.decode()
    assert 'value="09:00-12:00, 13:30-18:00"' in text
    assert 'value="22:00-30:00"' in text
    assert "2026-12-24 09:00-12:00" in text
    assert "São Paulo (SP)" in text
    assert 'name="name"' not in text
    answer = client.post(page_of(night), form(mon="08:00-17:00"))
    assert answer.status_code == 302
    assert night.current().number == 2
    assert night.current().weekly["mon"] == [["08:00", "17:00"]]


def test_what_was_kept_is_published_again_unchanged(
    cast: Cast, client_of: ClientOf, night: Calendar
) -> None:
    client = client_of(cast.ada)
    shown = client.get(page_of(night)).context["form"]
    client.post(page_of(night), {name: shown[name].value() or "" for name in shown.fields})
    first, second = night.versions.order_by("number")
    for name in ("zone", "country", "subdivision", "weekly", "closed", "partial", "yearly"):
        assert getattr(first, name) == getattr(second, name)


def test_the_list_says_hours_in_words_and_what_counts_by_them(
    cast: Cast, client_of: ClientOf, default: Calendar, night: Calendar
) -> None:
    text = client_of(cast.ada).get(LIST).content.decode()
    assert "Monday to Friday" in text
    assert "22:00–06:00 the next day" in strip_tags(text)
    assert text.count("in the agreement") == 1


def test_a_list_without_calendars_says_what_to_do(cast: Cast, client_of: ClientOf) -> None:
    assert "No calendar yet" in client_of(cast.ada).get(LIST).content.decode()


def test_the_days_ahead_are_shown_with_their_holidays(cast: Cast, client_of: ClientOf) -> None:
    with travel(MONDAY.replace(month=12, day=21), tick=False):
        text = client_of(cast.ada).post(PREVIEW, form(tue="09:00-10:00")).content.decode()
    assert text.count("<tr") == 15
    assert "Christmas Day" in text
    assert "09:00–12:00" in text
    assert "<html" not in text


def test_a_date_of_every_year_is_seen_ahead(cast: Cast, client_of: ClientOf) -> None:
    with travel(MONDAY.replace(year=2027, month=1, day=18), tick=False):
        text = client_of(cast.ada).post(PREVIEW, form()).content.decode()
    assert "City of São Paulo" in text


def test_days_written_down_by_themselves_stand_out(cast: Cast, client_of: ClientOf) -> None:
    with travel(MONDAY.replace(month=12, day=21), tick=False):
        text = client_of(cast.ada).post(PREVIEW, form(sat="22:00-30:00")).content.decode()
    assert (text.count("own hours"), text.count("closed day")) == (1, 1)
    assert "22:00–06:00 the next day" in strip_tags(text)


def test_the_editor_says_what_becomes_of_clocks_that_run(
    cast: Cast, client_of: ClientOf, night: Calendar
) -> None:
    client = client_of(cast.ada)
    said = "Clocks that run keep the version they began with"
    assert said in client.get(page_of(night)).content.decode()
    assert said not in client.get(NEW).content.decode()


def test_the_preview_says_what_cannot_be_read(cast: Cast, client_of: ClientOf) -> None:
    text = client_of(cast.ada).post(PREVIEW, form(tue="9-10")).content.decode()
    assert "Tuesday: “9” is not a time" in text
    text = client_of(cast.ada).post(PREVIEW, form(mon="", fri="", partial="")).content.decode()
    assert "no open minute" in text


def test_regions_follow_the_country(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ada)
    address = reverse("sla:regions")
    assert "São Paulo (SP)" in client.get(address, {"country": "BR"}).content.decode()
    assert "SP" not in client.get(address, {"country": "<b>"}).content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tue": "9-18"}, "tue"),
        ({"tue": "18:00-09:00"}, "tue"),
        ({"zone": "America/Nowhere"}, "zone"),
        ({"country": "XX", "subdivision": ""}, "country"),
        ({"subdivision": "XX"}, "subdivision"),
        ({"closed": "31/31/2026"}, "closed"),
        ({"partial": "2026-12-24 9"}, "partial"),
        ({"yearly": "2027-01-25"}, "yearly"),
        ({"yearly": "25/01 City"}, "yearly"),
        ({"yearly": "01-25 " + "x" * 81}, "yearly"),
        ({"partial": "2026-12-31 09:00-12:00"}, "partial"),
        ({"mon": "", "fri": "", "partial": ""}, "mon"),
        ({"name": " "}, "name"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    cast: Cast, client_of: ClientOf, changes: dict[str, str], field: str
) -> None:
    answer = client_of(cast.ada).post(NEW, form(**changes))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Calendar.objects.exists()


def test_a_name_is_taken_once(cast: Cast, client_of: ClientOf, night: Calendar) -> None:
    answer = client_of(cast.ada).post(NEW, form(name="night SHIFT"))
    assert answer.status_code == 422
    assert "Another calendar has this name." in answer.content.decode()


def test_a_calendar_without_use_is_archived_once(
    cast: Cast, client_of: ClientOf, night: Calendar
) -> None:
    client = client_of(cast.ada)
    for _ in range(2):
        assert client.post(archive_of(night)).headers["Location"] == LIST
    night.refresh_from_db()
    assert night.archived_at is not None
    answer = client.post(page_of(night), form())
    assert answer.status_code == 422
    assert "This calendar is archived." in answer.content.decode()
    assert "nothing new counts by it" in client.get(page_of(night)).content.decode()


def test_one_that_an_agreement_counts_by_stays(
    cast: Cast, client_of: ClientOf, default: Calendar, night: Calendar
) -> None:
    client = client_of(cast.ada)
    refused = client.post(archive_of(default))
    assert refused.status_code == 409
    assert "An agreement counts by this calendar." in refused.content.decode()
    agreed(cast, calendar_id=night.pk)
    assert client.post(archive_of(default)).status_code == 302


def test_an_archived_calendar_cannot_be_chosen(cast: Cast, night: Calendar) -> None:
    in_force(None, at=MONDAY)
    archive(calendar_id=night.pk, by=cast.ada, at=MONDAY)
    with pytest.raises(Refusal) as refused:
        agreed(cast, calendar_id=night.pk)
    assert list(refused.value.fields or {}) == ["calendar"]


def test_one_that_does_not_exist_is_not_found(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ada)
    for address in (reverse("sla:calendar", args=[2**62]), "/calendars/99999999999999999999/"):
        assert client.get(address).status_code == 404
    assert client.post(reverse("sla:archive_calendar", args=[2**62])).status_code == 404


def test_only_administrators_reach_them(cast: Cast, client_of: ClientOf, default: Calendar) -> None:
    for user in (cast.sam, cast.tess, cast.mara, cast.max):
        client = client_of(user)
        for address in (LIST, NEW, page_of(default), reverse("sla:regions")):
            assert client.get(address).status_code == 403
        for address in (NEW, PREVIEW, page_of(default), archive_of(default)):
            assert client.post(address, form()).status_code == 403
    assert Client().get(LIST).status_code == 302
    assert default.versions.count() == 1
    with pytest.raises(Refusal):
        archive(calendar_id=default.pk, by=cast.max, at=MONDAY)


def test_pages_answer_their_own_methods_only(
    cast: Cast, client_of: ClientOf, default: Calendar
) -> None:
    client = client_of(cast.ada)
    assert client.post(LIST).status_code == 405
    assert client.get(PREVIEW).status_code == 405
    assert client.get(archive_of(default)).status_code == 405
    assert client.put(page_of(default)).status_code == 405


@pytest.mark.parametrize(
    "name", ["name", "mon", "closed", "yearly", "zone", "country", "subdivision"]
)
@pytest.mark.parametrize("value", ["\x00", "<script>alert(1)</script>", "9" * 50_000])
def test_hostile_values_are_answered(
    cast: Cast, client_of: ClientOf, name: str, value: Any
) -> None:
    answer = client_of(cast.ada).post(NEW, form(**{name: value}))
    assert answer.status_code in {302, 400, 422}
    assert b"<script>alert(1)" not in answer.content
