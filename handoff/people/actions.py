"""Verbs on people, teams and keys.

Each raises ValidationError, by field, for what it cannot accept, and PermissionDenied for who may
not ask. The ground floor has no journal to write to: who a key or a role belongs to is kept in
the rows themselves. All of them wait for one another, so that two administrators at once cannot
remove each other or make one person twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from handoff.people.access import allowed
from handoff.people.models import ApiToken, Membership, Role, Scope, Side, Team, User, email_key

LOCK: Final = 0x70656F706C65
EVERYWHERE: Final = (Role.MANAGER, Role.ADMINISTRATOR)
SIDES: Final = {
    Role.MARKETER: (Side.MARKETING,),
    Role.SELLER: (Side.SALES,),
    Role.LEAD: (Side.MARKETING, Side.SALES),
}


@dataclass(frozen=True)
class Place:
    """A role somebody takes; `team` is empty for managers and administrators."""

    role: str
    team: Team | None = None
    capacity: int | None = None


@transaction.atomic
def set_up(
    *,
    name: str,
    email: str,
    password: str,
    language: str,
    zone: str,
    marketing: str,
    sales: str,
    at: datetime,
) -> User | None:
    """The first administrator and the first two teams; nothing once anybody exists."""
    _wait_for_turn()
    if User.objects.exists():
        return None
    if marketing.strip().casefold() == sales.strip().casefold():
        raise ValidationError({"sales": _("The two teams need different names.")})
    user = User.objects.create_user(email, password, name=name, language=language, zone=zone)
    Membership.objects.create(user=user, role=Role.ADMINISTRATOR)
    Team.objects.create(name=marketing.strip(), side=Side.MARKETING)
    Team.objects.create(name=sales.strip(), side=Side.SALES)
    return user


@transaction.atomic
def add_person(
    *, name: str, email: str, language: str, places: Sequence[Place], by: User, at: datetime
) -> User:
    """Somebody new, who chooses a password by the link they are sent."""
    _administer(by)
    _check_email(email)
    _check_places(places)
    user = User.objects.create_user(email, name=name, language=language)
    _place(user, places)
    return user


@transaction.atomic
def edit_person(
    *,
    person_id: int,
    name: str,
    email: str,
    language: str,
    places: Sequence[Place],
    by: User,
    at: datetime,
) -> User:
    """Change who somebody is and where they belong."""
    _administer(by)
    user = User.objects.select_for_update().get(pk=person_id)
    _check_email(email, but=user)
    _check_places(places)
    if all(place.role != Role.ADMINISTRATOR for place in places):
        _keep_an_administrator(without=user)
    if user.email != email_key(email):
        EmailAddress.objects.filter(user=user).delete()
    user.name, user.email, user.language = name, email_key(email), language
    user.save(update_fields=("name", "email", "language"))
    _place(user, places)
    return user


@transaction.atomic
def deactivate(*, person_id: int, by: User, at: datetime) -> User:
    """Lock somebody out at once: their sessions, password and keys end here."""
    _administer(by)
    user = User.objects.select_for_update().get(pk=person_id)
    _keep_an_administrator(without=user)
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=("is_active", "password"))
    ApiToken.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=at)
    return user


@transaction.atomic
def activate(*, person_id: int, by: User, at: datetime) -> User:
    """Let somebody back in; they choose a new password by a new link."""
    _administer(by)
    user = User.objects.select_for_update().get(pk=person_id)
    user.is_active = True
    user.save(update_fields=("is_active",))
    return user


@transaction.atomic
def add_team(*, name: str, side: str, by: User, at: datetime) -> Team:
    """A new team, whose name no other team has, archived or not."""
    _administer(by)
    _check_team_name(name)
    return Team.objects.create(name=name.strip(), side=side)


@transaction.atomic
def rename_team(*, team_id: int, name: str, by: User, at: datetime) -> Team:
    """A team keeps its side for ever, since leads and agreements hang on it."""
    _administer(by)
    team = Team.objects.select_for_update().get(pk=team_id)
    _check_team_name(name, but=team)
    team.name = name.strip()
    team.save(update_fields=("name",))
    return team


@transaction.atomic
def archive_team(*, team_id: int, by: User, at: datetime) -> Team:
    """Take a team out of choice; what it did stays."""
    _administer(by)
    team = Team.objects.select_for_update().get(pk=team_id)
    if Membership.objects.filter(team=team, user__is_active=True).exists():
        raise ValidationError(_("People still belong to this team: move them first."))
    team.archived_at = team.archived_at or at
    team.save(update_fields=("archived_at",))
    return team


@transaction.atomic
def restore_team(*, team_id: int, by: User, at: datetime) -> Team:
    """Bring an archived team back into choice."""
    _administer(by)
    team = Team.objects.select_for_update().get(pk=team_id)
    team.archived_at = None
    team.save(update_fields=("archived_at",))
    return team


@transaction.atomic
def issue_token(
    *, owner_id: int, name: str, scopes: Sequence[str], by: User, at: datetime
) -> tuple[ApiToken, str]:
    """A key that acts as its owner, and its secret, which is shown once."""
    if not allowed(by, "tokens") or (owner_id != by.pk and not allowed(by, "people")):
        raise PermissionDenied
    owner = User.objects.filter(pk=owner_id, is_active=True).first()
    if owner is None:
        raise ValidationError({"owner": _("This person cannot hold a key.")})
    if not scopes or set(scopes) - set(Scope.values):
        raise ValidationError({"scopes": _("Choose what the key may do.")})
    return ApiToken.issue(user=owner, name=name, scopes=sorted(set(scopes)), at=at)


@transaction.atomic
def revoke_token(*, token_id: int, by: User, at: datetime) -> ApiToken:
    """End a key; revoking it again changes nothing."""
    if not allowed(by, "tokens"):
        raise PermissionDenied
    token = ApiToken.objects.visible_to(by).select_for_update(of=("self",)).get(pk=token_id)
    token.revoked_at = token.revoked_at or at
    token.save(update_fields=("revoked_at",))
    return token


def save_profile(
    *,
    name: str,
    language: str,
    zone: str,
    theme: str,
    sound: bool,
    email_notices: bool,
    by: User,
    at: datetime,
) -> User:
    """What everybody may change about themselves."""
    by.name, by.language, by.zone, by.theme = name, language, zone, theme
    by.sound, by.email_notices = sound, email_notices
    by.save(update_fields=("name", "language", "zone", "theme", "sound", "email_notices"))
    return by


def speak(*, language: str, by: User, at: datetime) -> User:
    """Remember the language somebody switched to."""
    by.language = language
    by.save(update_fields=("language",))
    return by


def _wait_for_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _administer(by: User) -> None:
    if not allowed(by, "people"):
        raise PermissionDenied
    _wait_for_turn()


def _check_email(email: str, but: User | None = None) -> None:
    others = User.objects.exclude(pk=but.pk) if but else User.objects
    if others.filter(email=email_key(email)).exists():
        raise ValidationError({"email": _("Somebody else has this e-mail.")})


def _check_team_name(name: str, but: Team | None = None) -> None:
    others = Team.objects.exclude(pk=but.pk) if but else Team.objects
    if others.filter(name__iexact=name.strip()).exists():
        raise ValidationError({"name": _("Another team has this name.")})


def _check_places(places: Sequence[Place]) -> None:
    teams = [place.team.pk if place.team else None for place in places]
    if len(set(teams)) < len(teams):
        raise ValidationError(_("One role in a team, and one over all teams."))
    for place in places:
        check_place(place)


def check_place(place: Place) -> None:
    """Raises ValidationError where a role does not fit its team."""
    if place.role in EVERYWHERE:
        if place.team is not None:
            raise ValidationError({"team": _("This role is over all teams: leave the team empty.")})
    elif place.team is None:
        raise ValidationError({"team": _("This role needs a team.")})
    elif place.team.side not in SIDES[Role(place.role)]:
        raise ValidationError({"team": _("This role does not exist on that side.")})


def _place(user: User, places: Sequence[Place]) -> None:
    Membership.objects.filter(user=user).delete()
    Membership.objects.bulk_create(
        Membership(user=user, team=place.team, role=place.role, capacity=place.capacity)
        for place in places
    )


def _keep_an_administrator(*, without: User) -> None:
    administrators = Membership.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True)
    if (
        administrators.filter(user=without).exists()
        and not administrators.exclude(user=without).exists()
    ):
        raise ValidationError(
            _("%(name)s is the last administrator: make somebody else one first."),
            params={"name": without.name},
        )
