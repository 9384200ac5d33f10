"""The way of criteria into force: marketing drafts and proposes, sales approves or sends back."""

from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from handoff.journal.record import record as tell
from handoff.people.access import allowed
from handoff.people.models import Side, Team, User
from leads import events, refusals
from leads.actions.scoring import begin_wave
from leads.models import RuleSet
from leads.models.rule import RuleSetQuerySet
from leads.rules.checks import faults_of
from leads.rules.criteria import kept
from leads.rules.reading import RulesProblem, read
from leads.stages import RuleSetState

NUMBERING: Final = 4_201_002
LONGEST_WHY: Final = 1_000
LARGEST_REVISION: Final = 2**31 - 1


@transaction.atomic
def draft(*, team_id: int | None, rules: Any, why: str = "", by: User, at: datetime) -> RuleSet:
    """A new draft for a marketing team's leads, or (None) for every team without its own.

    `rules` is the JSON form; None: what is in force for those leads now. Raises the refusals
    `not_allowed` and `invalid`, whose fields are the places of leads.rules.reading.
    """
    _require_writer(team_id, by)
    if rules is None:
        current = RuleSet.objects.speaking_for(team_id)
        rules = current.rules if current else {}
    checked = _checked(rules)
    _one_at_a_time()
    newest = _of_team(team_id).order_by("-number").values_list("number", flat=True).first() or 0
    return RuleSet.objects.create(
        team_id=team_id,
        number=newest + 1,
        rules=checked,
        why=_short(why),
        created_at=at,
        created_by=by,
    )


@transaction.atomic
def revise(
    *,
    rule_set_id: int,
    rules: Any,
    why: str = "",
    marks: bool = False,
    revision: int,
    by: User,
    at: datetime,
) -> RuleSet:
    """Change a draft. `revision` is the one on screen: a draft changed since is refused.

    Raises the refusals `unknown`, `not_allowed`, `not_possible`, `changed_meanwhile`, `invalid`.
    """
    row = _lock(rule_set_id, by)
    _require_writer(row.team_id, by)
    if row.state != RuleSetState.DRAFT:
        raise refusals.not_now("revise", row.get_state_display())
    checked = _checked(rules)
    if row.revision != revision:
        raise refusals.changed_meanwhile()
    row.rules, row.why, row.marks, row.revision = checked, _short(why), marks, revision + 1
    row.save(update_fields=("rules", "why", "marks", "revision"))
    return row


@transaction.atomic
def propose(*, rule_set_id: int, by: User, at: datetime) -> RuleSet:
    """Put a draft before sales. Raises `unknown`, `not_allowed`, `not_possible`, `invalid`."""
    row = _lock(rule_set_id, by)
    _require_writer(row.team_id, by)
    if row.state == RuleSetState.PROPOSED:
        return row
    if row.state != RuleSetState.DRAFT:
        raise refusals.not_now("propose", row.get_state_display())
    if faults := faults_of(read(row.rules)):
        raise refusals.wrong(**faults)
    row.state, row.proposed_at, row.proposed_by, row.answer = RuleSetState.PROPOSED, at, by, ""
    row.save(update_fields=("state", "proposed_at", "proposed_by", "answer"))
    tell(events.RULES_PROPOSED, about_id=row.pk, at=at, by=by)
    return row


@transaction.atomic
def send_back(*, rule_set_id: int, why: str, by: User, at: datetime) -> RuleSet:
    """Sales answers a proposal with what it misses; it is a draft again.

    Raises the refusals `unknown`, `not_allowed`, `not_possible` and `invalid`.
    """
    row = _proposed(rule_set_id, by, "send back")
    why = _short(why)
    if not why:
        raise refusals.wrong(why=_("Say why."))
    row.state, row.proposed_at, row.proposed_by, row.answer = RuleSetState.DRAFT, None, None, why
    row.save(update_fields=("state", "proposed_at", "proposed_by", "answer"))
    tell(events.RULES_SENT_BACK, about_id=row.pk, at=at, by=by, why=why)
    return row


@transaction.atomic
def approve(*, rule_set_id: int, revision: int | None = None, by: User, at: datetime) -> RuleSet:
    """Sales signs: the version is in force, the one before retires, and all leads are scored anew.

    `revision` is the one that was read, if it is known. Whoever proposed cannot approve. Raises
    `unknown`, `not_allowed`, `not_possible`, `changed_meanwhile`.
    """
    _one_at_a_time()  # of two proposals at once, the second retires the first
    row = _proposed(rule_set_id, by, "approve")
    if revision not in (None, row.revision):
        raise refusals.changed_meanwhile()
    for old in _of_team(row.team_id).active().select_for_update():
        old.state, old.retired_at = RuleSetState.RETIRED, at
        old.save(update_fields=("state", "retired_at"))
    row.state, row.approved_at, row.approved_by = RuleSetState.ACTIVE, at, by
    row.save(update_fields=("state", "approved_at", "approved_by"))
    begin_wave(row, at=at)
    tell(events.RULES_APPROVED, about_id=row.pk, at=at, by=by)
    return row


def _proposed(rule_set_id: int, by: User, step: str) -> RuleSet:
    row = _lock(rule_set_id, by)
    if not allowed(by, "approve_rules") or row.proposed_by_id == by.pk:
        raise refusals.not_allowed()
    if row.state != RuleSetState.PROPOSED:
        raise refusals.not_now(step, row.get_state_display())
    return row


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERING])


def _lock(rule_set_id: int, by: User) -> RuleSet:
    rows = RuleSet.objects.visible_to(by).select_for_update(of=("self",))
    row = rows.filter(pk=rule_set_id).first()
    if row is None:
        raise refusals.unknown()
    return row


def _require_writer(team_id: int | None, by: User) -> None:
    """Criteria for every team are written by who markets in any of them."""
    if not allowed(by, "rules", on=team_id):
        raise refusals.not_allowed()
    teams = Team.objects.filter(side=Side.MARKETING, archived_at__isnull=True)
    if team_id is not None and not teams.filter(pk=team_id).exists():
        raise refusals.wrong(team=_("Choose a marketing team."))


def _of_team(team_id: int | None) -> RuleSetQuerySet:
    return RuleSet.objects.filter(Q(team__isnull=True) if team_id is None else Q(team_id=team_id))


def _checked(rules: Any) -> dict[str, Any]:
    try:
        return kept(read(rules))
    except RulesProblem as problem:
        raise refusals.wrong(**problem.faults) from None


def _short(why: str) -> str:
    why = " ".join(why.split())
    if len(why) > LONGEST_WHY:
        raise refusals.wrong(why=_("This is too long."))
    return why
