"""People, sessions and waiting leads to measure with. Needs `house()` first."""

from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils import timezone

from handoff.people.models import ApiToken, Membership, Role, Scope, User
from sla.actions.agreements import terms_in_force
from tests.cast import Cast, make_cast

BACKEND: Final = "allauth.account.auth_backends.AuthenticationBackend"
LEADS: Final = """
INSERT INTO leads_lead (team_id, stage, name, email, email_key, phone, phone_key, external_id,
    company, cnpj, job_title, city, region, origin, utm, landing_page, attributes, pains,
    legal_basis, search, inbound_at, touched_at, qualification_reason, disqualified_reason,
    created_at, updated_at)
SELECT %(marketing)s, 'handed_off', 'Ana Prado ' || n, 'ana' || n || '@flood.example',
    'ana' || n || '@flood.example', '', '', '', 'Acme ' || n, '', '', '', '', 'organic_search',
    '{}', '', '{}', '[]', 'consent', 'ana prado ' || n, %(at)s, %(at)s, '', '', %(at)s, %(at)s
FROM generate_series(%(first)s, %(last)s) AS n RETURNING id
"""
HANDOFFS: Final = """
INSERT INTO leads_handoff (lead_id, team_id, state, note, pains, promise, why_now, completeness,
    offered_at, reason, reason_note, rescues, imported)
SELECT id, %(sales)s, 'waiting', '', '[]', '', 'Asked for a demo', 90,
    %(at)s + id * interval '1 millisecond', '', '', 0, false
FROM leads_lead WHERE stage = 'handed_off' AND NOT EXISTS (
    SELECT 1 FROM leads_handoff WHERE lead_id = leads_lead.id AND state = 'waiting')
"""
CLOCKS: Final = """
INSERT INTO sla_clock (handoff_id, clause_id, calendar_id, kind, team_id, verdict, started_at,
    warn_at, due_at, next_at)
SELECT id, %(clause)s, %(calendar)s, 'claim', team_id, 'running', offered_at,
    offered_at + interval '2 days', offered_at + interval '3 days', offered_at + interval '2 days'
FROM leads_handoff WHERE state = 'waiting' AND NOT EXISTS (
    SELECT 1 FROM sla_clock WHERE handoff_id = leads_handoff.id)
"""
TOUCHES: Final = """
INSERT INTO leads_interaction (lead_id, kind, occurred_at, recorded_at, text, url, external_key)
SELECT lead_id, 'demo_request', offered_at, offered_at, 'Can you call today?', '', ''
FROM leads_handoff WHERE state = 'waiting' AND NOT EXISTS (
    SELECT 1 FROM leads_interaction WHERE lead_id = leads_handoff.lead_id)
"""


class Crowd:
    """The cast, and as many sellers of one team as are asked for, each with a session."""

    def __init__(self, sellers: int) -> None:
        self.cast: Cast = make_cast()
        made = [
            User(email=f"seller{n}@handoff.test", name=f"Seller {n}", language="en")
            for n in range(sellers)
        ]
        self.sellers = User.objects.bulk_create(made)
        Membership.objects.bulk_create(
            Membership(user=user, team=self.cast.sales, role=Role.SELLER) for user in self.sellers
        )
        self.sessions = [session_of(user) for user in self.sellers]
        self.flooded = 0

    def flood(self, upto: int, *, vacuum: bool = True) -> None:
        """So many handoffs wait in the team's queue, each with its clock and its signal."""
        at = timezone.now() - timedelta(hours=12)
        terms = terms_in_force(self.cast.sales.pk, at=at)
        names: dict[str, int | datetime] = {
            "marketing": self.cast.marketing.pk,
            "sales": self.cast.sales.pk,
            "clause": terms.clauses["claim"].pk,
            "calendar": terms.version.pk,
            "at": at,
            "first": self.flooded + 1,
            "last": upto,
        }
        with connection.cursor() as cursor:
            for statement in (LEADS, HANDOFFS, CLOCKS, TOUCHES):
                cursor.execute(statement, names)
            if vacuum:
                cursor.execute("VACUUM ANALYZE")
        self.flooded = upto


def session_of(user: User) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = BACKEND
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return str(store.session_key)


def key_of(user: User) -> str:
    """A program's key to bring leads in."""
    _row, secret = ApiToken.issue(user=user, name="bench", scopes=[Scope.INTAKE], at=timezone.now())
    return secret
