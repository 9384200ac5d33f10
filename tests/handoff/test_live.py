"""Open pages hear that something changed: who may hear what, and what happens without Redis."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.test import Client

from handoff.notices import live
from handoff.notices.hub import MOST_STREAMS, Easel, Hub
from handoff.people.models import User
from handoff.stream import Events, allowed_topics
from tests.cast import Cast
from tests.conftest import ClientOf

PATIENCE = 5.0


class Page:
    """A browser's end of one stream."""

    def __init__(self, events: Events, cookie: str, topics: str, method: str = "GET") -> None:
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.leave = asyncio.Event()
        self.scope = {
            "type": "http",
            "method": method,
            "path": "/events",
            "query_string": f"topics={topics}".encode(),
            "headers": [(b"cookie", f"sessionid={cookie}".encode())] if cookie else [],
        }
        self.task = asyncio.create_task(events(self.scope, self._receive, self.sent.put))  # type: ignore[arg-type]

    async def _receive(self) -> dict[str, str]:
        await self.leave.wait()
        return {"type": "http.disconnect"}

    async def status(self) -> int:
        return int((await asyncio.wait_for(self.sent.get(), PATIENCE))["status"])

    async def next(self) -> str:
        """The next event as `name text`."""
        while True:
            frame = (await asyncio.wait_for(self.sent.get(), PATIENCE))["body"].decode()
            if frame.startswith("event"):
                return " ".join(line.partition(": ")[2] for line in frame.splitlines() if line)

    async def close(self) -> None:
        self.leave.set()
        await asyncio.wait_for(self.task, PATIENCE)


@asynccontextmanager
async def listening(url: str = "") -> AsyncGenerator[Events, None]:
    hub = Hub(url or settings.REDIS_URL)
    events = Events(hub, readers=1)
    try:
        yield events
    finally:
        await hub.stop()
        events.readers.submit(connections.close_all).result()
        events.readers.shutdown()


def run(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(scene(), 30))


async def until(true: Callable[[], bool]) -> None:
    while not true():
        await asyncio.sleep(0.005)


def cookie_of(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture(autouse=True)
def _whole_breaker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live.publisher, "silent_until", 0.0)


def test_each_hears_only_what_is_theirs(cast: Cast) -> None:
    sales, other = cast.sales.pk, cast.other_sales.pk
    wanted = [f"queue:{sales}", f"queue:{other}", f"user:{cast.sam.pk}", f"user:{cast.sol.pk}"]
    wanted += ["board", "import:1", "queue:", "queue:x", "queue:" + "9" * 30, "secrets", ""]
    assert allowed_topics(cast.sam, wanted) == [f"queue:{sales}", f"user:{cast.sam.pk}"]
    assert allowed_topics(cast.otto, wanted) == [f"queue:{other}"]
    assert allowed_topics(cast.tess, wanted) == [f"queue:{sales}", "board"]
    assert allowed_topics(cast.mara, wanted) == []
    assert allowed_topics(cast.max, wanted) == [f"queue:{sales}", f"queue:{other}", "board"]


@pytest.mark.django_db(transaction=True)
def test_what_is_committed_is_heard_and_what_is_rolled_back_is_not(
    cast: Cast, client_of: ClientOf
) -> None:
    cookie, team = cookie_of(client_of(cast.sam)), cast.sales.pk

    def commit() -> None:
        with suppress(RuntimeError), transaction.atomic():
            live.changed(f"queue:{cast.other_sales.pk}", f"user:{cast.sam.pk}")
            raise RuntimeError
        with transaction.atomic():
            live.changed(f"queue:{team}", "board")
        connections.close_all()

    async def scene() -> None:
        async with listening() as events:
            page = Page(events, cookie, f"queue:{team},user:{cast.sam.pk},board")
            assert await page.status() == 200
            while await page.next() != "live live":
                pass
            await asyncio.to_thread(commit)
            assert await page.next() == f"changed queue:{team}"
            await asyncio.sleep(0.05)
            assert page.sent.empty()
            await page.close()
            assert not events.hub.streams

    run(scene)


@pytest.mark.django_db(transaction=True)
def test_nobody_without_a_session_and_nothing_that_is_foreign(
    cast: Cast, client_of: ClientOf
) -> None:
    cookie, team = cookie_of(client_of(cast.otto)), cast.sales.pk
    gone = cookie_of(client_of(cast.sol))
    User.objects.filter(pk=cast.sol.pk).update(is_active=False)

    async def scene() -> None:
        async with listening() as events:
            for given, method, status in (
                ("", "GET", 401),
                ("forged", "GET", 401),
                (gone, "GET", 401),
                (cookie, "GET", 403),
                (cookie, "POST", 405),
            ):
                page = Page(events, given, f"queue:{team}", method)
                assert await page.status() == status
                await page.task

    run(scene)


@pytest.mark.django_db(transaction=True)
def test_one_person_cannot_take_every_stream(cast: Cast, client_of: ClientOf) -> None:
    cookie, topic = cookie_of(client_of(cast.sam)), f"user:{cast.sam.pk}"

    async def scene() -> None:
        async with listening() as events:
            pages = [Page(events, cookie, topic) for _ in range(MOST_STREAMS)]
            assert [await page.status() for page in pages] == [200] * MOST_STREAMS
            extra = Page(events, cookie, topic)
            assert await extra.status() == 429
            for page in pages:
                await page.close()
            again = Page(events, cookie, topic)
            assert await again.status() == 200
            await events.hub.stop()
            await asyncio.wait_for(again.task, PATIENCE)

    run(scene)


@pytest.mark.django_db(transaction=True)
def test_without_redis_a_page_is_told_to_poll(cast: Cast, client_of: ClientOf) -> None:
    cookie, topic = cookie_of(client_of(cast.sam)), f"user:{cast.sam.pk}"

    async def scene() -> None:
        async with listening("redis://127.0.0.1:1/0") as events:
            page = Page(events, cookie, topic)
            assert await page.status() == 200
            assert await page.next() == "degraded degraded"
            events.hub.url = settings.REDIS_URL
            assert await page.next() == "live live"
            await page.close()

    run(scene)


def test_a_dead_redis_costs_a_writer_a_moment_once(monkeypatch: pytest.MonkeyPatch) -> None:
    publisher = live.Publisher("redis://127.0.0.1:1/0")
    begin = time.monotonic()
    assert [publisher.publish(("board",)) for _ in range(1_000)] == [False] * 1_000
    assert time.monotonic() - begin < 1
    publisher.silent_until = 0.0
    assert not publisher.publish(("board",))


def test_a_slow_reader_hears_each_topic_once() -> None:
    async def scene() -> None:
        hub = Hub(settings.REDIS_URL)
        stream = hub.open(1, ["queue:1", "board"])
        assert stream is not None
        for _ in range(10_000):
            stream.hear(["queue:1", "queue:2"])
        frames = stream.frames(heartbeat=0.01)
        heard = [await anext(frames) for _ in range(3)]
        assert heard == [
            b"event: degraded\ndata: degraded\n\n",
            b"event: changed\ndata: queue:1\n\n",
            b": still here\n\n",
        ]

    run(scene)


@dataclass(frozen=True)
class Sketch:
    """A picture that counts how often it is painted."""

    name: str
    painted: list[str] = field(default_factory=list, compare=False)
    fails: bool = field(default=False, compare=False)
    holds: str = field(default="", compare=False)

    @property
    def topics(self) -> list[str]:
        return ["queue:1"]

    def paint(self) -> str:
        self.painted.append(self.name)
        if self.fails:
            raise RuntimeError
        return f"<ol>\n<li>{len(self.painted)}{self.holds}</li></ol>"


def test_a_picture_is_drawn_once_for_all_who_look_at_it() -> None:
    async def scene() -> None:
        with ThreadPoolExecutor(1) as painters:
            hub = Hub(settings.REDIS_URL, Easel(painters))
            picture = Sketch("queue")
            streams = [hub.open(user, ["queue:1", "board"], picture) for user in range(200)]
            for _ in range(50):
                hub._spread({"queue:1", "queue:2"})
            await until(lambda: all(stream and stream.drawn for stream in streams))
            assert len(picture.painted) == 1
            for stream in streams:
                assert stream is not None
                assert stream.drawn == b"event: picture\ndata: <ol> <li>1</li></ol>\n\n"
                assert not stream.changed
            await hub.stop()

    run(scene)


def test_no_name_in_a_picture_ends_it_early() -> None:
    """Browsers end a line of a stream at a lone carriage return too."""

    async def scene() -> None:
        with ThreadPoolExecutor(1) as painters:
            hub = Hub(settings.REDIS_URL, Easel(painters))
            hostile = "\rdata: mine\r\r\nevent: changed\n\n"
            stream = hub.open(1, ["queue:1"], Sketch("queue", holds=hostile))
            assert stream is not None
            hub._spread({"queue:1"})
            await until(lambda: bool(stream.drawn))
            head, data, *rest = stream.drawn.decode().splitlines()
            assert (head, data[:5], rest) == ("event: picture", "data:", [""])
            assert data.endswith("</ol>")
            await hub.stop()

    run(scene)


def test_a_picture_that_cannot_be_drawn_is_asked_for() -> None:
    async def scene() -> None:
        with ThreadPoolExecutor(1) as painters:
            hub = Hub(settings.REDIS_URL, Easel(painters))
            stream = hub.open(1, ["queue:1"], Sketch("queue", fails=True))
            assert stream is not None
            hub._spread({"queue:1"})
            await until(lambda: stream.changed == {"queue:1"})
            hub._spread({"queue:1"})
            await hub.stop()

    run(scene)
