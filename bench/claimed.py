"""What the database says of the claims that were measured. Needs `house()` first."""

from django.db import connection
from django.db.models import Count

from bench.crowd import Crowd
from handoff.journal.models import Entry
from leads.events import CLAIMED
from leads.models import Handoff


def one_more(crowd: Crowd) -> int:
    """One more lead waits; the id of its handoff."""
    crowd.flood(crowd.flooded + 1, vacuum=False)
    pk: int = Handoff.objects.waiting().order_by("-id").values_list("pk", flat=True)[0]
    connection.close()
    return pk


def holder_of(pk: int) -> str:
    name = str(Handoff.objects.select_related("claimed_by").get(pk=pk).claimed_by)
    connection.close()
    return name


def doubles() -> int:
    """Handoffs that were claimed more than once."""
    claims = Entry.objects.filter(event=CLAIMED).values("about_id")
    return claims.annotate(n=Count("pk")).filter(n__gt=1).count()
