"""Slow and vanishing clients: none of them takes a thread from the others."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import pytest
from a2wsgi import WSGIMiddleware

from handoff import threads
from handoff.threads import FILES_AT_ONCE, LARGEST_FORM, MOST, Threads

PATIENCE = 20.0
FEW = 10
Header = tuple[bytes, bytes]


def measure(environ: Any, start_response: Callable[..., object]) -> Iterable[bytes]:
    """A page that reads what it was told is there, as Django does, and says how much it was."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("200 OK", [])
    return [str(len(body)).encode()]


def long_file(environ: Any, start_response: Callable[..., object]) -> Iterable[bytes]:
    start_response("200 OK", [])
    return (b"piece" for _number in range(3 * FEW))


@pytest.fixture(autouse=True)
def _short_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "PIECES_WAITING", FEW)


class Visit:
    """A client's end of one request: what it has sent so far, and what it was answered."""

    def __init__(self, pages: Any, *headers: Header) -> None:
        self.sends: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.status = 0
        self.body = b""
        self.reads = True
        self.vanished = False
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/",
            "query_string": b"",
            "http_version": "1.1",
            "headers": list(headers),
        }
        self.task = asyncio.create_task(pages(scope, self.sends.get, self._hear))

    def say(self, body: bytes, *, more: bool = False) -> None:
        self.sends.put_nowait({"type": "http.request", "body": body, "more_body": more})

    async def _hear(self, message: dict[str, Any]) -> None:
        if self.vanished:
            raise RuntimeError("the handler is closed")
        while not self.reads:
            await asyncio.sleep(0.01)
        self.status = message.get("status", self.status)
        self.body += message.get("body", b"")

    async def answer(self) -> tuple[int, bytes]:
        await asyncio.wait_for(self.task, PATIENCE)
        return self.status, self.body


def length(of: int) -> Header:
    return b"content-length", str(of).encode()


CHUNKED: Header = (b"transfer-encoding", b"chunked")


def run(scene: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(scene, 60))


async def a_page_answers(pages: Any) -> None:
    visit = Visit(pages, length(2))
    visit.say(b"ok")
    assert await visit.answer() == (200, b"2")


async def silent_bodies(pages: Any) -> None:
    silent = [Visit(pages, length(9)) for _number in range(2 * MOST)]
    for visit in silent:
        visit.say(b"a=", more=True)
    await asyncio.sleep(0.1)
    try:
        await a_page_answers(pages)
    finally:
        for visit in silent:
            visit.sends.put_nowait({"type": "http.disconnect"})
        await asyncio.wait([visit.task for visit in silent], timeout=PATIENCE)


def test_clients_that_stop_in_the_middle_of_a_form_hold_no_thread() -> None:
    run(silent_bodies(Threads(measure)))


def test_bare_threads_are_all_held_by_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.handoff.test_threads.PATIENCE", 0.5)
    with pytest.raises(TimeoutError):
        run(silent_bodies(WSGIMiddleware(measure, MOST)))


def test_a_silent_client_is_given_up() -> None:
    async def scene() -> None:
        visit = Visit(Threads(measure, silence=0.1), length(9))
        visit.say(b"a=", more=True)
        assert (await visit.answer())[0] == 408

    run(scene())


def test_a_client_that_vanishes_while_it_is_answered_frees_its_thread() -> None:
    async def scene() -> None:
        pages = Threads(long_file)
        for _number in range(2 * MOST):
            visit = Visit(pages)
            visit.vanished = True
            await visit.answer()

    run(scene())


def test_a_client_that_reads_nothing_is_given_up() -> None:
    async def scene() -> None:
        pages = Threads(long_file, silence=0.2)
        visits = [Visit(pages) for _number in range(2 * MOST)]
        for visit in visits:
            visit.reads = False
        for visit in visits:
            assert (await visit.answer())[1] == b""

    run(scene())


def test_a_page_waits_for_no_reader() -> None:
    async def scene() -> None:
        pages = Threads(measure)
        visits = [Visit(pages) for _number in range(2 * MOST)]
        for visit in visits:
            visit.reads = False
        await asyncio.sleep(0.1)
        await a_page_answers(pages)
        for visit in visits:
            visit.reads = True
            assert await visit.answer() == (200, b"0")

    run(scene())


def test_a_body_in_chunks_is_heard_whole() -> None:
    async def scene() -> None:
        visit = Visit(Threads(measure), CHUNKED)
        visit.say(b"some", more=True)
        visit.say(b"thing")
        assert await visit.answer() == (200, b"9")

    run(scene())


def test_a_large_body_has_to_say_its_length() -> None:
    async def scene() -> None:
        visit = Visit(Threads(measure), CHUNKED)
        visit.say(b"0" * (LARGEST_FORM + 1), more=True)
        assert (await visit.answer())[0] == 411

    run(scene())


def test_large_files_hold_three_threads_at_most_and_come_through() -> None:
    async def scene() -> None:
        pages, size = Threads(measure), LARGEST_FORM + 500
        files = [Visit(pages, length(size)) for _number in range(2 * MOST)]
        for visit in files:
            visit.say(b"0" * (LARGEST_FORM + 1), more=True)
        await asyncio.sleep(0.1)
        assert pages.files.locked()
        await a_page_answers(pages)
        for visit in files:
            visit.say(b"1" * 499)
            assert await visit.answer() == (200, str(size).encode())

    assert FILES_AT_ONCE < threads.MOST
    run(scene())


def test_a_file_that_stops_on_its_way_gives_its_place_away() -> None:
    async def scene() -> None:
        pages = Threads(measure, silence=0.2)
        visits = [Visit(pages, length(2 * LARGEST_FORM)) for _number in range(2 * MOST)]
        for visit in visits:
            visit.say(b"0" * (LARGEST_FORM + 1), more=True)
        for visit in visits:
            await visit.answer()

    run(scene())
