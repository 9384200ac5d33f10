"""What a person may do and see: permission words, and the teams they reach.

A word is one verb of the product. Roles hold words; a membership holds them in its team, or
everywhere for managers and administrators.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from handoff.people.models import Membership, Role, Side, Team, User

OWING: Final = frozenset({"pause", "contest"})
"""Whoever may owe a promise asks for time, or says that it was not broken."""
MARKETING: Final = OWING | frozenset(
    {
        *("see_leads", "intake", "import", "qualify", "hand_off", "campaigns", "read_feedback"),
        *("rules", "answer_feedback"),
    }
)
SELLING: Final = OWING | frozenset({"see_queue", "claim", "work", "give_feedback"})
LISTENING: Final = frozenset({"read_feedback", "answer_feedback"})
AGREEING: Final = frozenset({"propose_agreement", "sign_agreement"})
LEADING: Final = OWING | AGREEING | frozenset({"board", "reassign", "reports", "reopen", "waive"})
APPROVING: Final = frozenset({"approve_rules"})
MANAGING: Final = APPROVING | LEADING | frozenset({"see_queue", "see_leads"})
ADMINISTERING: Final = frozenset({"people", "tokens", "calendars"})

EVERYONE: Final = frozenset({"search", "bell", "profile", "help", "read_agreement", "read_rules"})

WORDS: Final[Mapping[tuple[str, str | None], frozenset[str]]] = {
    (Role.MARKETER, Side.MARKETING): MARKETING,
    (Role.LEAD, Side.MARKETING): MARKETING | LEADING,
    (Role.SELLER, Side.SALES): SELLING,
    (Role.LEAD, Side.SALES): SELLING | LEADING | APPROVING,
    (Role.MANAGER, None): MANAGING | LISTENING | frozenset({"campaigns", "give_feedback"}),
    (Role.ADMINISTRATOR, None): MARKETING | SELLING | MANAGING | ADMINISTERING,
}


@dataclass(frozen=True)
class Reach:
    """A person's memberships read once: which words hold, and in which teams."""

    user: User
    memberships: tuple[Membership, ...]

    @cached_property
    def everywhere(self) -> bool:
        return any(membership.team_id is None for membership in self.memberships)

    @cached_property
    def words(self) -> frozenset[str]:
        held = (words_of(membership) for membership in self.memberships)
        return EVERYONE.union(*held)

    def team_ids(self, side: str | None = None) -> list[int]:
        """Ids of the person's own teams, of one side where it is named."""
        return [
            membership.team_id
            for membership in self.memberships
            if membership.team is not None
            and membership.team_id is not None
            and side in (None, membership.team.side)
        ]

    def holds(self, word: str, team_id: int | None = None) -> bool:
        """Whether the word holds: anywhere, or in the team that is named."""
        if word in EVERYONE:
            return True
        return any(
            word in words_of(membership)
            and (team_id is None or membership.team_id in (None, team_id))
            for membership in self.memberships
        )

    def holds_everywhere(self, word: str) -> bool:
        """Whether the word holds in every team, also in those yet to be made."""
        return any(
            membership.team_id is None and word in words_of(membership)
            for membership in self.memberships
        )


def words_of(membership: Membership) -> frozenset[str]:
    side = membership.team.side if membership.team else None
    return WORDS.get((membership.role, side), frozenset())


def reach_of(user: User) -> Reach:
    """The person's reach, read once for each user object (one request)."""
    found: Reach | None = getattr(user, "_reach", None)
    if found is None:
        rows = Membership.objects.filter(user=user).select_related("team") if user.pk else ()
        found = Reach(user, tuple(rows) if user.is_active else ())
        user._reach = found  # type: ignore[attr-defined]
    return found


def allowed(user: User, word: str, on: Team | int | None = None) -> bool:
    """Whether `user` may do `word`, on a team (or its id) where one is named."""
    team_id = on.pk if isinstance(on, Team) else on
    return reach_of(user).holds(word, team_id)
