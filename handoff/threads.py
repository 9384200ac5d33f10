"""Pages by a few threads, none of which waits for a slow client.

A request is heard to its end before a thread takes it, and what the thread answers waits in a
queue until it is read. Only what is larger than a form is read by its thread as it comes, and only
by three threads at once. A client that is silent for half a minute is given up.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any, Final

import structlog
from a2wsgi import WSGIMiddleware

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

MOST: Final = 8
FILES_AT_ONCE: Final = 3
LARGEST_FORM: Final = 1024 * 1024
PIECES_WAITING: Final = 1_000
"""Of an answer; beyond that its thread waits for whoever reads it."""
SILENCE: Final = 30.0
BODIES: Final = (b"content-length", b"transfer-encoding")
GONE: Final[Message] = {"type": "http.disconnect"}
log = structlog.get_logger(__name__)


class Threads:
    """A WSGI application as ASGI."""

    def __init__(self, application: Any, *, silence: float = SILENCE) -> None:
        self.threads: Any = WSGIMiddleware(application, MOST, PIECES_WAITING)
        self.files = asyncio.Semaphore(FILES_AT_ONCE)
        self.silence = silence

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        client, headers = Client(receive, send, self.silence), scope["headers"]
        if any(name in BODIES for name, _value in headers):
            await client.hear(LARGEST_FORM)
            if client.heard_all:
                scope["headers"] = measured(headers, len(client.heard))
        if client.gone:
            await client.refuse(HTTPStatus.REQUEST_TIMEOUT)
        elif client.heard_all or not client.heard:
            await self.threads(scope, client.receive, client.send)
        elif not any(name == b"content-length" for name, _value in headers):
            await client.refuse(HTTPStatus.LENGTH_REQUIRED)
        else:
            async with self.files:
                await self.threads(scope, client.receive, client.send)


class Client:
    """One request's other side, which may fall silent or go at any moment."""

    def __init__(self, receive: Receive, send: Send, silence: float) -> None:
        self._receive, self._send, self.silence = receive, send, silence
        self.heard = bytearray()
        self.heard_all = self.gone = self.told = False

    async def hear(self, most: int) -> None:
        """The body, or as much of a larger one."""
        while not (self.heard_all or self.gone) and len(self.heard) <= most:
            message = await self._next()
            self.heard += message.get("body", b"")
            self.heard_all = not message.get("more_body", False)

    async def receive(self) -> Message:
        if self.told or not self.heard:
            return await self._next()
        self.told = True
        more = not self.heard_all
        return {"type": "http.request", "body": bytes(self.heard), "more_body": more}

    async def _next(self) -> Message:
        try:
            async with asyncio.timeout(self.silence):
                message = await self._receive()
        except TimeoutError:
            message = GONE
        self.gone = message["type"] == "http.disconnect"
        return message

    async def send(self, message: Message) -> None:
        """Never raises: the thread that answers could not be told, and would wait for ever."""
        if self.gone:
            return
        try:
            async with asyncio.timeout(self.silence):
                await self._send(message)
        except (OSError, RuntimeError) as error:
            self.gone = True
            log.info("client_gone", error=repr(error))

    async def refuse(self, status: HTTPStatus) -> None:
        self.gone = False
        headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
        await self.send({"type": "http.response.start", "status": status.value, "headers": headers})
        await self.send({"type": "http.response.body", "body": status.phrase.encode()})


def measured(headers: Headers, length: int) -> Headers:
    """The headers with the length of the body, which a chunked request does not say."""
    said = (b"content-length", str(length).encode())
    return [said, *(header for header in headers if header[0] not in BODIES)]
