"""What a test run promises: it stays on this machine."""

import socket

import pytest

from tests.plugin import OutsideConnectionError


def test_no_test_reaches_another_machine() -> None:
    with socket.socket() as outside, pytest.raises(OutsideConnectionError):
        outside.connect(("192.0.2.1", 80))


def test_no_test_asks_for_a_name() -> None:
    with pytest.raises(OutsideConnectionError):
        socket.getaddrinfo("example.com", 80)


def test_this_machine_is_open() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with socket.create_connection(server.getsockname()[:2]):
            pass
