"""The people of the demo: who they are, what they do, and what to try as each of them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.contrib.auth.hashers import make_password
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from handoff.people.models import Membership, Role, Side, Team, User

PASSWORD: Final = "bastao-na-mao"  # noqa: S105  printed beside the address, for a demo alone
DOMAIN: Final = "handoff.example"
SAO_PAULO: Final = "America/Sao_Paulo"
LISBON: Final = "Europe/Lisbon"

MARKETING: Final = "Demanda Brasil"
INSIDE: Final = "Inside Sales São Paulo"
FIELD: Final = "Field Sales Lisboa"
TEAMS: Final = {MARKETING: Side.MARKETING, INSIDE: Side.SALES, FIELD: Side.SALES}
ZONES: Final = {MARKETING: SAO_PAULO, INSIDE: SAO_PAULO, FIELD: LISBON}


@dataclass(frozen=True)
class Person:
    """`share` is how much of a team's work a seller takes; `pace` stretches their delays."""

    key: str
    name: str
    role: Role
    team: str = ""
    language: str = "pt-br"
    share: float = 0.0
    pace: float = 1.0
    to_try: str | Promise = ""

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"


PEOPLE: Final = (
    Person(
        *("mara", "Mara Duarte", Role.MARKETER, MARKETING, "en"),
        to_try=_("Hand off a ready lead, then read what sales says about it."),
    ),
    Person(
        *("sam", "Sam Teixeira", Role.SELLER, INSIDE, "en", 0.4, 0.8),
        to_try=_("Claim from the queue with the key c, call, return one with a reason."),
    ),
    Person(
        *("sol", "Sol Andrade", Role.SELLER, INSIDE, "pt-br", 0.8, 0.9),
        to_try=_("Claim the same lead as Sam in a second browser and see who was first."),
    ),
    Person(
        *("tess", "Tess Moreira", Role.LEAD, INSIDE, "en", 0.0, 1.0),
        to_try=_("See who is late on the board, and give a lead to somebody else."),
    ),
    Person(
        *("max", "Max Fontoura", Role.MANAGER, "", "en", 0.0, 1.0),
        to_try=_("Read the reports, change the agreement."),
    ),
    Person(
        *("ada", "Ada Vilela", Role.ADMINISTRATOR, "", "en", 0.0, 1.0),
        to_try=_("Add a person, make a key for the API, import a file."),
    ),
    Person(
        *("otto", "Otto Brandão", Role.SELLER, FIELD, "pt-br", 0.9, 1.1),
        to_try=_("Sell from Lisbon: another queue, another calendar."),
    ),
    Person("marina", "Marina Prates", Role.LEAD, MARKETING),
    Person("davi", "Davi Queiroz", Role.MARKETER, MARKETING),
    Person("bia", "Bia Fagundes", Role.SELLER, INSIDE, share=1.2, pace=0.7),
    Person("caio", "Caio Linhares", Role.SELLER, INSIDE, share=1.0, pace=1.0),
    Person("duda", "Duda Peixoto", Role.SELLER, INSIDE, share=1.1, pace=0.9),
    Person("enzo", "Enzo Salgado", Role.SELLER, INSIDE, share=0.9, pace=1.8),
    Person("gabi", "Gabi Torquato", Role.SELLER, INSIDE, share=1.0, pace=1.1),
    Person("iago", "Iago Bittencourt", Role.SELLER, INSIDE, share=0.7, pace=2.4),
    Person("lia", "Lia Matos", Role.LEAD, FIELD),
    Person("nuno", "Nuno Carrilho", Role.SELLER, FIELD, share=1.0, pace=1.0),
    Person("rita", "Rita Valadares", Role.SELLER, FIELD, share=1.1, pace=0.8),
)
CAPACITY: Final = 40


@dataclass
class Company:
    """The demo's people and teams once they exist."""

    teams: dict[str, Team] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)

    def sellers(self, team: str) -> list[tuple[User, Person]]:
        return [
            (self.people[person.key], person)
            for person in PEOPLE
            if person.team == team and person.role == Role.SELLER
        ]


def hire(at: datetime) -> Company:
    """Make teams and people, all with the one password."""
    company = Company()
    for name, side in TEAMS.items():
        company.teams[name] = Team.objects.create(name=name, side=side)
    password = make_password(PASSWORD)
    for person in PEOPLE:
        user = User.objects.create(
            email=person.email,
            name=person.name,
            password=password,
            language=person.language,
            zone=ZONES.get(person.team, SAO_PAULO),
        )
        Membership.objects.create(
            user=user,
            team=company.teams.get(person.team),
            role=person.role,
            capacity=CAPACITY if person.role == Role.SELLER else None,
        )
        company.people[person.key] = user
    User.objects.filter(pk__in=[user.pk for user in company.people.values()]).update(created_at=at)
    return company


def find() -> Company | None:
    """The company as `hire` left it; None where this house is not the demo's."""
    teams = {team.name: team for team in Team.objects.filter(name__in=TEAMS)}
    users = {user.email: user for user in User.objects.filter(email__endswith=f"@{DOMAIN}")}
    people = {person.key: users[person.email] for person in PEOPLE if person.email in users}
    if len(teams) < len(TEAMS) or len(people) < len(PEOPLE):
        return None
    return Company(teams, people)
