"""The embedded servers: started, killed, started again on the same address, stopped."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from handoff.embedded import EmbeddedError, start_postgres, start_valkey
from handoff.embedded.installs import choose_install, postgres_installs


@pytest.fixture
def folder() -> Iterator[Path]:
    """Open to the account that Postgres has under root."""
    place = Path(tempfile.mkdtemp(prefix="handoff-embedded-"))
    place.chmod(0o711)
    yield place
    shutil.rmtree(place)


def ask(url: str, sql: str) -> object:
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def test_postgres_killed_hard_keeps_what_was_committed(folder: Path) -> None:
    server = start_postgres(folder / "postgres", log=folder / "log")
    try:
        ask(server.url, "CREATE TABLE kept AS SELECT 42 AS number")
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        server.start()
        assert ask(server.url, "SELECT number FROM kept") == 42
        assert ask(server.url, "SELECT lower('ÁÉ')") == "áé"
    finally:
        server.stop()
    assert server.process.returncode == 0
    assert not (folder / "postgres" / "postmaster.pid").exists()


def test_postgres_starts_over_a_pid_file_that_names_somebody_else(folder: Path) -> None:
    server = start_postgres(folder / "postgres", log=folder / "log", durable=False)
    server.stop()
    stale = folder / "postgres" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{folder / 'postgres'}\n1790000000\n5432\n/tmp\n\n")
    again = start_postgres(folder / "postgres", log=folder / "log", durable=False)
    try:
        assert ask(again.url, "SELECT 1") == 1
    finally:
        again.stop()


def test_data_of_another_postgres_are_refused_in_one_sentence(folder: Path) -> None:
    (folder / "PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedError, match="written by Postgres 9, which is no longer here"):
        choose_install(folder)


def test_the_wheels_newest_postgres_comes_first() -> None:
    majors = [install.major for install in postgres_installs() if install.wheel]
    assert majors == sorted(majors, reverse=True)


def test_valkey_comes_back_on_its_port_and_asks_for_its_password(tmp_path: Path) -> None:
    server = start_valkey(log=tmp_path / "log")
    try:
        address = server.url
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        server.start()
        assert server.url == address
        with redis.Redis.from_url(address) as client:
            assert client.ping()
        stranger = redis.Redis(port=int(address.rsplit(":", 1)[1].split("/")[0]))
        with stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
    finally:
        server.stop()
