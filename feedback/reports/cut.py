"""What a report is cut from: which days, and whose handoffs and leads."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Q

from handoff.calendars.working_time import local_instant
from handoff.people.access import reach_of, words_of
from handoff.people.models import Side, Team, User
from leads.models import Handoff, Lead
from leads.models.handoff import HandoffQuerySet
from leads.models.lead import LeadQuerySet

T = TypeVar("T")

ONE_DAY: Final = timedelta(days=1)
EARLIEST: Final = date(2000, 1, 1)


@dataclass(frozen=True)
class Period:
    """Whole days of a zone, both ends included."""

    first: date
    last: date
    zone: ZoneInfo

    @classmethod
    def ending(cls, at: datetime, *, days: int, zone: ZoneInfo) -> "Period":
        """The last `days` days up to and with the local date of an instant."""
        today = at.astimezone(zone).date()
        return cls(today - timedelta(days=days - 1), today, zone)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def start(self) -> datetime:
        """The first instant within, UTC."""
        return local_instant(self.zone, self.first, 0).astimezone(UTC)

    @property
    def end(self) -> datetime:
        """The first instant after, UTC."""
        return local_instant(self.zone, self.last + ONE_DAY, 0).astimezone(UTC)

    def before(self) -> "Period":
        """As many days just before."""
        return Period(self.first - timedelta(days=self.days), self.first - ONE_DAY, self.zone)


@dataclass(frozen=True)
class Cut:
    """A period and the teams whose figures are counted; no team ids at all means every team.

    `sales` and `marketing` are ids of the teams that the reader answers for on either side.
    `at` is the instant at which what is still open is judged.
    """

    period: Period
    at: datetime
    everywhere: bool
    sales: tuple[int, ...] = ()
    marketing: tuple[int, ...] = ()
    _counted: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, user: User, *, period: Period, at: datetime, team: Team | None = None) -> "Cut":
        """What this person may see reports of, narrowed to one team where it is named.

        Raises Team.DoesNotExist for a team beyond their reach.
        """
        sides = reported_teams(user)
        if team is None:
            return cls(period, at, sides is None, *(sides or ((), ())))
        if sides is not None and team.pk not in {*sides[0], *sides[1]}:
            raise Team.DoesNotExist
        if team.side == Side.SALES:
            return cls(period, at, everywhere=False, sales=(team.pk,))
        return cls(period, at, everywhere=False, marketing=(team.pk,))

    @property
    def sees_cost(self) -> bool:
        """Whether whole campaigns are in the cut, and not only the leads that sales was given."""
        return self.everywhere or (bool(self.marketing) and not self.sales)

    def previous(self) -> "Cut":
        """The same teams, as many days earlier; one and the same for all who ask this cut."""
        return self.once(_earlier)

    def once(self, figures: "Callable[[Cut], T]") -> T:
        """Figures that several panels of a page show, counted for the first of them."""
        if figures not in self._counted:
            self._counted[figures] = figures(self)
        return self._counted[figures]  # type: ignore[no-any-return]

    def all_handoffs(self) -> HandoffQuerySet:
        """Handoffs within reach, of any time."""
        rows = Handoff.objects.all()
        if self.everywhere:
            return rows
        return rows.filter(Q(team_id__in=self.sales) | Q(lead__team_id__in=self.marketing))

    def handoffs(self) -> HandoffQuerySet:
        """The cohort: what was handed over within the period, whatever became of it since."""
        period = self.period
        return self.all_handoffs().filter(
            offered_at__gte=period.start, offered_at__lt=period.end, imported=False
        )

    def all_leads(self) -> LeadQuerySet:
        rows = Lead.objects.all()
        if self.everywhere:
            return rows
        handed = Handoff.objects.filter(team_id__in=self.sales)
        return rows.filter(Q(team_id__in=self.marketing) | Q(pk__in=handed.values("lead_id")))

    def leads(self) -> LeadQuerySet:
        """The cohort of leads: those who first came in within the period."""
        period = self.period
        return self.all_leads().filter(inbound_at__gte=period.start, inbound_at__lt=period.end)


def _earlier(cut: Cut) -> Cut:
    return Cut(cut.period.before(), cut.at, cut.everywhere, cut.sales, cut.marketing)


def reported_teams(user: User) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Ids of the sales and the marketing teams whose reports a person reads; None for all."""
    sides: dict[str, list[int]] = {Side.SALES: [], Side.MARKETING: []}
    for membership in reach_of(user).memberships:
        if "reports" not in words_of(membership):
            continue
        if membership.team is None:
            return None
        sides[membership.team.side].append(membership.team.pk)
    return tuple(sides[Side.SALES]), tuple(sides[Side.MARKETING])
