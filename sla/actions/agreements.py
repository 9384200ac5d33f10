"""What is promised at a moment: the agreement in force, with its terms."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext as _

from handoff.calendars import actions as calendars
from handoff.calendars.models import Calendar, CalendarVersion
from handoff.calendars.working_time import Schedule
from sla.actions.terms import DEFAULT, write
from sla.models import Agreement, AgreementState, Clause
from sla.models.agreement import AgreementQuerySet

PUBLISHING: Final = 0x5A_0001
MANY: Final = 512

WORKING_DAY: Final = [["09:00", "12:00"], ["13:30", "18:00"]]
WORKING_WEEK: Final = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), WORKING_DAY)
HOLIDAYS_OF: Final = {"America/Sao_Paulo": "BR", "Europe/Lisbon": "PT"}


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

    Where none is, the default one begins at `at`; nobody has signed it.
    """
    return terms_in_force(team_id, at=at).agreement


def terms_in_force(team_id: int | None, *, at: datetime) -> InForce:
    """The same with its clauses; what a version says is read once in a process.

    Which version it is, is asked of the instants each time: a start that lay ahead has come
    without anybody doing anything.
    """
    found = _found(team_id, at)
    if found is None:
        _begin_default(at)
        found = _found(team_id, at)
    if found is None:
        raise RuntimeError("No agreement is in force although the default has just begun.")
    return _terms(*found)


Found = tuple[int, datetime, int]


def _found(team_id: int | None, at: datetime) -> Found | None:
    own = Agreement.objects.towards(team_id).in_force(at)
    common = Agreement.objects.towards(None).in_force(at)
    rows = (own | common).order_by(F("team_id").asc(nulls_last=True))
    return _first(rows) or _first(_before_the_first(at))


def _before_the_first(at: datetime) -> AgreementQuerySet:
    """An instant just before the default began, as another process reads its clock, is its own."""
    first = Agreement.objects.towards(None).binding().filter(started_at__gt=at)
    return first.filter(state=AgreementState.UNSIGNED).order_by("started_at")


def _first(rows: AgreementQuerySet) -> Found | None:
    newest = CalendarVersion.objects.filter(calendar=OuterRef("calendar")).order_by("-number")
    return rows.values_list("pk", "started_at", Subquery(newest.values("pk")[:1])).first()


@lru_cache(maxsize=MANY)
def _terms(agreement_id: int, started_at: datetime, version_id: int) -> InForce:
    """Rows of a signed version never change; the instant tells two databases apart."""
    agreement = Agreement.objects.select_related("team", "calendar").get(pk=agreement_id)
    clauses = {clause.kind: clause for clause in Clause.objects.filter(agreement=agreement)}
    return InForce(agreement, clauses, CalendarVersion.objects.get(pk=version_id))


@transaction.atomic
def _begin_default(at: datetime) -> None:
    """Two first handoffs at once make one default: the second waits and finds it.

    Where both sides signed the first version for a day ahead, the default holds until then.
    """
    wait_for_others()
    if _found(None, at) is not None:
        return
    ahead = Agreement.objects.towards(None).binding().filter(started_at__gt=at)
    agreement = Agreement.objects.create(
        number=next_number(None),
        state=AgreementState.UNSIGNED,
        calendar=_default_calendar(at),
        started_at=at,
        ended_at=ahead.order_by("started_at").values_list("started_at", flat=True).first(),
    )
    write(DEFAULT, agreement=agreement)


def wait_for_others() -> None:
    """Versions are numbered and signed one at a time, so that they follow each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLISHING])


def next_number(team_id: int | None) -> int:
    """The number of the version that would be written now, while others wait."""
    numbers = (
        Agreement.objects.towards(team_id).order_by("-number").values_list("number", flat=True)
    )
    return (numbers.first() or 0) + 1


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
