"""The named people of every test, made by the real models and never by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Final

from django.contrib.auth.hashers import make_password

from handoff.people.models import Membership, Role, Side, Team, User

PASSWORD: Final = "quick brown baton 42"
MONDAY: Final = datetime(2026, 11, 16, 13, 0, tzinfo=UTC)
"""Ten in the morning of a working Monday in São Paulo."""


@dataclass(frozen=True)
class Cast:
    """Mara and Olga are marketers of two teams; Sam, Sol and Tess (their lead) sell in one team;
    Otto sells in another; Max manages, Ada administers."""

    marketing: Team
    other_marketing: Team
    sales: Team
    other_sales: Team
    mara: User
    olga: User
    sam: User
    sol: User
    tess: User
    otto: User
    max: User
    ada: User

    def __iter__(self) -> Iterator[User]:
        return iter(
            (self.mara, self.olga, self.sam, self.sol, self.tess, self.otto, self.max, self.ada)
        )


def make_cast() -> Cast:
    marketing = Team.objects.create(name="Demand BR", side=Side.MARKETING)
    other_marketing = Team.objects.create(name="Demand PT", side=Side.MARKETING)
    sales = Team.objects.create(name="Inside Sales", side=Side.SALES)
    other_sales = Team.objects.create(name="Field Lisbon", side=Side.SALES)
    return Cast(
        marketing=marketing,
        other_marketing=other_marketing,
        sales=sales,
        other_sales=other_sales,
        mara=person("Mara", Role.MARKETER, marketing),
        olga=person("Olga", Role.MARKETER, other_marketing),
        sam=person("Sam", Role.SELLER, sales),
        sol=person("Sol", Role.SELLER, sales),
        tess=person("Tess", Role.LEAD, sales),
        otto=person("Otto", Role.SELLER, other_sales),
        max=person("Max", Role.MANAGER),
        ada=person("Ada", Role.ADMINISTRATOR),
    )


def person(
    name: str, role: Role | None = None, team: Team | None = None, *, capacity: int | None = None
) -> User:
    """Somebody who can sign in with PASSWORD; without a role, a stranger to every team."""
    user = User.objects.create(
        email=f"{name.lower()}@handoff.test", name=name, password=_hashed(), language="en"
    )
    if role is not None:
        Membership.objects.create(user=user, team=team, role=role, capacity=capacity)
    return user


@cache
def _hashed() -> str:
    return make_password(PASSWORD)
