"""`/events`: the stream by which an open page hears that it should ask again.

    GET /events?topics=queue:3,user:5&picture=queue:3      with the session cookie

Events: `live` (what is said from here on is heard; ask once for what was missed), `degraded`
(nothing is heard now; poll), `changed` with the topic, `picture` with the HTML of the list that
`picture` names, instead of `changed` for its topics. 401 without a session, 403 without an
allowed topic, 429 with too many open. A stream ends after a quarter of an hour, so that who has
left is heard no more; the browser opens the next by itself.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any, Final
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.db import close_old_connections
from django.http import HttpRequest
from django.utils.translation import get_language_from_request

from handoff.notices.hub import Hub, Picture, Stream
from handoff.people.access import reach_of
from handoff.people.models import User
from leads.models import ImportBatch

PictureOf = Callable[[User, str, str], Picture]
"""The picture that a person sees, by what stands after its name and by language."""
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

LONGEST: Final = 900.0
MOST_TOPICS: Final = 20
HEADERS: Final = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
session_store: Final[type[SessionBase]] = import_module(settings.SESSION_ENGINE).SessionStore


class Events:
    """The ASGI application of `/events`."""

    def __init__(
        self, hub: Hub, pictures: Mapping[str, PictureOf] | None = None, *, readers: int = 2
    ) -> None:
        self.hub = hub
        self.pictures = pictures or {}
        self.readers = ThreadPoolExecutor(max_workers=readers, thread_name_prefix="streams")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            return await refuse(send, HTTPStatus.METHOD_NOT_ALLOWED)
        self.hub.start()
        loop = asyncio.get_running_loop()
        guest = await loop.run_in_executor(self.readers, admit, scope, self.pictures)
        if isinstance(guest, HTTPStatus):
            return await refuse(send, guest)
        stream = self.hub.open(guest.user_id, guest.topics, guest.picture)
        if stream is None:
            return await refuse(send, HTTPStatus.TOO_MANY_REQUESTS)
        try:
            await serve(stream, receive, send)
        finally:
            self.hub.leave(stream)


async def refuse(send: Send, status: HTTPStatus) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": status.value,
            "headers": [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")],
        }
    )
    await send({"type": "http.response.body", "body": status.phrase.encode()})


async def serve(stream: Stream, receive: Receive, send: Send) -> None:
    """Write until the page is closed, the stream is, or its time is over."""
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    writing = asyncio.create_task(write(stream, send))
    leaving = asyncio.create_task(gone(receive))
    try:
        await asyncio.wait((writing, leaving), timeout=LONGEST, return_when=asyncio.FIRST_COMPLETED)
        if not leaving.done():
            stream.close()
            await writing
            await send({"type": "http.response.body", "body": b""})
    finally:
        for task in (writing, leaving):
            task.cancel()
            with suppress(asyncio.CancelledError, OSError):
                await task


async def write(stream: Stream, send: Send) -> None:
    await send({"type": "http.response.body", "body": b"retry: 2000\n\n", "more_body": True})
    async with aclosing(stream.frames()) as frames:
        async for frame in frames:
            await send({"type": "http.response.body", "body": frame, "more_body": True})


async def gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


@dataclass(frozen=True)
class Guest:
    """Somebody who may listen: to what, and at which picture they look."""

    user_id: int
    topics: list[str]
    picture: Picture | None


def admit(scope: Scope, pictures: Mapping[str, PictureOf]) -> Guest | HTTPStatus:
    """Who asks and what they may hear; runs in a thread, since it reads the database."""
    close_old_connections()
    try:
        request = request_of(scope)
        user = get_user(request)
        if not isinstance(user, User) or not user.is_active:
            return HTTPStatus.UNAUTHORIZED
        topics = allowed_topics(user, wanted_topics(scope))
        if not topics:
            return HTTPStatus.FORBIDDEN
        language = user.language or get_language_from_request(request)
        return Guest(user.pk, topics, picture_of(user, scope, language, pictures))
    finally:
        close_old_connections()


def request_of(scope: Scope) -> HttpRequest:
    """As much of a request as sessions and languages read."""
    headers = dict(scope["headers"])
    cookies: SimpleCookie = SimpleCookie()
    with suppress(CookieError):
        cookies.load(headers.get(b"cookie", b"").decode("latin1"))
    request = HttpRequest()
    request.COOKIES = {name: morsel.value for name, morsel in cookies.items()}
    request.META["HTTP_ACCEPT_LANGUAGE"] = headers.get(b"accept-language", b"").decode("latin1")
    request.session = session_store(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    return request


def picture_of(
    user: User, scope: Scope, language: str, pictures: Mapping[str, PictureOf]
) -> Picture | None:
    query = parse_qs(scope["query_string"].decode("latin1"))
    name, _colon, rest = query.get("picture", [""])[0].partition(":")
    drawn_by = pictures.get(name)
    return drawn_by(user, rest, language) if drawn_by else None


def wanted_topics(scope: Scope) -> list[str]:
    query = parse_qs(scope["query_string"].decode("latin1"))
    return [topic for text in query.get("topics", ()) for topic in text.split(",")][:MOST_TOPICS]


def allowed_topics(user: User, wanted: list[str]) -> list[str]:
    """One's own notices, one's teams' queues and imports, the board where one may see it."""
    return [topic for topic in dict.fromkeys(wanted) if may_hear(user, topic)]


def may_hear(user: User, topic: str) -> bool:
    reach = reach_of(user)
    kind, _colon, number = topic.partition(":")
    if kind == "board":
        return reach.holds("board")
    if not number.isascii() or not number.isdecimal() or len(number) > 18:
        return False
    if kind == "queue":
        return reach.holds("see_queue", int(number))
    if kind == "import":
        return ImportBatch.objects.visible_to(user).filter(pk=int(number)).exists()
    return kind == "user" and int(number) == user.pk
