"""The fan-out of one process: one subscription to Redis, and the open streams that wait on it.

A stream holds the set of topics that changed since it last looked, so a slow reader costs no
memory. What it may hear was decided when it opened.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import suppress
from typing import Final

import structlog
from redis import RedisError
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from handoff.notices.live import CHANNEL

MOST_STREAMS: Final = 12
HEARTBEAT: Final = 15.0
RETRY: Final = 1.0
LIVE: Final = "live"
DEGRADED: Final = "degraded"
log = structlog.get_logger(__name__)


class Stream:
    """One open page: which topics it hears, and which of them changed since it last looked."""

    def __init__(self, user_id: int, topics: Iterable[str]) -> None:
        self.user_id = user_id
        self.topics = frozenset(topics)
        self.changed: set[str] = set()
        self.state = ""
        self.closed = False
        self._news = asyncio.Event()

    def hear(self, topics: Iterable[str]) -> None:
        heard = self.topics.intersection(topics)
        if heard:
            self.changed |= heard
            self._news.set()

    def switch(self, state: str) -> None:
        self.state = state
        self._news.set()

    def close(self) -> None:
        self.closed = True
        self._news.set()

    async def frames(self, *, heartbeat: float = HEARTBEAT) -> AsyncGenerator[bytes, None]:
        """Server-sent events until the stream is closed, with a comment when nothing happens."""
        told = ""
        while not self.closed:
            if told != self.state:
                told = self.state
                yield event(told, told)
            while self.changed:
                yield event("changed", self.changed.pop())
            try:
                await asyncio.wait_for(self._news.wait(), heartbeat)
            except TimeoutError:
                yield b": still here\n\n"
            self._news.clear()


def event(name: str, text: str) -> bytes:
    return f"event: {name}\ndata: {text}\n\n".encode()


class Hub:
    """All streams of this process. `listen` runs for as long as the process serves."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.state = DEGRADED
        self.streams: set[Stream] = set()
        self._task: asyncio.Task[None] | None = None

    def open(self, user_id: int, topics: Iterable[str]) -> Stream | None:
        """A new stream, or None where the person has twelve already."""
        if sum(stream.user_id == user_id for stream in self.streams) >= MOST_STREAMS:
            return None
        stream = Stream(user_id, topics)
        stream.state = self.state
        self.streams.add(stream)
        return stream

    def leave(self, stream: Stream) -> None:
        self.streams.discard(stream)

    def start(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self.listen())

    async def stop(self) -> None:
        for stream in self.streams:
            stream.close()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def listen(self) -> None:
        """Subscribe, pass on, and start again when Redis goes away; pages then poll."""
        while True:
            try:
                await self._pass_on()
            except (RedisError, OSError) as error:
                log.warning("live_pages_poll", error=repr(error))
            self._switch(DEGRADED)
            await asyncio.sleep(RETRY)

    async def _pass_on(self) -> None:
        client = Redis.from_url(self.url, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0))
        async with client, client.pubsub() as subscription:
            await subscription.subscribe(CHANNEL)
            self._switch(LIVE)
            while True:
                message = await subscription.get_message(
                    ignore_subscribe_messages=True, timeout=5.0
                )
                if message is None:
                    await subscription.ping()
                elif message["type"] == "message":
                    self._spread(message["data"].decode(errors="replace").split())

    def _spread(self, topics: list[str]) -> None:
        for stream in self.streams:
            stream.hear(topics)

    def _switch(self, state: str) -> None:
        self.state = state
        for stream in self.streams:
            stream.switch(state)
