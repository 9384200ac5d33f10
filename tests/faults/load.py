"""A small company at work over real HTTP, which tries again when the house stumbles.

Bounded in time, on loopback only. What the house has acknowledged is written down, to be asked
for afterwards.
"""

import json
import subprocess
import sys
import threading
import urllib.error
import urllib.request
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = """
import json
from django.utils import timezone
from handoff.people.models import ApiToken, Scope
from tests.cast import make_cast
cast = make_cast()
held = {"name": "load", "scopes": list(Scope.values), "at": timezone.now()}
who = (cast.mara, cast.sam, cast.sol)
keys = {user.name: ApiToken.issue(user=user, **held)[1] for user in who}
print("COMPANY " + json.dumps({"keys": keys, "team": cast.sales.pk}))
"""


@dataclass
class Company:
    """Mara sends leads in and hands them off; Sam and Sol claim, try and finish them."""

    url: str
    keys: dict[str, str]
    team: int
    leads: list[int] = field(default_factory=list)
    claims: list[tuple[str, int]] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    answers: dict[int, int] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def founded(cls, url: str, environment: dict[str, str]) -> "Company":
        made = subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "-c", PEOPLE],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        line = next(row for row in made.stdout.splitlines() if row.startswith("COMPANY "))
        told = json.loads(line.removeprefix("COMPANY "))
        return cls(url, told["keys"], told["team"])

    def work(self) -> list[threading.Thread]:
        jobs = [self._market, self._market, self._sell_as_sam, self._sell_as_sol]
        threads = [threading.Thread(target=job, daemon=True) for job in jobs]
        for thread in threads:
            thread.start()
        return threads

    def _market(self) -> None:
        while not self.stopping.is_set():
            name = uuid.uuid4().hex
            body = {"email": f"{name}@example.com", "origin": "load", "legal_basis": "consent"}
            lead = self.sure("Mara", "leads/", body, key=name)
            if lead is None:
                continue
            self.leads.append(lead["id"])
            self.sure("Mara", f"leads/{lead['id']}/qualify/", {"reason": "asked for a price"})
            self.sure("Mara", "handoffs/", {"lead": lead["id"], "team": self.team})
            self.stopping.wait(0.05)

    def _sell_as_sam(self) -> None:
        self._sell("Sam")

    def _sell_as_sol(self) -> None:
        self._sell("Sol")

    def _sell(self, who: str) -> None:
        while not self.stopping.is_set():
            status, claimed = self.ask(who, "queue/claim-next/", {"team": self.team})
            if status not in {200, 201}:
                self.stopping.wait(0.2)
                continue
            self.claims.append((who, claimed["id"]))
            place = f"handoffs/{claimed['id']}"
            self.sure(who, f"{place}/attempts/", {"channel": "call", "result": "two_way"})
            if len(self.claims) % 3 and self.sure(who, f"{place}/win/", {"value": "10.00"}):
                self.ended.append(claimed["id"])

    def sure(self, who: str, path: str, body: Any, *, key: str = "") -> dict[str, Any] | None:
        """Ask until the house answers; a refusal after a lost answer means it was done before."""
        while not self.stopping.is_set():
            status, answer = self.ask(who, path, body, key=key)
            if status and status < 500 and status != 409:
                assert status < 300, (path, status, answer)
                return answer
            if status == 409:
                return None
            self.stopping.wait(0.3)
        return None

    def ask(
        self, who: str, path: str, body: Any = None, *, key: str = ""
    ) -> tuple[int, dict[str, Any]]:
        """Status and JSON; status 0 where nobody answered."""
        headers = {
            "Authorization": f"Bearer {self.keys[who]}",
            "Content-Type": "application/json",
        }
        headers |= {"Idempotency-Key": key} if key else {}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api/v1/{path}", data, headers)
        status, text = 0, b"{}"
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as problem:
            status = problem.code
            with suppress(OSError, HTTPException):
                text = problem.read()
        except (OSError, HTTPException):
            status = 0
        self.answers[status] = self.answers.get(status, 0) + 1
        with suppress(ValueError):
            return status, json.loads(text)
        return status, {}
