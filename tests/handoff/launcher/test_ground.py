"""What stands before anything runs."""

import os
import socket
import stat
import sys
from pathlib import Path

import pytest

from handoff.launcher import ground
from handoff.launcher.neighbour import find_running_servers
from handoff.launcher.screen import LauncherError


def test_a_taken_port_is_refused_and_a_free_one_named() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(LauncherError, match=rf"Port {port} is taken.*PORT=\d+"):
            ground.check_port("127.0.0.1", port)
    ground.check_port("127.0.0.1", port)


@pytest.mark.parametrize("port", [-1, 0, 65536])
def test_a_number_that_is_no_port_is_refused(port: int) -> None:
    with pytest.raises(LauncherError, match="is no port"):
        ground.check_port("127.0.0.1", port)


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    key = ground.secret_key(tmp_path)
    assert len(key) >= 50
    assert ground.secret_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_a_failing_step_shows_the_end_of_its_log(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('no space left'); raise SystemExit(1)"]
    with pytest.raises(LauncherError, match="no space left"):
        ground.run_step("Preparing", command, env=os.environ, log=tmp_path / "setup.log")


def test_a_command_beside_finds_the_running_servers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDOFF_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL")
    lock = ground.take(tmp_path)
    ground.note_addresses(tmp_path, {"DATABASE_URL": "postgresql://a b/c", "REDIS_URL": "given"})
    find_running_servers()
    assert os.environ["DATABASE_URL"] == "postgresql://a b/c"
    assert os.environ["REDIS_URL"] != "given"
    os.close(lock)
    monkeypatch.delenv("DATABASE_URL")
    find_running_servers()
    assert "DATABASE_URL" not in os.environ


def test_a_listener_for_all_is_known_by_this_machines_name() -> None:
    assert ground.addresses_of("127.0.0.1") == "localhost,127.0.0.1,[::1]"
    assert socket.gethostname() in ground.addresses_of("0.0.0.0")
    assert ground.addresses_of("handoff.example").endswith(",handoff.example")
