"""The pages about people, each asked the five questions."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.utils import translation

from handoff.people import letters
from handoff.people.models import ApiToken, Membership, Role, Scope, Team, User
from tests.cast import MONDAY, Cast, person
from tests.conftest import ClientOf

pytestmark = pytest.mark.django_db


def place(n: int = 0, **fields: object) -> dict[str, object]:
    return {f"places-{n}-{name}": value for name, value in fields.items()}


def person_form(**fields: object) -> dict[str, object]:
    form: dict[str, object] = {
        "name": "Nina Nunes",
        "email": "nina@handoff.test",
        "language": "",
        "places-TOTAL_FORMS": 1,
        "places-INITIAL_FORMS": 0,
    }
    return form | place(role="") | fields


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters go to the post at once."""
    monkeypatch.setattr(
        "handoff.people.tasks.send_password_link.delay",
        lambda user_id, invited, language: letters.send_password_link(
            User.objects.get(pk=user_id), invited=invited, language=language
        ),
    )


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("mara", "/desk/"),
        ("sam", "/queue/"),
        ("tess", "/board/"),
        ("max", "/reports/"),
        ("ada", "/people/"),
    ],
)
def test_everybody_starts_at_the_page_of_their_role(
    cast: Cast, client_of: ClientOf, name: str, page: str
) -> None:
    assert client_of(getattr(cast, name)).get("/")["Location"] == page


def test_who_has_no_role_is_told_whom_to_ask(cast: Cast, client_of: ClientOf) -> None:
    assert "You belong to no team yet" in client_of(person("Rita")).get("/").content.decode()


def test_the_list_is_searched_and_shows_who_left(cast: Cast, client_of: ClientOf) -> None:
    ada = client_of(cast.ada)
    User.objects.filter(pk=cast.sol.pk).update(is_active=False)
    assert "Sam" in ada.get("/people/?q=SAM").content.decode()
    assert "Nobody by that name" in ada.get("/people/?q=<script>").content.decode()
    gone = ada.get("/people/?gone=1").content.decode()
    assert "sol@handoff.test" in gone
    assert "sam@handoff.test" not in gone


def test_a_long_list_goes_on_where_it_stopped(cast: Cast, client_of: ClientOf) -> None:
    User.objects.bulk_create(
        User(email=f"z{n:02}@handoff.test", name=f"Zoe {n:02}") for n in range(60)
    )
    ada = client_of(cast.ada)
    first = ada.get("/people/")
    rest = ada.get("/people/", {"after": first.context["next"]})
    names = [user.name for page in (first, rest) for user in page.context["people"]]
    assert names == sorted(names)
    assert len(names) == len(set(names)) == User.objects.count()
    assert rest.context["next"] is None
    for wrong in ("x", "9" * 40, "٣", "-1"):
        assert ada.get("/people/", {"after": wrong}).status_code == 200


def test_an_invited_person_chooses_a_password_and_is_in(cast: Cast, client_of: ClientOf) -> None:
    form = person_form(
        email="ＮＩＮＡ@Handoff.test", language="pt-br", **place(role="seller", team=cast.sales.pk)
    )
    answer = client_of(cast.ada).post("/people/new/", form)
    nina = User.objects.get(email="nina@handoff.test")
    assert answer["Location"] == f"/people/{nina.pk}/"
    assert nina.memberships.get().team == cast.sales
    (letter,) = mail.outbox
    assert letter.to == ["nina@handoff.test"]
    with translation.override("pt-br"):
        assert letter.subject == translation.gettext("You are invited to Handoff")
    link = re.search(r"https?://[^/]+(/account/\S+)", str(letter.body))
    assert link
    visitor = Client()
    page = visitor.get(link[1], follow=True)
    new = {"password1": "relay and baton 7", "password2": "relay and baton 7"}
    done = visitor.post(page.request["PATH_INFO"], new)
    assert done.status_code == 302
    assert visitor.get("/profile/").status_code == 200
    assert Client().get(link[1], follow=True).context["token_fail"]


def test_the_link_is_shown_until_it_is_used(cast: Cast, client_of: ClientOf) -> None:
    nina = User.objects.create_user("nina@handoff.test", name="Nina")
    page = client_of(cast.ada).get(f"/people/{nina.pk}/")
    assert "/account/password/reset/key/" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert "reset/key" not in client_of(cast.ada).get(f"/people/{cast.sam.pk}/").content.decode()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"email": "SAM@handoff.test"}, "email"),
        ({"email": '"><script>"@x'}, "email"),
        ({"email": "a" * 300 + "@x.com"}, "email"),
        ({"name": ""}, "name"),
        ({"language": "xx"}, "language"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    cast: Cast, client_of: ClientOf, fields: dict[str, object], field: str
) -> None:
    answer = client_of(cast.ada).post("/people/new/", person_form(**fields))
    assert field in answer.context["form"].errors
    assert not mail.outbox


@pytest.mark.parametrize(
    ("role", "team", "limit"),
    [
        ("seller", "marketing", ""),
        ("marketer", "sales", ""),
        ("seller", None, ""),
        ("manager", "sales", ""),
        ("emperor", None, ""),
        ("seller", "sales", "0"),
        ("seller", "sales", "99999"),
    ],
)
def test_a_role_fits_its_team(
    cast: Cast, client_of: ClientOf, role: str, team: str | None, limit: str
) -> None:
    chosen = getattr(cast, team).pk if team else ""
    form = person_form(**place(role=role, team=chosen, capacity=limit))
    answer = client_of(cast.ada).post("/people/new/", form)
    assert answer.status_code == 200
    assert any(answer.context["places"].errors)


def test_a_form_without_its_management_part_is_no_error_of_ours(
    cast: Cast, client_of: ClientOf
) -> None:
    answer = client_of(cast.ada).post("/people/new/", {"name": "X", "email": "x@handoff.test"})
    assert answer.status_code == 200
    assert not User.objects.filter(email="x@handoff.test").exists()


def test_one_role_a_team(cast: Cast, client_of: ClientOf) -> None:
    twice = place(0, role="seller", team=cast.sales.pk) | place(1, role="lead", team=cast.sales.pk)
    form = person_form(**twice) | {"places-TOTAL_FORMS": 2}
    answer = client_of(cast.ada).post("/people/new/", form)
    assert answer.context["form"].non_field_errors()


def test_a_person_is_edited_and_moves(cast: Cast, client_of: ClientOf) -> None:
    form = person_form(
        name="Sol", email="sol2@handoff.test", **place(role="lead", team=cast.other_sales.pk)
    )
    assert client_of(cast.ada).post(f"/people/{cast.sol.pk}/", form).status_code == 302
    cast.sol.refresh_from_db()
    assert cast.sol.email == "sol2@handoff.test"
    assert cast.sol.memberships.get().role == Role.LEAD


def test_the_last_administrator_stays(cast: Cast, client_of: ClientOf) -> None:
    ada = client_of(cast.ada)
    demoted = person_form(name="Ada", email="ada@handoff.test", **place(role="manager"))
    answer = ada.post(f"/people/{cast.ada.pk}/", demoted)
    assert "last administrator" in str(answer.context["form"].non_field_errors())
    ada.post(f"/people/{cast.ada.pk}/deactivate/")
    cast.ada.refresh_from_db()
    assert cast.ada.is_active
    assert cast.ada.memberships.get().role == Role.ADMINISTRATOR


def test_of_two_administrators_one_may_go(cast: Cast, client_of: ClientOf) -> None:
    person("Bea", Role.ADMINISTRATOR)
    client_of(cast.ada).post(f"/people/{cast.ada.pk}/deactivate/")
    cast.ada.refresh_from_db()
    assert not cast.ada.is_active


def test_who_is_locked_out_is_out_at_once(cast: Cast, client_of: ClientOf) -> None:
    sam, ada = client_of(cast.sam), client_of(cast.ada)
    token, secret = ApiToken.issue(user=cast.sam, name="t", scopes=[Scope.READ], at=MONDAY)
    assert sam.get("/profile/").status_code == 200
    ada.post(f"/people/{cast.sam.pk}/deactivate/")
    assert sam.get("/profile/")["Location"] == "/account/login/?next=/profile/"
    token.refresh_from_db()
    assert token.revoked_at
    again = Client().get("/api/schema/", HTTP_AUTHORIZATION=f"Bearer {secret}")
    assert again.status_code == 401
    ada.post(f"/people/{cast.sam.pk}/activate/")
    assert sam.get("/profile/").status_code == 302


def test_teams_are_added_renamed_archived_and_restored(cast: Cast, client_of: ClientOf) -> None:
    ada = client_of(cast.ada)
    ada.post("/people/teams/", {"name": "Partners", "side": "sales"})
    team = Team.objects.get(name="Partners")
    ada.post(f"/people/teams/{team.pk}/", {"name": "Channel"})
    ada.post(f"/people/teams/{team.pk}/archive/")
    team.refresh_from_db()
    assert team.name == "Channel"
    assert team.archived_at
    ada.post(f"/people/teams/{team.pk}/restore/")
    team.refresh_from_db()
    assert team.archived_at is None


def test_a_team_has_one_name_and_is_not_archived_under_its_people(
    cast: Cast, client_of: ClientOf
) -> None:
    ada = client_of(cast.ada)
    twice = ada.post("/people/teams/", {"name": "inside SALES", "side": "sales"})
    assert "name" in twice.context["form"].errors
    assert (
        "name"
        in ada.post(f"/people/teams/{cast.sales.pk}/", {"name": "Field Lisbon"})
        .context["form"]
        .errors
    )
    ada.post(f"/people/teams/{cast.sales.pk}/archive/")
    cast.sales.refresh_from_db()
    assert cast.sales.archived_at is None


def test_a_key_is_shown_once_and_works_until_revoked(cast: Cast, client_of: ClientOf) -> None:
    ada = client_of(cast.ada)
    form = {"name": "Website", "owner": cast.mara.pk, "scopes": ["intake"]}
    page = ada.post("/people/tokens/", form)
    secret = page.context["secret"]
    key = ApiToken.objects.get()
    assert key.user == cast.mara
    assert key.digest == ApiToken.digest_of(secret)
    assert "no-store" in page["Cache-Control"]
    assert secret not in ada.get("/people/tokens/").content.decode()
    assert ApiToken.objects.usable().count() == 1
    ada.post(f"/people/tokens/{key.pk}/revoke/")
    ada.post(f"/people/tokens/{key.pk}/revoke/")
    assert ApiToken.objects.usable().count() == 0


@pytest.mark.parametrize("wrong", [{"scopes": []}, {"scopes": ["all"]}, {"owner": 999_999}])
def test_a_key_needs_what_it_may_and_who_it_is(
    cast: Cast, client_of: ClientOf, wrong: dict[str, object]
) -> None:
    form = {"name": "W", "owner": cast.mara.pk, "scopes": ["read"]} | wrong
    page = client_of(cast.ada).post("/people/tokens/", form)
    assert page.context["form"].errors
    assert not ApiToken.objects.exists()


def test_a_profile_is_kept_and_speaks_its_language(cast: Cast, client_of: ClientOf) -> None:
    sam = client_of(cast.sam)
    form = {"name": "Samuel", "language": "pt-br", "zone": "Europe/Lisbon", "theme": "dark"}
    assert sam.post("/profile/", form).status_code == 302
    cast.sam.refresh_from_db()
    assert (cast.sam.name, cast.sam.zone, cast.sam.sound) == ("Samuel", "Europe/Lisbon", False)
    page = sam.get("/profile/")
    assert page["Content-Language"] == "pt-br"
    assert sam.post("/profile/", form | {"zone": "Mars/Olympus"}).context["form"].errors


def test_the_language_is_switched_for_a_visitor_and_remembered_for_a_person(
    cast: Cast, client_of: ClientOf
) -> None:
    visitor = Client()
    answer = visitor.post("/language/", {"language": "pt-br", "next": "/account/login/"})
    assert answer["Location"] == "/account/login/"
    assert visitor.get("/account/login/")["Content-Language"] == "pt-br"
    client_of(cast.sam).post("/language/", {"language": "pt-br"})
    cast.sam.refresh_from_db()
    assert cast.sam.language == "pt-br"


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test", "javascript:alert(1)", ""])
def test_the_switch_leads_nowhere_else(cast: Cast, target: str) -> None:
    assert Client().post("/language/", {"language": "en", "next": target})["Location"] == "/"


def test_an_unknown_language_changes_nothing(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.sam).post("/language/", {"language": "xx"})
    assert answer.status_code == 302
    cast.sam.refresh_from_db()
    assert cast.sam.language == "en"


def test_help_defines_the_figures_in_both_languages(cast: Cast, client_of: ClientOf) -> None:
    sam = client_of(cast.sam)
    assert 'id="attainment"' in sam.get("/help/").content.decode()


def test_memberships_do_not_outlive_an_edit_that_fails(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **options: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Membership.objects, "bulk_create", broken)
    form = person_form(name="Sol", email="sol@handoff.test")
    with pytest.raises(ZeroDivisionError):
        client_of(cast.ada).post(f"/people/{cast.sol.pk}/", form)
    assert cast.sol.memberships.get().team == cast.sales
