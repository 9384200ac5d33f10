"""Pages about people: home, setup, profile, administration."""

from django.urls import URLPattern, path
from django.views.generic import RedirectView

from handoff import converters  # noqa: F401  registers <id:…>
from handoff.people.views import home, people, profile, setup, teams, tokens

to_profile = RedirectView.as_view(pattern_name="profile")

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("setup/", setup.setup, name="setup"),
    path("language/", home.language, name="language"),
    path("help/", home.help_page, name="help"),
    path("profile/", profile.profile, name="profile"),
    path("people/", people.people, name="people"),
    path("people/new/", people.add, name="person_add"),
    path("people/<id:pk>/", people.person, name="person"),
    path("people/<id:pk>/link/", people.send_link, name="person_link"),
    path("people/<id:pk>/deactivate/", people.deactivate, name="person_deactivate"),
    path("people/<id:pk>/activate/", people.activate, name="person_activate"),
    path("people/teams/", teams.teams, name="teams"),
    path("people/teams/<id:pk>/", teams.team, name="team"),
    path("people/teams/<id:pk>/archive/", teams.archive, name="team_archive"),
    path("people/teams/<id:pk>/restore/", teams.restore, name="team_restore"),
    path("people/tokens/", tokens.tokens, name="tokens"),
    path("people/tokens/<id:pk>/revoke/", tokens.revoke, name="token_revoke"),
    # an administrator says which address a person signs in by
    path("account/email/", to_profile, name="account_email_elsewhere"),
]
