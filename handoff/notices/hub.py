"""The fan-out of one process: one subscription to Redis, and the open streams that wait on it.

A stream holds the set of topics that changed since it last looked, so a slow reader costs no
memory. What it may hear was decided when it opened.

Where many look at the same list, asking again is a stampede: two hundred requests for one change.
Such a page names the picture it shows, and everybody with the same picture is sent it, drawn once.
"""

import asyncio
from collections.abc import AsyncGenerator, Hashable, Iterable
from concurrent.futures import Executor
from contextlib import suppress
from typing import Final, Protocol

import structlog
from redis import RedisError
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from handoff.notices.live import CHANNEL

MOST_STREAMS: Final = 12
HEARTBEAT: Final = 15.0
RETRY: Final = 1.0
BREATH: Final = 0.1
"""Seconds between two drawings of one picture, so that a flood of changes is drawn in steps."""
LIVE: Final = "live"
DEGRADED: Final = "degraded"
log = structlog.get_logger(__name__)


class Picture(Hashable, Protocol):
    """What several people see alike. Equal pictures are painted once, in a thread, as HTML."""

    @property
    def topics(self) -> list[str]: ...
    def paint(self) -> str: ...


class Stream:
    """One open page: which topics it hears, and which of them changed since it last looked."""

    def __init__(self, user_id: int, topics: Iterable[str], picture: Picture | None = None) -> None:
        self.user_id = user_id
        self.picture = picture
        self.topics = frozenset(topics).difference(picture.topics if picture else ())
        self.changed: set[str] = set()
        self.drawn = b""
        self.state = ""
        self.closed = False
        self._news = asyncio.Event()

    def hear(self, topics: Iterable[str]) -> None:
        heard = self.topics.intersection(topics)
        if heard:
            self.changed |= heard
            self._news.set()

    def ask_again(self, topics: Iterable[str]) -> None:
        self.changed.update(topics)
        self._news.set()

    def show(self, drawn: bytes) -> None:
        self.drawn = drawn
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
            if self.drawn:
                drawn, self.drawn = self.drawn, b""
                yield drawn
            try:
                await asyncio.wait_for(self._news.wait(), heartbeat)
            except TimeoutError:
                yield b": still here\n\n"
            self._news.clear()


def event(name: str, text: str) -> bytes:
    """One event. A line end of any kind within `text` would end it early, so it is a blank here."""
    return f"event: {name}\ndata: {' '.join(text.splitlines())}\n\n".encode()


class Easel:
    """Draws each picture once for all who look at it; what changes meanwhile is drawn next."""

    def __init__(self, painters: Executor) -> None:
        self.painters = painters
        self._drawing: dict[Picture, asyncio.Task[None]] = {}
        self._again: set[Picture] = set()

    def draw(self, picture: Picture, streams: set[Stream]) -> None:
        if picture in self._drawing:
            self._again.add(picture)
        else:
            self._drawing[picture] = asyncio.create_task(self._draw(picture, streams))

    async def _draw(self, picture: Picture, streams: set[Stream]) -> None:
        loop = asyncio.get_running_loop()
        try:
            while True:
                self._again.discard(picture)
                html = await loop.run_in_executor(self.painters, picture.paint)
                frame = event("picture", html)
                for stream in streams:
                    if stream.picture == picture:
                        stream.show(frame)
                await asyncio.sleep(BREATH)
                if picture not in self._again:
                    return
        except Exception:
            log.exception("picture_not_drawn")
            for stream in streams:
                if stream.picture == picture:
                    stream.ask_again(picture.topics)
        finally:
            del self._drawing[picture]

    def stop(self) -> None:
        for task in self._drawing.values():
            task.cancel()


class Hub:
    """All streams of this process. `listen` runs for as long as the process serves."""

    def __init__(self, url: str, easel: Easel | None = None) -> None:
        self.url = url
        self.easel = easel
        self.state = DEGRADED
        self.streams: set[Stream] = set()
        self._task: asyncio.Task[None] | None = None

    def open(
        self, user_id: int, topics: Iterable[str], picture: Picture | None = None
    ) -> Stream | None:
        """A new stream, or None where the person has twelve already."""
        if sum(stream.user_id == user_id for stream in self.streams) >= MOST_STREAMS:
            return None
        stream = Stream(user_id, topics, picture)
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
        if self.easel is not None:
            self.easel.stop()
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
                    self._spread(set(message["data"].decode(errors="replace").split()))

    def _spread(self, heard: set[str]) -> None:
        for stream in self.streams:
            stream.hear(heard)
        looking = {stream.picture for stream in self.streams if stream.picture}
        for picture in looking:
            if self.easel and heard.intersection(picture.topics):
                self.easel.draw(picture, self.streams)

    def _switch(self, state: str) -> None:
        self.state = state
        for stream in self.streams:
            stream.switch(state)
