"""Child processes that never outlive the one that started them."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    account: pwd.struct_passwd | None = None,
    farewell: signal.Signals = signal.SIGTERM,
    stdin: bytes = b"",
) -> "subprocess.Popen[bytes]":
    """Start a command in a session of its own, its output appended to `log`.

    `farewell` is what the kernel sends it when this process is gone (Linux only), even by kill -9.
    `account` is the user it runs as; only root can name another. `stdin` must fit in a pipe (4 kB).
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            env=env,
            start_new_session=True,
            user=account and account.pw_uid,
            group=account and account.pw_gid,
            extra_groups=[] if account else None,
            preexec_fn=_tied_to(os.getpid(), farewell),  # noqa: PLW1509  the launcher has one thread
        )
    if process.stdin:
        with suppress(BrokenPipeError):
            process.stdin.write(stdin)
            process.stdin.close()
    return process


def _tied_to(parent: int, farewell: signal.Signals) -> Callable[[], None]:
    def tie() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's `&` leaves it ignored
        if LIBC:
            LIBC.prctl(PR_SET_PDEATHSIG, int(farewell))
            if os.getppid() != parent:
                os._exit(1)

    return tie


def end(process: "subprocess.Popen[bytes]", *steps: tuple[signal.Signals, float]) -> "int | None":
    """Send each signal in turn and wait its seconds; then nothing of its session is left."""
    for number, patience in steps:
        if process.poll() is not None:
            break
        with suppress(ProcessLookupError):
            process.send_signal(number)
        wait(process, patience)
    sweep(process)
    return process.wait()


def wait(process: "subprocess.Popen[bytes]", patience: float) -> bool:
    """Whether the process ended within so many seconds."""
    deadline = time.monotonic() + patience
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    return process.poll() is not None


def sweep(process: "subprocess.Popen[bytes]") -> None:
    """Kill whatever is left of a process and of those it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
