"""The marketer's pages: desk, list, lead, new, edit, campaigns, search."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from handoff.people.models import User
from leads.actions.touch import Deed, touch
from leads.models import Campaign, Interaction, Lead, Material
from leads.queries.timeline import story_of
from leads.stages import LeadStage
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf
from tests.walk import lead_at, new_lead

PAGES = ("desk", "list", "new", "campaigns", "new_campaign", "search", "list_csv")
SCRIPT = '"><script>alert(1)</script>'


def page(name: str, *args: Any) -> str:
    return reverse(f"leads:{name}", args=args)


@pytest.fixture
def mara(cast: Cast, client_of: ClientOf) -> Client:
    return client_of(cast.mara)


def text_of(answer: Any) -> str:
    return "".join(part.decode() for part in answer)


@pytest.mark.parametrize("name", PAGES)
def test_a_marketer_opens_every_page(mara: Client, name: str) -> None:
    assert mara.get(page(name)).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_is_sent_to_sign_in(client: Client, db: None, name: str) -> None:
    answer = client.get(page(name))
    assert (answer.status_code, "login" in answer["Location"]) == (302, True)


@pytest.mark.parametrize("name", [one for one in PAGES if one != "search"])
def test_a_seller_has_no_desk(cast: Cast, client_of: ClientOf, name: str) -> None:
    assert client_of(cast.sam).get(page(name)).status_code == 403


@pytest.mark.parametrize("name", ["desk", "list", "search", "list_csv", "campaigns"])
def test_pages_that_only_show_take_no_post(mara: Client, name: str) -> None:
    assert mara.post(page(name)).status_code == 405


@pytest.mark.parametrize("name", ["lead", "edit", "timeline"])
@pytest.mark.parametrize(("who", "status"), [("olga", 404), ("sam", 403), ("mara", 200)])
def test_whose_lead_it_is_not_finds_nothing(
    cast: Cast, client_of: ClientOf, name: str, who: str, status: int
) -> None:
    lead = new_lead(cast)
    assert client_of(getattr(cast, who)).get(page(name, lead.pk)).status_code == status


@pytest.mark.parametrize("name", ["lead", "edit", "timeline", "campaign"])
def test_an_id_that_nothing_has_is_not_found(mara: Client, name: str) -> None:
    assert mara.get(page(name, 2**62)).status_code == 404
    assert mara.get(page(name, 1).replace("1", "9" * 30)).status_code == 404


def test_the_list_is_filtered_searched_and_paged(cast: Cast, mara: Client) -> None:
    campaign = Campaign.objects.create(team=cast.marketing, name="Guide")
    for number in range(3):
        new_lead(cast, at=MONDAY + timedelta(minutes=number), name=f"João Número {number}")
    wanted = new_lead(cast, name="Bia Souza", origin="", campaign_id=campaign.pk)
    qualified = lead_at(LeadStage.MQL, cast, name="Caio")
    for query, expected in (
        ("q=joao+num", 3),
        ("q=SOUZA", 1),
        (f"q={wanted.email}", 1),
        ("stage=mql", 1),
        ("stage=mql&stage=new", 5),
        ("stage=nonsense", 5),
        ("origin=-", 1),
        (f"campaign={campaign.pk}", 1),
        ("campaign=99999999999999999999", 5),
        ("mine=1", 1),
        ("q=--", 0),
        ("q=%27%3A*%26%7C%21%28", 0),
        ("after=nonsense", 5),
        ("after=nan-1", 5),
        ("after=1e400-1", 5),
    ):
        rows = mara.get(f"{page('list')}?{query}").context["page"].rows
        assert len(rows) == expected, query
    assert mara.get(f"{page('list')}?mine=1").context["page"].rows[0].pk == qualified.pk


def test_pages_of_the_list_lose_and_repeat_nobody(cast: Cast, mara: Client) -> None:
    made = {new_lead(cast, at=MONDAY + timedelta(minutes=number // 7)).pk for number in range(60)}
    first = mara.get(page("list")).context["page"]
    second = mara.get(f"{page('list')}?after={first.next}").context["page"]
    assert (len(first.rows), len(second.rows), second.next) == (50, 10, "")
    assert {row.pk for row in [*first.rows, *second.rows]} == made


@pytest.mark.parametrize("name", ["list", "desk"])
def test_a_page_asks_the_same_number_of_questions_however_long_it_is(
    cast: Cast, mara: Client, name: str, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        lead_at(list(LeadStage)[number % 6], cast)
    with django_assert_max_num_queries(13) as few:
        mara.get(page(name))
    for number in range(24):
        lead_at(list(LeadStage)[number % 6], cast)
    with django_assert_max_num_queries(len(few)):
        mara.get(page(name))


def test_the_file_of_the_list_holds_no_formula(cast: Cast, mara: Client) -> None:
    new_lead(cast, name="=cmd()", company="+55 Ltda", origin="@x")
    answer = mara.get(f"{page('list_csv')}?stage=new")
    assert answer["Content-Disposition"] == 'attachment; filename="leads.csv"'
    lines = text_of(answer.streaming_content).splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 2
    assert "'=cmd()" in lines[1]
    assert "'+55 Ltda" in lines[1]


def test_script_in_every_field_stays_text(cast: Cast, mara: Client) -> None:
    fields: dict[str, Any] = dict.fromkeys(
        ("name", "company", "job_title", "city", "origin", "text"), SCRIPT
    )
    lead = new_lead(cast, **fields, pains=[SCRIPT], attributes={SCRIPT: SCRIPT})
    for address in (
        page("lead", lead.pk),
        page("edit", lead.pk),
        f"{page('list')}?q={SCRIPT}&col=company&col=job_title&col=city",
        page("desk"),
        f"{page('search')}?q=script",
    ):
        assert "<script>alert" not in mara.get(address).content.decode(), address


def test_the_lead_page_shows_evidence_and_what_the_package_lacks(cast: Cast, mara: Client) -> None:
    lead = lead_at(LeadStage.MQL, cast, legal_basis="", attributes={"employees": 40})
    for kind, material in (("visit", ""), ("visit", ""), ("download", "Price list")):
        deed = Deed(lead_id=lead.pk, kind=kind, material=material, occurred_at=MONDAY)
        touch(deed=deed, by=cast.mara, at=MONDAY)
    deed = Deed(lead_id=lead.pk, kind="demo_request", occurred_at=MONDAY)
    touch(deed=deed, by=cast.mara, at=MONDAY)
    answer = mara.get(page("lead", lead.pk))
    fit, engagement, intent = answer.context["axes"]
    assert ("Employees", "40") in [(sign.label, sign.text) for sign in fit.signs]
    assert "× 2" in [sign.text for sign in engagement.signs]
    assert [sign.label for sign in intent.signs] == ["Demo request"]
    assert "legal_basis" in [part.key for part in answer.context["package"].missing]
    assert answer.context["may_offer"]


def test_the_lead_page_asks_a_constant_number_of_questions(
    cast: Cast, mara: Client, django_assert_max_num_queries: Any
) -> None:
    lead = lead_at(LeadStage.RETURNED, cast)
    for number in range(40):
        deed = Deed(lead_id=lead.pk, kind="download", material=f"Guide {number}")
        touch(deed=deed, by=cast.mara, at=MONDAY + timedelta(minutes=number))
    with django_assert_max_num_queries(13):
        mara.get(page("lead", lead.pk))


def test_the_story_goes_on_where_the_page_ended(cast: Cast, mara: Client) -> None:
    lead = lead_at(LeadStage.RETURNED, cast)
    Interaction.objects.bulk_create(
        Interaction(
            lead=lead,
            kind="download",
            occurred_at=MONDAY + timedelta(minutes=number // 3),
            recorded_at=MONDAY,
        )
        for number in range(70)
    )
    seen, after, pages = [], "", 0
    while pages == 0 or after:
        story = story_of(lead, after=after)
        seen += [moment.place for moment in story.moments]
        after, pages = story.older, pages + 1
    whole = story_of(lead, limit=1_000)
    assert seen == [moment.place for moment in whole.moments]
    assert (len(seen), len(set(seen)), pages) == (len(seen), len(seen), 3)
    fragment = mara.get(f"{page('timeline', lead.pk)}?after={story_of(lead).older}")
    assert b"Download" in fragment.content
    assert mara.get(f"{page('timeline', lead.pk)}?after=nonsense").status_code == 200


def test_visits_of_a_day_are_folded(cast: Cast) -> None:
    lead = new_lead(cast)
    for number in range(4):
        deed = Deed(lead_id=lead.pk, kind="visit", url=f"/page-{number}")
        touch(deed=deed, by=cast.mara, at=MONDAY + timedelta(minutes=number + 1))
    first = story_of(lead).moments[0]
    assert (first.text, len(first.folded)) == ("Visit, 4 times", 4)


def form(cast: Cast, **fields: Any) -> dict[str, Any]:
    return {
        "team": cast.marketing.pk,
        "name": "Ana Prado",
        "email": "ana@acme.example",
        "legal_basis": "consent",
        "kind": "message",
        "key": "k1",
        **fields,
    }


def test_a_lead_is_taken_in_by_the_form_once(cast: Cast, mara: Client) -> None:
    for _double_click in range(2):
        answer = mara.post(page("new"), form(cast, pains="Slow\n\nDear", text="Call me"))
        assert answer["Location"] == Lead.objects.get().get_absolute_url()
    assert Interaction.objects.count() == 1
    assert Lead.objects.get().pains == ["Slow", "Dear"]
    again = mara.post(page("new"), form(cast, key="k2"), follow=True)
    assert "was known already" in again.content.decode()
    assert Interaction.objects.count() == 2


def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(cast: Cast, mara: Client) -> None:
    answer = mara.post(page("new"), form(cast, email='"><script>"@x.com', company="Acme"))
    assert answer.status_code == 422
    assert "is not an e-mail address" in str(answer.context["form"].errors["email"])
    assert b'value="Acme"' in answer.content
    assert not Lead.objects.exists()


@pytest.mark.parametrize("when", ["0001-01-01T00:00", "1989-01-01T00:00", "2999-01-01T00:00"])
def test_future_and_ancient_dates_are_refused(cast: Cast, mara: Client, when: str) -> None:
    answer = mara.post(page("new"), form(cast, occurred_at=when))
    assert (answer.status_code, "occurred_at" in answer.context["form"].errors) == (422, True)


def test_another_teams_person_is_not_shown(cast: Cast, mara: Client, client_of: ClientOf) -> None:
    mara.post(page("new"), form(cast))
    olga = client_of(cast.olga)
    answer = olga.post(page("new"), form(cast, team=cast.other_marketing.pk, key="k9"), follow=True)
    assert "Another team knows this person" in answer.content.decode()
    assert b"Ana Prado" not in answer.content
    foreign = olga.post(page("new"), form(cast, key="k8"))
    assert (foreign.status_code, "team" in foreign.context["form"].errors) == (422, True)


def test_a_correction_and_a_stale_page(cast: Cast, mara: Client) -> None:
    lead = new_lead(cast)
    shown = mara.get(page("edit", lead.pk)).context["form"].initial
    data = {**shown, "campaign": "", "company": "New name"}
    assert mara.post(page("edit", lead.pk), data).status_code == 302
    lead.refresh_from_db()
    assert (lead.company, lead.name) == ("New name", shown["name"])
    assert mara.post(page("edit", lead.pk), {**data, "name": "X"}).status_code == 409
    assert mara.post(page("edit", lead.pk), {**data, "opened": "soon"}).status_code == 409


def test_an_origin_is_written_by_its_name_and_kept_by_its_word(cast: Cast, mara: Client) -> None:
    lead = new_lead(cast, origin="paid_search")
    form = mara.get(page("edit", lead.pk)).context["form"]
    assert str(form["origin"].value()) == "Paid search"
    data = {field.html_name: field.value() or "" for field in form}
    for written, kept in (
        ("referral", "referral"),
        ("Paid search", "paid_search"),
        ("Fair", "Fair"),
    ):
        opened = mara.get(page("edit", lead.pk)).context["form"]["opened"].value()
        mara.post(page("edit", lead.pk), {**data, "opened": opened, "origin": written})
        lead.refresh_from_db()
        assert lead.origin == kept


def test_a_verdict_by_page(cast: Cast, mara: Client, client_of: ClientOf) -> None:
    lead = new_lead(cast)
    for name, stage in (("qualify", LeadStage.MQL), ("disqualify", LeadStage.DISQUALIFIED)):
        address = page(name, lead.pk)
        assert mara.get(address).status_code == 405
        assert client_of(cast.sam).post(address, {"reason": "x"}).status_code == 403
        assert client_of(cast.olga).post(address, {"reason": "x"}).status_code == 404
        assert mara.post(address, {"reason": ""}).status_code == 422
        assert mara.post(address, {"reason": "Because"})["Location"] == lead.get_absolute_url()
        assert mara.post(address, {"reason": "Again"}).status_code == 302
        lead.refresh_from_db()
        assert lead.stage == stage


def test_many_at_once_tell_what_became_of_each(cast: Cast, mara: Client) -> None:
    new, queued = new_lead(cast), lead_at(LeadStage.HANDED_OFF, cast)
    address = page("qualify_many")
    data = {"lead": [new.pk, queued.pk, "x", "9" * 25], "reason": "Fair"}
    answer = mara.post(address, data, headers={"referer": f"http://testserver{page('desk')}"})
    assert answer["Location"] == f"http://testserver{page('desk')}"
    told = mara.get(page("desk")).content.decode()
    assert "1 lead done." in told
    assert f"Lead {queued.pk} was left as it is" in told
    assert mara.get(address).status_code == 405
    assert mara.post(page("disqualify_many"), {"reason": "x"}).status_code == 302


def test_the_desk_shows_what_to_do(cast: Cast, mara: Client, client_of: ClientOf) -> None:
    ready = lead_at(LeadStage.MQL, cast, name="Ready Rita")
    new_lead(cast, name="New Nina")
    returned = lead_at(LeadStage.RETURNED, cast)
    again = lead_at(LeadStage.RECYCLED, cast)
    won = lead_at(LeadStage.WON, cast)
    new_lead(cast, email=won.email, at=MONDAY + timedelta(days=1))
    desk = mara.get(page("desk")).context["desk"]
    assert [row.lead.pk for row in desk.ready.rows] == [ready.pk]
    assert desk.ready.rows[0].package.missing
    assert [(row.lead.pk, row.by) for row in desk.answers.rows] == [(returned.pk, "Sam")]
    assert [row.lead.pk for row in desk.again.rows] == [again.pk]
    assert desk.news.rows[0].lead.pk == won.pk
    empty = client_of(cast.olga).get(page("desk"))
    assert b"Nobody new" in empty.content


def test_a_campaign_with_its_materials_and_figures(cast: Cast, mara: Client) -> None:
    data = {
        "team": cast.marketing.pk,
        "name": "Guide",
        "cost": "1200.50",
        "promise": "A plan",
        "materials": "Price list\nE-book\nE-book",
    }
    assert mara.post(page("new_campaign"), data).status_code == 302
    campaign = Campaign.objects.get()
    assert set(campaign.materials.values_list("name", flat=True)) == {"Price list", "E-book"}
    lead_at(LeadStage.WON, cast, campaign_id=campaign.pk)
    [(_row, figures)] = mara.get(page("campaigns")).context["pairs"]
    assert (figures.leads, figures.qualified, figures.handed_off, figures.won) == (1, 1, 1, 1)
    address = page("campaign", campaign.pk)
    assert mara.post(address, {**data, "materials": "E-book"}).status_code == 302
    assert Material.objects.filter(campaign=campaign).count() == 1


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"cost": "-1"}, "cost"),
        ({"name": ""}, "name"),
        ({"name": "Taken"}, "name"),
        ({"starts_on": "2026-02-02", "ends_on": "2026-02-01"}, "ends_on"),
        ({"starts_on": "0000-02-02"}, "starts_on"),
        ({"materials": "x" * 161}, "materials"),
        ({"team": "0"}, "team"),
    ],
)
def test_a_wrong_campaign_is_not_kept(
    cast: Cast, mara: Client, fields: dict[str, Any], where: str
) -> None:
    Campaign.objects.create(team=cast.marketing, name="Taken")
    data = {"team": cast.marketing.pk, "name": "Guide", "cost": "1", **fields}
    answer = mara.post(page("new_campaign"), data)
    assert (answer.status_code, where in answer.context["form"].errors) == (422, True)
    assert Campaign.objects.count() == 1


def test_what_another_team_gives_away_stays_theirs(
    cast: Cast, mara: Client, client_of: ClientOf
) -> None:
    theirs = Campaign.objects.create(team=cast.other_marketing, name="Theirs")
    material = Material.objects.create(name="E-book", campaign=theirs)
    data = {"team": cast.marketing.pk, "name": "Guide", "cost": "1", "materials": "E-book"}
    answer = mara.post(page("new_campaign"), data)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["materials"])
    material.refresh_from_db()
    assert material.campaign == theirs
    assert Campaign.objects.count() == 1


def test_another_teams_campaign_is_not_found(cast: Cast, mara: Client, client_of: ClientOf) -> None:
    campaign = Campaign.objects.create(team=cast.marketing, name="Guide")
    assert client_of(cast.olga).get(page("campaign", campaign.pk)).status_code == 404
    assert client_of(cast.sam).get(page("campaign", campaign.pk)).status_code == 403
    watching = client_of(cast.max)
    assert watching.get(page("campaign", campaign.pk)).status_code == 200


def test_search_finds_only_who_one_may_see(cast: Cast, client_of: ClientOf) -> None:
    lead = lead_at(LeadStage.HANDED_OFF, cast, name="Ágata Lima")
    address = f"{page('search')}?q=agata"

    def seen(user: User) -> list[int]:
        return [found.row.pk for found in client_of(user).get(address).context["rows"]]

    assert seen(cast.mara) == seen(cast.sam) == seen(cast.max) == [lead.pk]
    assert seen(cast.otto) == seen(cast.olga) == []
    sellers = client_of(cast.sam).get(address).content.decode()
    assert page("lead", lead.pk) not in sellers
    assert "/handoffs/" in sellers
