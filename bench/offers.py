"""Handing off, as an action in this process or as a click. Needs `house()` first."""

import asyncio
import time
from urllib.parse import urlencode

from django.db import connection, transaction
from django.utils import timezone

from bench.crowd import Crowd, session_of
from bench.wire import Browser
from leads.actions import handoff
from leads.models import Handoff
from leads.stages import LeadStage
from tests.walk import lead_at


class Offers:
    """Each call hands the prepared lead to the crowd's team."""

    def __init__(self, crowd: Crowd, port: int) -> None:
        self.crowd, self.port = crowd, port
        self.mara = session_of(crowd.cast.mara)
        crowd.flood(40)

    def prepare(self) -> bytes:
        """What was shown is taken back, and the next lead is ready: what its row will say."""
        for row in Handoff.objects.waiting().filter(note="Now."):
            handoff.withdraw(handoff_id=row.pk, by=self.crowd.cast.mara, at=timezone.now())
        self.lead = lead_at(LeadStage.MQL, self.crowd.cast, at=timezone.now())
        connection.close()
        return f">{self.lead.name}<".encode()

    def commit(self) -> float:
        """The instant of the commit."""
        committed: list[float] = []
        with transaction.atomic():
            transaction.on_commit(lambda: committed.append(time.perf_counter()))
            handoff.offer(
                lead_id=self.lead.pk,
                team_id=self.crowd.cast.sales.pk,
                note="Now.",
                pains=["Slow"],
                promise="A plan.",
                by=self.crowd.cast.mara,
                at=timezone.now(),
            )
        connection.close()
        return committed[0]

    def click(self) -> float:
        """The instant of the click: the whole request comes after it."""
        form = {"team": self.crowd.cast.sales.pk, "note": "Now.", "pains": "Slow", "promise": "A"}
        browser, begin = Browser(self.port, self.mara), time.perf_counter()
        answer = asyncio.run(browser.post(f"/leads/{self.lead.pk}/handoff/", urlencode(form)))
        if answer.status != 302:
            raise SystemExit(f"The offer was answered with {answer.status}.")
        return begin
