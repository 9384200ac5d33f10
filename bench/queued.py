"""The queue's rows in this process. Needs `house()` first."""

from collections.abc import Callable
from html import escape

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.crowd import Crowd
from leads.models import RuleSet
from leads.stages import RuleSetState
from sla.models import Clock
from sla.queries.keyset import Place
from sla.queries.queue import counts_of, queue_page
from sla.views.queue import Picture

ROW = (
    '<li class="queue-row" data-row="{}"><span class="clock" data-due="{}">{}</span>'
    '<div class="queue-who"><a href="/handoffs/{}/">{}</a> <span class="soft">{}</span>{}'
    '<p class="queue-why">{} · <time datetime="{}" data-ago></time></p></div>'
    '<div class="queue-from">{}</div><div class="queue-go">'
    '<button class="btn btn-primary" hx-post="/handoffs/{}/claim/">Claim</button></div></li>'
)
SCORES = """
INSERT INTO leads_score (lead_id, rule_set_id, fit, engagement, intent, grade, qualifies, proposes,
    revision, scored_at)
SELECT id, %(rule_set)s, 4500, 0, 3000, chr(65 + (id %% 4)::int) || (1 + id %% 4), true, false,
    1, now()
FROM leads_lead ON CONFLICT DO NOTHING
"""


def grade(crowd: Crowd) -> None:
    """Every lead has a grade, of a version that nothing is scored by any more."""
    at = timezone.now()
    rule_set, _new = RuleSet.objects.get_or_create(
        number=1, state=RuleSetState.RETIRED, created_by=crowd.cast.mara,
        approved_by=crowd.cast.tess,
        defaults={"created_at": at, "approved_at": at, "retired_at": at},
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(SCORES, {"rule_set": rule_set.pk})
        cursor.execute("VACUUM ANALYZE leads_score")


def queries_of(crowd: Crowd, path: str) -> int:
    """How many queries a signed-in person's page takes."""
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = crowd.sessions[0]
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)


def deepest(crowd: Crowd) -> str:
    """The query of the last whole page."""
    rows = Clock.objects.open().filter(kind="claim", team=crowd.cast.sales)
    due_at, pk = rows.order_by("-due_at", "-id").values_list("due_at", "pk")[50]
    return f"after={Place(due_at, pk)}"


def drawn_by_template(crowd: Crowd) -> Callable[[], str]:
    picture = Picture.seen_by(crowd.sellers[0], team_id=None, language="en")
    return lambda: picture.drawn(at=timezone.now())


def written_by_hand(crowd: Crowd) -> Callable[[], str]:
    """The same statements, and their rows put together by the quickest means Python has."""
    ids = [crowd.cast.sales.pk]

    def write() -> str:
        page, counts = queue_page(ids), counts_of(ids, at=timezone.now())
        rows = [
            ROW.format(
                *(row.handoff_id, row.due_at.isoformat(), row.due_at, row.handoff_id),
                *(escape(row.name), escape(row.company)),
                f'<span class="grade">{row.grade}</span>' if row.grade else "",
                escape(page.signals[row.lead_id].text),
                *(page.signals[row.lead_id].at.isoformat(), escape(row.origin), row.handoff_id),
            )
            for row in page.rows
        ]
        return f"{counts}{''.join(rows)}"

    return write
