"""The house on one machine: servers, tables, pages, then everything that runs."""

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.utils.translation import gettext as _

from handoff.embedded import Server, start_postgres, start_valkey
from handoff.launcher import ground
from handoff.launcher.processes import DEMO_PROCESSES, MIGRATE, PROCESSES, words
from handoff.launcher.pulse import is_well
from handoff.launcher.screen import LauncherError, say, tail, watch
from handoff.launcher.supervision import Program, Supervisor
from handoff.spawn import spawn

SLOWEST_START = 120.0  # seconds until the first page must answer


@dataclass
class House:
    """One start of everything, from the empty folder to the address on the screen."""

    host: str
    port: int
    demo: bool
    data_dir: Path
    env: dict[str, str] = field(default_factory=lambda: dict(os.environ))

    def __post_init__(self) -> None:
        self.logs = self.data_dir / "logs"
        self.supervisor = Supervisor(self.logs)
        self.watching = False

    def keep(self) -> None:
        """Run until a signal says stop, then leave nothing behind."""
        lock = ground.take(self.data_dir)
        ground.check_port(self.host, self.port)
        _check_front_end()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            self._start()
            self.watching = True
            self.supervisor.run()
        except KeyboardInterrupt:
            pass
        finally:
            self._stop()
            os.close(lock)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.supervisor.stopping = True
        if not self.watching:
            raise KeyboardInterrupt

    def _start(self) -> None:
        self._start_servers()
        self._settle_environment()
        self._step(_("Preparing the database"), MIGRATE)
        self._collect_assets()
        if self.demo:
            self._step(_("Preparing the demo's people and leads"), "python manage.py seed_demo")
        self._start_programs()
        self._wait_for_first_page()
        self._welcome()

    def _stop(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        say(_("Stopping …"))
        self.supervisor.stop()
        (self.data_dir / "running.env").unlink(missing_ok=True)
        say(_("Stopped. The data stay in %(folder)s.") % {"folder": self.data_dir})

    def _start_servers(self) -> None:
        if not self.env.get("DATABASE_URL"):
            say(_("Starting Postgres"))
            server = start_postgres(self.data_dir / "postgres", log=self.logs / "postgres.log")
            self._keep_server(server, "DATABASE_URL")
        if not self.env.get("REDIS_URL"):
            say(_("Starting Valkey"))
            self._keep_server(start_valkey(log=self.logs / "valkey.log"), "REDIS_URL")

    def _keep_server(self, server: Server, variable: str) -> None:
        self.supervisor.keep(server)
        self.env[variable] = server.url

    def _settle_environment(self) -> None:
        """What the operator left open, filled in for one machine."""
        self.env.setdefault("SECRET_KEY", ground.secret_key(self.data_dir))
        self.env.setdefault("SITE_URL", f"http://localhost:{self.port}")
        self.env.setdefault("ALLOWED_HOSTS", ground.addresses_of(self.host))
        self.env |= {"HANDOFF_DATA_DIR": str(self.data_dir), "PYTHONUNBUFFERED": "1"}
        if not self.env.get("EMAIL_BACKEND") and not self.env.get("EMAIL_HOST"):
            self.env["EMAIL_BACKEND"] = "django.core.mail.backends.filebased.EmailBackend"
            (self.data_dir / "outbox").mkdir(exist_ok=True)
        told = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SITE_URL", "EMAIL_BACKEND")
        ground.note_addresses(
            self.data_dir, {name: self.env[name] for name in told if name in self.env}
        )

    def _step(self, title: str, command: str) -> None:
        say(title)
        ground.run_step(title, words(command), env=self.env, log=self.logs / "setup.log")

    def _collect_assets(self) -> None:
        stamp = self.data_dir / "assets.stamp"
        now = ground.assets_stamp()
        with suppress(FileNotFoundError):
            if stamp.read_text() == now:
                return
        self._step(
            _("Collecting the pages' files"), "python manage.py collectstatic --no-input --clear"
        )
        stamp.write_text(now)

    def _start_programs(self) -> None:
        say(_("Starting web, worker, beat and clocks"))
        table = PROCESSES | (DEMO_PROCESSES if self.demo else {})
        for name, command in table.items():
            self.supervisor.start(self._program(name, command))

    def _program(self, name: str, command: str) -> Program:
        line = words(command, host=self.host, port=self.port, data=self.data_dir)
        log = self.logs / f"{name}.log"
        return Program(name, lambda: spawn(line, log=log, env=self.env))

    def _wait_for_first_page(self) -> None:
        web = next(w.unit for w in self.supervisor.watched if w.unit.name == "web")
        log = self.logs / "web.log"
        give_up = time.monotonic() + SLOWEST_START

        def answers() -> bool:
            if web.process.poll() is not None or time.monotonic() > give_up:
                raise LauncherError(_("The web server does not start:") + f"\n\n{tail(log)}")
            return _answers(self.host, self.port)

        watch(_("Waiting for the first page"), done=answers, log=log, pause=0.2)

    def _welcome(self) -> None:
        address = f"http://{_reachable_name(self.host)}:{self.port}"
        say()
        say(_("Handoff is at %(address)s") % {"address": address})
        if self.demo:
            self._show_logins()
        else:
            say(_("Without any account yet, the first visitor makes the first administrator."))
        say(_("Ctrl-C stops everything; the data stay. Logs: %(folder)s") % {"folder": self.logs})
        say()

    def _show_logins(self) -> None:
        log = self.logs / "logins.txt"
        log.unlink(missing_ok=True)
        command = words("python manage.py seed_demo --logins")
        ground.run_step(_("Reading the logins"), command, env=self.env, log=log)
        say()
        say(log.read_text().rstrip())
        log.unlink()
        say()
        say(_("Try this:"))
        for line in _tour():
            say(f"  · {line}")
        say()


def _tour() -> list[str]:
    return [
        _("Sign in as a seller in one window and as a marketer in a private one, side by side."),
        _("Marketer: open a lead, hand it off, and see it appear in the seller's queue at once."),
        _("Seller: press c to claim it, log a call, return it with a reason or win it."),
        _("Team lead: watch the board while the clocks run; new leads keep trickling in."),
    ]


def _check_front_end() -> None:
    if not (settings.ROOT / "node_modules" / "@tabler" / "core").is_dir():
        raise LauncherError(_("The front end is not installed: run “make install” first."))


def _reachable_name(host: str) -> str:
    """A name under which this machine's browser finds the server."""
    return "localhost" if host in {*ground.LOOPBACK, "0.0.0.0", "::"} else host  # noqa: S104


def _answers(host: str, port: int) -> bool:
    target = "127.0.0.1" if host in {"0.0.0.0", "localhost"} else host  # noqa: S104
    target = f"[{target}]" if ":" in target else target
    return is_well(f"http://{target}:{port}/healthz/live")
