"""Saying to open pages that what they show has changed. Never an obstacle to what changed it.

A topic is `queue:<team>`, `user:<id>`, `board` or `import:<id>`. Who hears it is for the streams
to decide (`handoff.stream`); what is heard carries no data, so pages ask again for what they show.
"""

import time
from typing import Final

import structlog
from django.conf import settings
from django.db import transaction
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

CHANNEL: Final = "handoff:changed"
PATIENCE: Final = 0.2
SILENCE: Final = 5.0
log = structlog.get_logger(__name__)


class Publisher:
    """One connection pool, and a breaker: after a failure nothing is tried for five seconds."""

    def __init__(self, url: str) -> None:
        self.silent_until = 0.0
        self.redis = Redis.from_url(
            url,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),
        )

    def publish(self, topics: tuple[str, ...]) -> bool:
        """Whether Redis took it. Takes at most 0.2 s twice, and never raises."""
        if time.monotonic() < self.silent_until:
            return False
        try:
            self.redis.publish(CHANNEL, " ".join(topics))
        except (RedisError, OSError) as error:
            self.silent_until = time.monotonic() + SILENCE
            log.warning("live_pages_not_told", error=repr(error))
            return False
        return True


publisher: Final = Publisher(settings.REDIS_URL)


def changed(*topics: str) -> None:
    """Tell open pages once the transaction is committed; at once where there is none."""
    transaction.on_commit(lambda: publisher.publish(topics), robust=True)
