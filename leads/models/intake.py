"""The door's own books: keys already answered, and files with what became of each row."""

from datetime import timedelta
from typing import Final, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from handoff.people.access import reach_of
from handoff.people.models import ApiToken, Side, Team, User
from leads.models.source import Source

ANSWERS_KEPT: Final = timedelta(days=7)


class IdempotencyKey(models.Model):
    """A request already answered. Same key and body: the same answer; other body: refused."""

    token = models.ForeignKey(ApiToken, models.CASCADE, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    path = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("user", "path", "key"), name="idempotency_key_once")
        ]

    def __str__(self) -> str:
        return self.key


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, user: User) -> Self:
        """Imports into the person's marketing teams."""
        reach = reach_of(user)
        if reach.everywhere:
            return self
        return self.filter(team_id__in=reach.team_ids(Side.MARKETING))


class ImportBatch(models.Model):
    """One file, from upload to report. The four counts add up to `rows` when it is finished."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Waiting for its columns")
        READY = "ready", _("Ready")
        RUNNING = "running", _("Running")
        FINISHED = "finished", _("Finished")
        FAILED = "failed", _("Failed")

    team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, models.PROTECT, null=True, related_name="+")
    file_name = models.CharField(max_length=255)
    file = models.FileField(upload_to="imports/", max_length=300, blank=True)
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    rows = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    duplicate = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()
    quarantine: "models.Manager[Quarantine]"

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(done=F("created") + F("updated") + F("duplicate") + F("quarantined")),
                name="import_counts_add_up",
            ),
            models.CheckConstraint(
                condition=~Q(state="finished") | Q(done=F("rows"), finished_at__isnull=False),
                name="import_finished_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def topic(self) -> str:
        """What pages that show it listen to."""
        return f"import:{self.pk}"


class Quarantine(models.Model):
    """A row that was not taken in, as it stood, with the reason.

    `row` is the row's number as a spreadsheet shows it. `problems` lists code, column and value
    of all that is wrong; `reason` is the first code, and leads.problems has the sentences. `raw`
    lists column and cell.
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="quarantine")
    row = models.PositiveIntegerField()
    reason = models.CharField(max_length=40)
    problems = models.JSONField(default=list)
    raw = models.JSONField(default=list)

    class Meta:
        ordering = ("row",)
        constraints = [models.UniqueConstraint(fields=("batch", "row"), name="quarantine_row_once")]

    def __str__(self) -> str:
        return f"{self.row}: {self.reason}"
