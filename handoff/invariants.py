"""What is always true of the data, as questions to the database; each counts its violations."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from handoff.journal.models import Entry
from handoff.notices.models import Delivery
from leads.models import Handoff, IdempotencyKey, ImportBatch, Lead, Quarantine
from leads.stages import ENDED, HELD, OPEN, HandoffState, LeadStage
from sla.events import BREACHED, ESCALATED, WARNED
from sla.models import ClauseKind, Clock, ClockEvent, Escalation, Occurrence, Stage, Verdict
from sla.stages import AFTER_THE_END

STAGES_OF: Final[Mapping[HandoffState, LeadStage]] = {
    HandoffState.WAITING: LeadStage.HANDED_OFF,
    HandoffState.CLAIMED: LeadStage.CLAIMED,
    HandoffState.ACCEPTED: LeadStage.CLAIMED,
}
RECORD_OF: Final = {BREACHED: Stage.BREACHED, WARNED: Stage.WARNED, ESCALATED: Stage.ESCALATED}


@dataclass(frozen=True)
class Invariant:
    """`violations` says how many rows break it, `held` what it is in words."""

    held: str
    violations: Callable[[], int]


def found() -> Iterator[tuple[str, int]]:
    """Each invariant with the number of rows that break it."""
    for invariant in INVARIANTS:
        yield invariant.held, invariant.violations()


def _answers_without_lead() -> int:
    """Keys answered with a lead that is not there; a refusal has its reason there."""
    answered = IdempotencyKey.objects.filter(status__range=(200, 299), path__endswith="/leads/")
    ids = [answer.get("id") for answer in answered.values_list("answer", flat=True).iterator()]
    named = Lead.objects.filter(pk__in={pk for pk in ids if isinstance(pk, int)})
    there = set(named.values_list("pk", flat=True))
    return sum(pk not in there for pk in ids)


def _imports_that_do_not_add_up() -> int:
    sums = F("created") + F("updated") + F("duplicate") + F("quarantined")
    wrong = ImportBatch.objects.exclude(done=sums) | ImportBatch.objects.filter(
        state=ImportBatch.State.FINISHED
    ).exclude(done=F("rows"))
    return wrong.count()


def _imports_that_lost_a_reason() -> int:
    kept = Quarantine.objects.filter(batch=OuterRef("pk")).order_by().values("batch")
    counted = kept.annotate(n=Count("pk")).values("n")
    batches = ImportBatch.objects.filter(state=ImportBatch.State.FINISHED)
    return batches.annotate(kept=_or_zero(counted)).exclude(kept=F("quarantined")).count()


def _entries_without_lead() -> int:
    """Intake told in the journal of a lead that is not there."""
    captured = Entry.objects.filter(event="lead.captured")
    return captured.exclude(Exists(Lead.objects.filter(pk=OuterRef("about_id")))).count()


def _leads_that_nothing_tells_of() -> int:
    told = Entry.objects.filter(about="lead", about_id=OuterRef("pk"))
    return Lead.objects.exclude(Exists(told)).count()


def _two_open_handoffs() -> int:
    return _doubles(Handoff.objects.filter(state__in=OPEN), "lead")


def _claims_without_owner() -> int:
    return Handoff.objects.filter(
        Q(state__in=HELD, claimed_by__isnull=True)
        | Q(state=HandoffState.WAITING, claimed_by__isnull=False)
    ).count()


def _stages_apart() -> int:
    apart = Q()
    for state, stage in STAGES_OF.items():
        apart |= Q(state=state) & ~Q(lead__stage=stage)
    return Handoff.objects.filter(apart).count()


def _leads_with_sales_without_handoff() -> int:
    held = Handoff.objects.filter(lead=OuterRef("pk"), state__in=OPEN)
    return Lead.objects.at(*set(STAGES_OF.values())).exclude(Exists(held)).count()


def _waiting_without_clock() -> int:
    return _without_one_open_clock(
        Handoff.objects.filter(state=HandoffState.WAITING), ClauseKind.CLAIM
    )


def _ended_with_open_clock() -> int:
    clocks = Clock.objects.open().exclude(kind__in=AFTER_THE_END)
    return clocks.filter(handoff__state__in=ENDED).count()


def _claim_clock_without_waiting() -> int:
    clocks = Clock.objects.open().filter(kind=ClauseKind.CLAIM)
    return clocks.exclude(handoff__state=HandoffState.WAITING).count()


def _breached_without_record() -> int:
    stage = Q(stage=Stage.BREACHED) & ~Q(clock__kind=ClauseKind.LEASE)
    ended = Q(stage=Stage.RESCUED, clock__kind=ClauseKind.LEASE)
    records = Escalation.objects.filter(stage | ended, clock=OuterRef("pk")).order_by()
    counted = records.values("clock").annotate(n=Count("pk")).values("n")
    breached = Clock.objects.filter(verdict__in=(Verdict.BREACHED, Verdict.WAIVED))
    return breached.annotate(records=_or_zero(counted)).exclude(records=1).count()


def _records_without_entry() -> int:
    """Each stage recorded is told of by one entry, and the other way round."""
    wrong = 0
    for event, stage in RECORD_OF.items():
        recorded = Escalation.objects.filter(stage=stage)
        told = Entry.objects.filter(event=event)
        wrong += recorded.exclude(Exists(told.filter(about_id=OuterRef("clock_id")))).count()
        of = Escalation.objects.filter(clock_id=OuterRef("about_id"), stage=stage)
        wrong += told.exclude(Exists(of)).count() + _doubles(told, "about_id")
    return wrong


def _late_verdicts() -> int:
    """Met after the deadline, or breached with evidence before it."""
    late = Q(verdict=Verdict.MET, stopped_at__gt=F("due_at"))
    early = Q(verdict__in=(Verdict.BREACHED, Verdict.WAIVED), stopped_at__lte=F("due_at"))
    return Clock.objects.exclude(kind=ClauseKind.LEASE).filter(late | early).count()


def _alerts_doubled() -> int:
    of = Delivery.objects.filter(entry__event__in=RECORD_OF)
    return _doubles(of, "entry__about_id", "event", "recipient", "channel")


def _entries_adrift() -> int:
    return Entry.objects.filter(delivered_at__isnull=True, next_at__isnull=True).count()


def _notices_adrift() -> int:
    waiting = Q(state=Delivery.State.WAITING)
    adrift = (waiting & Q(next_at__isnull=True)) | (~waiting & Q(next_at__isnull=False))
    return Delivery.objects.filter(adrift).count()


def _running_without_moment() -> int:
    running = Clock.objects.filter(verdict=Verdict.RUNNING, paused_at__isnull=True)
    return running.filter(next_at__isnull=True).count()


def _clocks_without_beginning() -> int:
    began = ClockEvent.objects.filter(kind=Occurrence.STARTED, clock=OuterRef("pk")).order_by()
    counted = began.values("clock").annotate(n=Count("pk")).values("n")
    return Clock.objects.annotate(began=_or_zero(counted)).exclude(began=1).count()


def _waived_by_their_own() -> int:
    """Settled by who contested it, or waived though nobody did."""
    own = Q(settled_by=F("contested_by")) | Q(settled_by=F("owner"))
    return Clock.objects.filter(own | Q(verdict=Verdict.WAIVED, settled_at__isnull=True)).count()


def _doubles(rows: QuerySet[Any], *fields: str) -> int:
    """Groups of rows that are equal in these fields."""
    count: int = rows.order_by().values(*fields).annotate(n=Count("pk")).filter(n__gt=1).count()
    return count


def _or_zero(counted: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _without_one_open_clock(handoffs: QuerySet[Handoff], kind: str) -> int:
    clocks = Clock.objects.open().filter(handoff=OuterRef("pk"), kind=kind).order_by()
    counted = clocks.values("handoff").annotate(n=Count("pk")).values("n")
    return handoffs.annotate(clocks=_or_zero(counted)).exclude(clocks=1).count()


INVARIANTS: Final = (
    Invariant("an answered intake has its lead", _answers_without_lead),
    Invariant("a captured lead is there", _entries_without_lead),
    Invariant("a lead has its history", _leads_that_nothing_tells_of),
    Invariant("an import's counts add up to its rows", _imports_that_do_not_add_up),
    Invariant("a quarantined row is kept with its reason", _imports_that_lost_a_reason),
    Invariant("a lead has at most one open handoff", _two_open_handoffs),
    Invariant("a claimed handoff has one owner, a waiting one none", _claims_without_owner),
    Invariant("a handoff and its lead agree", _stages_apart),
    Invariant("a lead with sales has an open handoff", _leads_with_sales_without_handoff),
    Invariant("a waiting handoff has one open claim clock", _waiting_without_clock),
    Invariant("a claim clock runs while its handoff waits", _claim_clock_without_waiting),
    Invariant("an ended journey owes only what comes after its end", _ended_with_open_clock),
    Invariant("a breached clock has one record", _breached_without_record),
    Invariant("a stage recorded is told of once", _records_without_entry),
    Invariant("a verdict follows from its evidence", _late_verdicts),
    Invariant("an alert reaches each recipient once", _alerts_doubled),
    Invariant("a running clock has its next moment", _running_without_moment),
    Invariant("a clock keeps when it began", _clocks_without_beginning),
    Invariant("a breach is waived by the other side alone", _waived_by_their_own),
    Invariant("an entry is delivered or waits for its time", _entries_adrift),
    Invariant("a notice has gone or waits for its time", _notices_adrift),
)
