"""Two touches at once, and a wave beside a touch: no point is lost and nobody waits for ever."""

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection, connections, transaction

from leads.actions import rules as actions
from leads.actions import scoring
from leads.actions.touch import Deed, touch
from leads.models import Lead, RuleSet, Score, Wave
from leads.stages import LeadStage, RuleSetState
from tests.cast import MONDAY, Cast, make_cast
from tests.faults.house import eventually
from tests.faults.test_races import at_once
from tests.leads.rules.test_rules_action import agreed, drafted
from tests.walk import new_lead

pytestmark = pytest.mark.django_db(transaction=True)
LATER = MONDAY + timedelta(hours=1)
EACH = {"key": "demo", "axis": "intent", "activity": ["demo_request"], "points": 30, "each": True}
RULES = {"criteria": [EACH], "thresholds": {"intent": 30}}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def asking(cast: Cast, lead: Lead) -> Callable[[], object]:
    deed = Deed(lead_id=lead.pk, kind="demo_request", occurred_at=MONDAY - timedelta(days=1))
    return lambda: touch(deed=deed, by=cast.mara, at=LATER)


class Meeting:
    """Both have written their touch, and neither has committed, when they begin to score; and the
    first commits once the second waits for it, or it would have come after."""

    def __init__(self, *, guarded: bool) -> None:
        self.gate, self.first, self.hold = threading.Barrier(2), threading.Lock(), scoring._hold
        self.guarded = guarded

    def wait(self, lead_ids: Sequence[int]) -> None:
        self.gate.wait(10)
        if self.guarded:
            self.hold(lead_ids)

    def then_commit(self, touched: Callable[[], object]) -> Callable[[], object]:
        def verb() -> None:
            with transaction.atomic():
                touched()
                if self.first.acquire(blocking=False):
                    eventually(somebody_waits, within=10)

        return verb


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize(("guarded", "points"), [(True, 6_000), (False, 3_000)])
def test_two_touches_at_once_are_both_counted(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, guarded: bool, points: int
) -> None:
    agreed(cast, rules=RULES)
    lead = new_lead(cast)
    meeting = Meeting(guarded=guarded)
    monkeypatch.setattr(scoring, "_hold", meeting.wait)
    answers = at_once([meeting.then_commit(asking(cast, lead)) for _ in range(2)])
    assert answers == [None, None]
    assert Score.objects.get(lead=lead).intent == points


def impatiently(step: Callable[[], bool]) -> bool:
    """Take a step that fails rather than wait for three seconds."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '3s'")
        return step()


def test_a_wave_waits_for_nobody_who_holds_a_lead(cast: Cast) -> None:
    lead, other = new_lead(cast), new_lead(cast)
    for each in (lead, other):
        asking(cast, each)()
    agreed(cast, rules=RULES, marks=True)
    held, done = threading.Event(), threading.Event()

    def hold_and_touch() -> None:
        with transaction.atomic():
            Lead.objects.select_for_update(no_key=True).get(pk=lead.pk)
            held.set()
            done.wait(10)
            asking(cast, lead)()
        connections.close_all()

    toucher = threading.Thread(target=hold_and_touch)
    toucher.start()
    held.wait(10)
    while impatiently(lambda: scoring.rescore_next(at=LATER)):
        pass
    other.refresh_from_db()
    assert other.stage == LeadStage.MQL
    done.set()
    toucher.join(10)
    lead.refresh_from_db()
    assert lead.stage == LeadStage.MQL
    assert Score.objects.get(lead=lead).intent == 6_000


def test_a_lead_scored_by_the_old_criteria_while_a_wave_went_by_is_not_left_behind(
    cast: Cast,
) -> None:
    old = agreed(cast, rules=RULES)
    lead = new_lead(cast)
    new = agreed(cast, rules={"criteria": [{**EACH, "points": 7}]})
    wave = Wave.objects.get(rule_set=new)
    Wave.objects.filter(pk=wave.pk).update(low=wave.last)
    assert Score.objects.get(lead=lead).rule_set == old
    while scoring.rescore_next(at=LATER):
        pass
    assert Score.objects.get(lead=lead).rule_set == new


def six_approved_at_once(cast: Cast) -> list[object]:
    drafts = [drafted(cast, rules=RULES).pk for _ in range(6)]
    for pk in drafts:
        actions.propose(rule_set_id=pk, by=cast.mara, at=MONDAY)
    approve = partial(actions.approve, by=cast.tess, at=LATER)
    return at_once([partial(approve, rule_set_id=pk) for pk in drafts])


@pytest.mark.parametrize("before", [False, True])
def test_of_proposals_approved_at_once_the_last_is_in_force(cast: Cast, before: bool) -> None:
    if before:
        agreed(cast, rules=RULES)
    answers = six_approved_at_once(cast)
    assert all(isinstance(answer, RuleSet) for answer in answers), answers
    states = list(RuleSet.objects.values_list("state", flat=True))
    assert states.count(RuleSetState.ACTIVE) == 1
    assert states.count(RuleSetState.RETIRED) == 5 + before


def test_control_without_the_order_an_approval_fails(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Barrier(6)
    ordered = actions._one_at_a_time

    def unordered() -> None:
        if threading.current_thread() is threading.main_thread():
            ordered()
        else:
            gate.wait(10)

    monkeypatch.setattr(actions, "_one_at_a_time", unordered)
    answers = six_approved_at_once(cast)
    assert any(isinstance(answer, IntegrityError) for answer in answers)
