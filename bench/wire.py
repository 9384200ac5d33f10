"""The least HTTP client that can measure: keep-alive requests and event streams, in asyncio."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final

CSRF: Final = "b" * 32


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


@dataclass
class Browser:
    """One signed-in person with one connection that is kept open."""

    port: int
    session: str
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = field(default=None)

    async def get(self, path: str) -> Answer:
        return await self._ask("GET", path, b"")

    async def post(self, path: str, form: str = "") -> Answer:
        return await self._ask("POST", path, form.encode())

    async def close(self) -> None:
        if self._streams:
            self._streams[1].close()
            self._streams = None

    async def _ask(self, method: str, path: str, body: bytes) -> Answer:
        begin = time.perf_counter()
        message = self._head(method, path, len(body)) + body
        answer = await self._exchange(message) if self._streams else None
        if answer is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port)
            answer = await self._exchange(message)
        if answer is None:
            raise ConnectionError("The connection was closed without an answer.")
        status, headers, text = answer
        return Answer(status, headers, text, time.perf_counter() - begin)

    async def _exchange(self, message: bytes) -> tuple[int, dict[str, str], bytes] | None:
        """None where the server had closed the connection that was kept."""
        if self._streams is None:
            return None
        reader, writer = self._streams
        try:
            writer.write(message)
            status, headers = await read_head(reader)
        except (ConnectionError, EOFError):
            await self.close()
            return None
        text = await read_body(reader, headers)
        if headers.get("connection", "").lower() == "close":
            await self.close()
        return status, headers, text

    def _head(self, method: str, path: str, length: int) -> bytes:
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            *self._proof(),
            f"Content-Length: {length}",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def _proof(self) -> tuple[str, ...]:
        return (
            f"Cookie: sessionid={self.session}; csrftoken={CSRF}",
            f"X-CSRFToken: {CSRF}",
            "HX-Request: true",
            "Content-Type: application/x-www-form-urlencoded",
        )

    async def events(self, path: str) -> AsyncIterator[tuple[bytes, bytes]]:
        """Name and data of each event of a stream, for as long as it is open."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**22)
        writer.write(self._head("GET", path, 0))
        status, _headers = await read_head(reader)
        if status != 200:
            raise ConnectionError(f"The stream was refused with {status}.")
        name = b""
        try:
            while line := await reader.readline():
                if line.startswith(b"event: "):
                    name = line[7:-1]
                elif line.startswith(b"data: "):
                    yield name, line[6:-1]
        finally:
            writer.close()


class Program(Browser):
    """The same for a program: `session` is its key, and it sends JSON."""

    def _proof(self) -> tuple[str, ...]:
        return (f"Authorization: Bearer {self.session}", "Content-Type: application/json")


async def read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    first = await reader.readline()
    if not first:
        raise EOFError
    status = int(first.split()[1])
    headers: dict[str, str] = {}
    while (line := (await reader.readline()).decode("latin1").strip()) != "":
        name, _colon, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return status, headers


async def read_body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    if headers.get("transfer-encoding") != "chunked":
        return b""
    parts = []
    while size := int(await reader.readline(), 16):
        parts.append(await reader.readexactly(size))
        await reader.readline()
    await reader.readline()
    return b"".join(parts)
