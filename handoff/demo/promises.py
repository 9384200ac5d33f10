"""The demo's calendars and agreements, on their way by the same verbs that the pages use."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from handoff.calendars import actions as calendars
from handoff.calendars.models import Calendar
from handoff.calendars.working_time import Schedule, segments
from handoff.demo.cast import FIELD, INSIDE, LISBON, MARKETING, SAO_PAULO, Company
from sla.actions import signing
from sla.actions.agreements import InForce, terms_in_force
from sla.actions.terms import HOUR, MINUTE, Terms
from sla.models import Agreement, ClauseKind

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri")
CITY: Final = {"01-25": "Aniversário de São Paulo"}
HOURS: Final = {
    INSIDE: {
        "zone": SAO_PAULO,
        "country": "BR",
        "subdivision": "SP",
        "optional_holidays": True,
        "yearly": CITY,
        "weekly": {
            **{day: [["08:30", "12:30"], ["13:30", "18:30"]] for day in WEEKDAYS},
            "sat": [["09:00", "13:00"]],
        },
    },
    FIELD: {
        "zone": LISBON,
        "country": "PT",
        "weekly": {day: [["09:00", "13:00"], ["14:00", "18:30"]] for day in WEEKDAYS},
    },
    MARKETING: {
        "zone": SAO_PAULO,
        "country": "BR",
        "yearly": CITY,
        "weekly": {day: [["08:00", "12:00"], ["13:00", "18:00"]] for day in WEEKDAYS},
    },
}
TERMS: Final = {
    INSIDE: (
        Terms(ClauseKind.CLAIM, 30 * MINUTE, 10 * MINUTE, HOUR),
        Terms(ClauseKind.FIRST_ATTEMPT, HOUR, 15 * MINUTE, 2 * HOUR),
        Terms(ClauseKind.FIRST_CONTACT, 10 * HOUR, 2 * HOUR, 8 * HOUR),
        Terms(ClauseKind.FEEDBACK, 16 * HOUR, 4 * HOUR, 8 * HOUR),
        Terms(ClauseKind.ANSWER, 16 * HOUR, 4 * HOUR, 8 * HOUR),
        Terms(ClauseKind.TAKE_UP, 9 * HOUR, 2 * HOUR, 9 * HOUR),
        Terms(ClauseKind.LEASE, 3 * HOUR),
    ),
    FIELD: (
        Terms(ClauseKind.CLAIM, 2 * HOUR, 30 * MINUTE, 2 * HOUR),
        Terms(ClauseKind.FIRST_ATTEMPT, 4 * HOUR, HOUR, 4 * HOUR),
        Terms(ClauseKind.FIRST_CONTACT, 16 * HOUR, 3 * HOUR, 8 * HOUR),
        Terms(ClauseKind.FEEDBACK, 24 * HOUR, 8 * HOUR, 8 * HOUR),
        Terms(ClauseKind.ANSWER, 24 * HOUR, 8 * HOUR, 8 * HOUR),
        Terms(ClauseKind.TAKE_UP, 16 * HOUR, 4 * HOUR, 8 * HOUR),
        Terms(ClauseKind.LEASE, 6 * HOUR),
    ),
}
CLAIM_ACCEPTS: Final = {INSIDE: True, FIELD: False}
SIGNERS: Final = {INSIDE: "tess", FIELD: "lia"}
DAY: Final = timedelta(days=1)
MINUTES: Final = timedelta(minutes=1)
LOOK_BACK: Final = timedelta(days=21)


def agree(company: Company, at: datetime) -> None:
    """The calendars, and what marketing proposed to each sales team and its lead signed."""
    ada = company.people["ada"]
    for team, hours in HOURS.items():
        version = calendars.create(name=team, by=ada, at=at, **hours)  # type: ignore[arg-type]
        if team in TERMS:
            why = "Minutos valem mais do que argumentos: prometemos o que conseguimos cumprir."
            row = _proposed(company, team, version.calendar_id, TERMS[team], why, at=at)
            signer = company.people[SIGNERS[team]]
            signing.sign(agreement_id=row.pk, by=signer, at=at + 2 * DAY)


def propose_next(company: Company, now: datetime) -> None:
    """What waits for Tess: leads are to be claimed sooner, from a morning a week ahead."""
    calendar_id = terms_in_force(company.teams[INSIDE].pk, at=now).agreement.calendar_id
    why = "Quem liga em vinte minutos fala com o dobro de pessoas; o time já consegue."
    start = (now + 7 * DAY).replace(hour=11, minute=0, second=0, microsecond=0)
    clauses = (Terms(ClauseKind.CLAIM, 20 * MINUTE, 5 * MINUTE, HOUR), *TERMS[INSIDE][1:])
    _proposed(company, INSIDE, calendar_id, clauses, why, at=now - 20 * MINUTES, start=start)


def _proposed(
    company: Company,
    team: str,
    calendar_id: int,
    clauses: Sequence[Terms],
    why: str,
    *,
    at: datetime,
    start: datetime | None = None,
) -> Agreement:
    marina = company.people["marina"]
    row = signing.draft(
        team_id=company.teams[team].pk,
        calendar_id=calendar_id,
        clauses=clauses,
        claim_accepts=CLAIM_ACCEPTS[team],
        by=marina,
        at=at,
    )
    return signing.propose(agreement_id=row.pk, why=why, starts_at=start, by=marina, at=at)


def terms_of(company: Company, at: datetime) -> dict[str, InForce]:
    return {team: terms_in_force(company.teams[team].pk, at=at) for team in TERMS}


def schedule_of(company: Company) -> Schedule:
    """When the marketing team works."""
    name = company.teams[MARKETING].name
    return Calendar.objects.get(name=name, archived_at__isnull=True).current().schedule()


def open_ago(schedule: Schedule, at: datetime, length: timedelta) -> datetime:
    """The latest instant from which `length` of open time has passed by `at`."""
    left = length
    for segment in reversed(segments(schedule, at - LOOK_BACK, at)):
        if left <= segment.length:
            return segment.end - left
        left -= segment.length
    return at - LOOK_BACK
