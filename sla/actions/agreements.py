"""What is promised from now on: the agreement in force, and publishing the next version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from handoff.calendars import actions as calendars
from handoff.calendars.models import Calendar, CalendarVersion
from handoff.calendars.working_time import Schedule, Unreachable
from handoff.journal.record import record
from handoff.people.access import allowed
from handoff.people.models import Side, Team, User
from leads import refusals
from leads.refusals import Refusal
from sla import events
from sla.derivation import Promise, moments
from sla.models import Agreement, Clause, ClauseKind

MINUTE: Final = 60
HOUR: Final = 3_600
LONGEST: Final = 2_000 * HOUR
PUBLISHING: Final = 0x5A_0001

WORKING_DAY: Final = [["09:00", "12:00"], ["13:30", "18:00"]]
WORKING_WEEK: Final = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), WORKING_DAY)
HOLIDAYS_OF: Final = {"America/Sao_Paulo": "BR", "Europe/Lisbon": "PT"}


@dataclass(frozen=True)
class Terms:
    """One clause as it is proposed, in seconds of open time."""

    kind: str
    target: int
    warn_before: int = 0
    escalate_after: int | None = None

    @property
    def promise(self) -> Promise:
        return Promise(self.target, self.warn_before, self.escalate_after)


DEFAULT: Final = (
    Terms(ClauseKind.CLAIM, 15 * MINUTE, 5 * MINUTE, 30 * MINUTE),
    Terms(ClauseKind.FIRST_ATTEMPT, 60 * MINUTE, 15 * MINUTE, 2 * HOUR),
    Terms(ClauseKind.FEEDBACK, 16 * HOUR, 4 * HOUR, 8 * HOUR),
    Terms(ClauseKind.LEASE, 2 * HOUR),
)


@dataclass(frozen=True)
class InForce:
    """An agreement with its clauses by kind and the calendar version that counts from now on."""

    agreement: Agreement
    clauses: dict[str, Clause]
    version: CalendarVersion

    @property
    def schedule(self) -> Schedule:
        return self.version.schedule()


def in_force(team_id: int | None, *, at: datetime) -> Agreement:
    """The agreement towards a team: its own, else the one for every other team.

    Where none was ever published, the default one begins at `at`.
    """
    return terms_in_force(team_id, at=at).agreement


def terms_in_force(team_id: int | None, *, at: datetime) -> InForce:
    """The same with its clauses; what a version says is read once in a process."""
    found = _newest(team_id)
    if found is None:
        _publish_default(at)
        found = _newest(team_id)
    if found is None:
        raise RuntimeError("No agreement is in force although the default was just published.")
    return _terms(*found)


def _newest(team_id: int | None) -> tuple[int, datetime, int] | None:
    newest = CalendarVersion.objects.filter(calendar=OuterRef("calendar")).order_by("-number")
    return (
        Agreement.objects.filter(_towards(team_id) | _towards(None), ended_at__isnull=True)
        .order_by(F("team_id").asc(nulls_last=True))
        .values_list("pk", "started_at", Subquery(newest.values("pk")[:1]))
        .first()
    )


@lru_cache(maxsize=512)
def _terms(agreement_id: int, started_at: datetime, version_id: int) -> InForce:
    """Rows of a published version never change; the instant tells two databases apart."""
    agreement = Agreement.objects.select_related("team", "calendar").get(pk=agreement_id)
    clauses = {clause.kind: clause for clause in Clause.objects.filter(agreement=agreement)}
    return InForce(agreement, clauses, CalendarVersion.objects.get(pk=version_id))


@transaction.atomic
def _publish_default(at: datetime) -> None:
    """Two first handoffs at once make one default: the second waits and finds it."""
    wait_for_others()
    if not Agreement.objects.filter(team__isnull=True, ended_at__isnull=True).exists():
        _begin(None, _default_calendar(at), DEFAULT, claim_accepts=True, by=None, at=at)


def wait_for_others() -> None:
    """Versions are published one at a time, so that numbers follow each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLISHING])


def _default_calendar(at: datetime) -> Calendar:
    name = _("Business hours")
    found = Calendar.objects.filter(name__iexact=name, archived_at__isnull=True).first()
    if found is not None:
        return found
    zone = settings.TIME_ZONE
    version = calendars.create(
        name=name,
        by=None,
        at=at,
        zone=zone,
        weekly=WORKING_WEEK,
        country=HOLIDAYS_OF.get(zone, ""),
    )
    return version.calendar


@transaction.atomic
def publish(
    *,
    team_id: int | None,
    calendar_id: int,
    clauses: Sequence[Terms],
    claim_accepts: bool,
    by: User,
    at: datetime,
    replaces: int | None = None,
) -> Agreement:
    """The next version of the promises towards a team, or towards every other team.

    Clocks that run keep the version they began with. `replaces` is the number that was on screen,
    0 for none. Raises the refusals `not_allowed`, `unknown`, `changed_meanwhile` and `invalid`,
    whose fields are named `<clause>_<term>`.
    """
    if not allowed(by, "agreement", on=team_id):
        raise refusals.not_allowed()
    if team_id is not None and not _sells(team_id):
        raise refusals.unknown()
    wait_for_others()
    if replaces not in (None, _number_in_force(team_id)):
        raise refusals.changed_meanwhile()
    calendar = Calendar.objects.filter(pk=calendar_id, archived_at__isnull=True).first()
    if calendar is None:
        raise refusals.wrong(calendar=_("Choose a calendar that is in use."))
    _check(clauses, calendar.current().schedule(), at)
    agreement = _begin(team_id, calendar, clauses, claim_accepts=claim_accepts, by=by, at=at)
    record(
        events.AGREED,
        about_id=agreement.pk,
        at=at,
        by=by,
        team_id=team_id,
        number=agreement.number,
    )
    return agreement


def _sells(team_id: int) -> bool:
    return Team.objects.filter(pk=team_id, side=Side.SALES, archived_at__isnull=True).exists()


def _number_in_force(team_id: int | None) -> int:
    current = Agreement.objects.filter(_towards(team_id), ended_at__isnull=True)
    return current.values_list("number", flat=True).first() or 0


def _begin(
    team_id: int | None,
    calendar: Calendar,
    clauses: Sequence[Terms],
    *,
    claim_accepts: bool,
    by: User | None,
    at: datetime,
) -> Agreement:
    versions = Agreement.objects.filter(_towards(team_id)).order_by("-number")
    newest = versions.first()
    versions.filter(ended_at__isnull=True).update(ended_at=at)
    agreement = Agreement.objects.create(
        team_id=team_id,
        number=newest.number + 1 if newest else 1,
        calendar=calendar,
        claim_accepts=claim_accepts,
        started_at=at,
        published_by=by,
    )
    Clause.objects.bulk_create(
        Clause(
            agreement=agreement,
            kind=terms.kind,
            target=terms.target,
            warn_before=terms.warn_before,
            escalate_after=terms.escalate_after,
        )
        for terms in clauses
    )
    return agreement


def _towards(team_id: int | None) -> Q:
    return Q(team__isnull=True) if team_id is None else Q(team_id=team_id)


def _check(clauses: Sequence[Terms], schedule: Schedule, at: datetime) -> None:
    if sorted(terms.kind for terms in clauses) != sorted(ClauseKind.values):
        raise refusals.wrong(clauses=_("An agreement states each of its clauses once."))
    wrong: dict[str, str] = {}
    for terms in clauses:
        wrong |= {f"{terms.kind}_{term}": said for term, said in _faults(terms).items()}
        if not wrong and not _reachable(terms, schedule, at):
            wrong[f"{terms.kind}_target"] = _("This calendar is not open enough to reach it.")
    if wrong:
        raise _invalid(wrong)


def _faults(terms: Terms) -> dict[str, str]:
    wrong = {}
    if not 0 < terms.target <= LONGEST:
        wrong["target"] = _("A target is more than zero and at most 2,000 hours.")
    elif not 0 <= terms.warn_before < terms.target:
        wrong["warn_before"] = _("The warning comes before the deadline and after the start.")
    if terms.escalate_after is not None and not 0 < terms.escalate_after <= LONGEST:
        wrong["escalate_after"] = _("The manager is told after the deadline, or not at all.")
    return wrong


def _reachable(terms: Terms, schedule: Schedule, at: datetime) -> bool:
    try:
        moments(schedule, start=at, promise=terms.promise)
    except Unreachable:
        return False
    return True


def _invalid(wrong: dict[str, str]) -> Refusal:
    return refusals.wrong(**wrong)
