"""Whether the house lives, and whether it keeps up; each answer names what is late."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from handoff.journal.models import Entry, Heartbeat
from handoff.notices.models import Delivery
from sla.models import Clock

LATE: Final = timedelta(seconds=60)
SWEEPS: Final = ("clocks", "relay", "notices")
PATIENCE: Final = 0.5
known: Final[set[str]] = set()
DUE: Final[Mapping[str, Callable[[datetime], datetime | None]]] = {
    "oldest due clock": lambda at: _oldest(Clock.objects.due(at)),
    "oldest undelivered entry": lambda at: _oldest(Entry.objects.due(at)),
    "oldest waiting notice": lambda at: _oldest(Delivery.objects.due(at)),
}


def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    """200 where the database is there, migrated, and nothing due is over a minute late, else 503.

    Redis only makes things faster: without it the answer is `degraded`.
    """
    wrong = list(troubles(timezone.now()))
    slow = [] if _redis_answers() else ["Redis does not answer"]
    state = "red" if wrong else "degraded" if slow else "ready"
    answer = {"ready": not wrong, "state": state, "wrong": wrong, "slow": slow}
    response = JsonResponse(answer, status=503 if wrong else 200)
    response["Cache-Control"] = "no-store"
    return response


def troubles(at: datetime) -> Iterator[str]:
    """What is wrong at this instant, in words; nothing where all is well."""
    try:
        if not _migrated():
            yield "migrations are missing"
            return
        yield from _late(at)
    except DatabaseError:
        yield "the database does not answer"


def _late(at: datetime) -> Iterator[str]:
    beats = dict(Heartbeat.objects.values_list("name", "beat_at"))
    for name in SWEEPS:
        if name not in beats:
            yield f"{name}: never swept"
        elif at - beats[name] > LATE:
            yield f"{name}: last swept {_seconds(at - beats[name])} s ago"
    for name, oldest in DUE.items():
        since = oldest(at)
        if since is not None and at - since > LATE:
            yield f"{name}: {_seconds(at - since)} s late"


def _oldest(due: object) -> datetime | None:
    moment: datetime | None = due.values_list("next_at", flat=True).first()  # type: ignore[attr-defined]
    return moment


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


def _migrated() -> bool:
    """Asked until it is so: what has been migrated once stays so while the process runs."""
    if "migrated" not in known:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        known.add("migrated")
    return True


@cache
def _redis() -> Redis:
    return Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 0),
    )


def _redis_answers() -> bool:
    try:
        return bool(_redis().ping())
    except (RedisError, OSError):
        return False
