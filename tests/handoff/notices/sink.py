"""A mail server that keeps what it is given: enough of SMTP for one sender, on the loopback."""

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class Sink(socketserver.ThreadingTCPServer):
    """`refusing` maps a command's word, or a recipient's address, to the answer it gets."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, refusing: Mapping[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.refusing = dict(refusing)
        self.messages: list[EmailMessage] = []
        self.asked = 0

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Talk(socketserver.StreamRequestHandler):
    server: Sink

    def handle(self) -> None:
        self.server.asked += 1
        self.say("220 sink")
        while line := self.rfile.readline().decode("latin-1").strip():
            word = line.split()[0].upper()
            if word == "QUIT":
                return self.say("221 bye")
            if word == "DATA":
                self.take()
            else:
                self.say(self.answer(word, line))
        return None

    def answer(self, word: str, line: str) -> str:
        told = (said for part, said in self.server.refusing.items() if part in line.upper())
        return next(told, "250 ok")

    def take(self) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if "DATA" in self.server.refusing:
            return self.say(self.server.refusing["DATA"])
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        self.server.messages.append(message)
        return self.say("250 kept")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def sink(**refusing: str) -> Iterator[Sink]:
    with Sink(refusing) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
