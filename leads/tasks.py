"""The fast hands of intake; what they do is in the rows, so that losing one loses nothing."""

from celery import shared_task
from django.utils import timezone

from handoff.journal.loops import turn
from leads.actions.imports import CONTINUE, forget_old_files, import_next
from leads.actions.scoring import rescore_next
from leads.models import IdempotencyKey
from leads.models.intake import ANSWERS_KEPT


@shared_task
def forget_old_keys() -> int:
    """Drop the answers and the files that are kept no longer."""
    at = timezone.now()
    forget_old_files(at=at)
    old = IdempotencyKey.objects.filter(created_at__lte=at - ANSWERS_KEPT)
    return old.delete()[0]


@shared_task(name=CONTINUE)
def continue_imports() -> int:
    """Go on with the files that are being brought in."""
    return turn("imports", import_next, seconds=120.0)


@shared_task
def keep_scores() -> int:
    """Go on with waves of new criteria, and with scores that time has made stale."""
    return turn("scores", rescore_next, seconds=60.0)
