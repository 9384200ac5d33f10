"""A running promise, as a row with its next moment precomputed."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from handoff.calendars.models import CalendarVersion
from handoff.people.access import reach_of
from handoff.people.models import Side, Team, User
from leads.models import Handoff
from sla.models.agreement import Clause
from sla.stages import ClauseKind, Occurrence, Stage, Verdict


class ClockQuerySet(models.QuerySet["Clock"]):
    def visible_to(self, user: User) -> Self:
        reach = reach_of(user)
        if reach.everywhere:
            return self
        sales = reach.team_ids(Side.SALES)
        return self.filter(
            Q(team_id__in=sales)
            | Q(side=Side.MARKETING, handoff__team_id__in=sales)
            | Q(handoff__lead__team_id__in=reach.team_ids(Side.MARKETING))
        )

    def open(self) -> Self:
        """Not yet stopped: running, or breached and still owed."""
        return self.filter(stopped_at__isnull=True)

    def due(self, at: datetime) -> Self:
        return self.filter(next_at__lt=at).order_by("next_at", "id")

    def at_risk(self, at: datetime) -> Self:
        return self.open().filter(verdict=Verdict.RUNNING, warn_at__lte=at, paused_at__isnull=True)

    def late(self, at: datetime) -> Self:
        """Past their deadline; the deadline of a paused one has not been found yet."""
        return self.open().filter(due_at__lt=at, paused_at__isnull=True)

    def contested(self) -> Self:
        """Breaches of which the side that owes says they are none, and nobody has answered."""
        asked = self.filter(contested_at__isnull=False, settled_at__isnull=True)
        return asked.filter(verdict=Verdict.BREACHED)


class Clock(models.Model):
    """One clause on one handoff. Pins the clause and the calendar version it is counted by.

    `due_at` is the deadline and, where the clock is breached, the true instant of the breach.
    `stopped_at` is the instant of the evidence that stopped it. `next_at` is when the sweep must
    look at it again; empty where nothing is left to do. While it is paused its moments stand as
    they were, and `next_at` is when it goes on by itself, if it does. All UTC. `side` and `team`
    owe it: the sales team of the handoff, or the marketing team of its lead. `kind` is the
    clause's, for the indexes. Everything here can be derived again from the clause, the calendar
    versions and the events (`sla.derivation.standing`). A row is rewritten several times in its
    life, so foreign keys have no index but those below.
    """

    handoff = models.ForeignKey(Handoff, models.CASCADE, related_name="+", db_index=False)
    clause = models.ForeignKey(Clause, models.PROTECT, related_name="+", db_index=False)
    calendar = models.ForeignKey(CalendarVersion, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=16, choices=ClauseKind)
    side = models.CharField(max_length=10, choices=Side, default=Side.SALES, db_default=Side.SALES)
    team = models.ForeignKey(Team, models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    verdict = models.CharField(max_length=10, choices=Verdict, default=Verdict.RUNNING)
    started_at = models.DateTimeField()
    warn_at = models.DateTimeField()
    due_at = models.DateTimeField()
    escalate_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    late_logged = models.BooleanField(default=False, db_default=False)
    bulk_logged = models.BooleanField(default=False, db_default=False)
    contested_at = models.DateTimeField(null=True, blank=True)
    contested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )

    objects = ClockQuerySet.as_manager()

    class Meta:
        indexes = [
            # sla.actions.clocks.fire_next
            models.Index(
                fields=("next_at", "id"), condition=Q(next_at__isnull=False), name="clock_due"
            ),
            # the queue: one team's waiting handoffs by deadline, keyset paged
            models.Index(
                fields=("team", "due_at", "id"),
                condition=Q(kind="claim", stopped_at__isnull=True),
                name="clock_queue",
            ),
            # what a person owes
            models.Index(
                fields=("owner", "due_at"), condition=Q(stopped_at__isnull=True), name="clock_owed"
            ),
            # the board
            models.Index(
                fields=("team", "kind", "verdict"),
                condition=Q(stopped_at__isnull=True),
                name="clock_open",
            ),
            # a person's own figures
            models.Index(
                fields=("owner", "started_at"),
                condition=Q(kind="first_attempt"),
                name="clock_tried",
            ),
            # the board's contested breaches
            models.Index(
                fields=("contested_at", "id"),
                condition=Q(contested_at__isnull=False, settled_at__isnull=True),
                name="clock_contested",
            ),
            # a handoff's own clocks
            models.Index(fields=("handoff", "kind"), name="clock_handoff"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("handoff", "kind"),
                condition=Q(stopped_at__isnull=True),
                name="clock_one_running_per_clause",
            ),
            models.CheckConstraint(
                condition=Q(verdict="running", stopped_at__isnull=True)
                | Q(verdict__in=("met", "cancelled", "superseded"), stopped_at__isnull=False)
                | Q(verdict__in=("breached", "waived")),
                name="clock_verdict_and_stop",
            ),
            models.CheckConstraint(
                condition=~Q(verdict="running")
                | Q(next_at__isnull=False)
                | Q(paused_at__isnull=False),
                name="clock_running_has_next",
            ),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True, paused_until__isnull=True)
                | Q(paused_at__isnull=False, verdict="running"),
                name="clock_paused_while_running",
            ),
            models.CheckConstraint(
                condition=Q(contested_at__isnull=True, contested_by__isnull=True)
                | Q(contested_at__isnull=False, contested_by__isnull=False),
                name="clock_contested_when_and_who",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False, contested_at__isnull=False),
                name="clock_settled_when_and_who",
            ),
            models.CheckConstraint(
                condition=Q(due_at__gte=F("warn_at"), warn_at__gte=F("started_at")),
                name="clock_instants_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.handoff_id}"

    @property
    def is_contested(self) -> bool:
        return self.contested_at is not None and self.settled_at is None


class Escalation(models.Model):
    """One stage of one clock, once: when it was due and when it was noticed.

    `superseded` stages were overtaken by a later one before anybody looked; nobody is told.
    """

    Stage = Stage

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="escalations", db_index=False)
    stage = models.CharField(max_length=10, choices=Stage)
    due_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    superseded = models.BooleanField(default=False)

    class Meta:
        ordering = ("due_at", "id")
        constraints = [
            models.UniqueConstraint(fields=("clock", "stage"), name="escalation_stage_once"),
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.clock_id}"


class ClockEvent(models.Model):
    """What happened to a clock, in the order in which it was recorded; never changed.

    `at` is when it happened, `recorded_at` when the house was told (UTC). `data` says of a start
    and of a move which calendar version counts from then on, of a pause until when, and of
    evidence what was odd about it. Stages are recorded as `Escalation` rows.
    """

    Kind = Occurrence

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="events", db_index=False)
    kind = models.CharField(max_length=10, choices=Occurrence)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    why = models.CharField(max_length=400, blank=True, default="", db_default="")
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("id",)
        indexes = [
            # a clock's own history
            models.Index(fields=("clock", "id"), name="clock_event_of"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.clock_id}"
