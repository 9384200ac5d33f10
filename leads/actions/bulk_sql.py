"""The statements of `leads.actions.bulk`, in the order in which they run.

`stage` holds one chunk: leaders, and followers whose rows were merged into a leader's.
"""

from typing import Final

from leads.rules.as_it_was import KEPT, KEPT_IDS, KEPT_JSON

TEXTS: Final = (
    *("external_id", "email", "email_key", "phone", "phone_key", "name", "company", "cnpj"),
    *("job_title", "city", "region", "origin", "campaign", "landing_page", "legal_basis"),
    *("material", "text"),
)
STAGE: Final = f"""
CREATE TEMPORARY TABLE IF NOT EXISTS leads_stage (
    n int, adds boolean, leader int, at timestamptz, mql_at timestamptz, ended_at timestamptz,
    value numeric(12, 2), {", ".join(f"{name} text" for name in TEXTS)},
    utm jsonb, attributes jsonb, pains jsonb, search text, outcome text,
    lead_id bigint, is_new boolean NOT NULL DEFAULT false, by_record boolean NOT NULL DEFAULT false,
    settled boolean NOT NULL DEFAULT false, postponed boolean NOT NULL DEFAULT false,
    changed boolean NOT NULL DEFAULT false
) ON COMMIT DELETE ROWS
"""
CLEAR: Final = "DELETE FROM leads_stage"
COPY: Final = f"""
COPY leads_stage (n, adds, leader, at, mql_at, ended_at, value, {", ".join(TEXTS)},
    utm, attributes, pains, search, outcome)
FROM STDIN WITH (FORMAT text, DELIMITER E'\\x1f')
"""

NEW_CAMPAIGNS: Final = """
INSERT INTO leads_campaign (team_id, name, origin, cost, promise, playbook, created_at)
SELECT DISTINCT %(team)s, campaign, '', 0, '', '', %(at)s::timestamptz
FROM leads_stage WHERE campaign <> ''
ON CONFLICT DO NOTHING
"""
NEW_MATERIALS: Final = """
INSERT INTO leads_material (name, url)
SELECT DISTINCT material, '' FROM leads_stage WHERE material <> ''
ON CONFLICT DO NOTHING
"""

UNKNOWN: Final = "s.leader IS NULL AND s.lead_id IS NULL AND NOT s.settled"
MATCH: Final = {
    "record": (
        f"""
        UPDATE leads_stage s SET lead_id = l.id, by_record = true FROM leads_lead l
        WHERE {UNKNOWN} AND s.external_id <> ''
          AND l.source_id = %(source)s AND l.external_id = s.external_id AND l.external_id <> ''
        """,
    ),
    "email": (
        f"""
        UPDATE leads_stage s SET lead_id = l.id FROM leads_lead l
        WHERE {UNKNOWN} AND s.email_key <> ''
          AND l.email_key = s.email_key AND l.email_key <> ''
        """,
    ),
    "phone": (
        f"""
        UPDATE leads_stage s SET lead_id = l.id FROM leads_lead l
        WHERE {UNKNOWN} AND s.phone_key <> ''
          AND l.phone_key = s.phone_key AND l.phone_key <> '' AND l.email_key = ''
        """,
        f"""
        UPDATE leads_stage s SET lead_id = one.id
        FROM (
            SELECT s.n, min(l.id) AS id FROM leads_stage s
            JOIN leads_lead l ON l.phone_key = s.phone_key AND l.phone_key <> ''
            WHERE {UNKNOWN} AND s.phone_key <> '' AND s.email_key = ''
            GROUP BY s.n HAVING count(*) = 1
        ) one
        WHERE one.n = s.n
        """,
    ),
}
POSTPONE: Final = """
UPDATE leads_stage s SET lead_id = NULL, by_record = false, postponed = true
FROM (
    SELECT n, row_number() OVER (PARTITION BY lead_id ORDER BY n) AS place
    FROM leads_stage WHERE leader IS NULL AND lead_id IS NOT NULL AND NOT settled
) same
WHERE same.n = s.n AND same.place > 1
"""
NUMBER_NEW: Final = """
UPDATE leads_stage SET
    lead_id = nextval(pg_get_serial_sequence('leads_lead', 'id')), is_new = true
WHERE leader IS NULL AND lead_id IS NULL AND NOT settled AND NOT postponed
"""
CREATE: Final = """
INSERT INTO leads_lead (
    id, team_id, stage, name, email, email_key, phone, phone_key, source_id, external_id, company,
    cnpj, job_title, city, region, origin, campaign_id, utm, landing_page, attributes, pains,
    legal_basis, search, inbound_at, touched_at, marketing_qualified_at, qualification_reason,
    disqualified_reason, batch_id, created_at, updated_at
)
SELECT s.lead_id, %(team)s, CASE WHEN s.mql_at IS NULL THEN 'new' ELSE 'mql' END,
    s.name, s.email, s.email_key, s.phone, s.phone_key,
    CASE WHEN s.external_id = '' THEN NULL ELSE %(source)s::bigint END, s.external_id, s.company,
    s.cnpj, s.job_title, s.city, s.region, COALESCE(NULLIF(s.origin, ''), c.origin, ''), c.id,
    s.utm, s.landing_page, s.attributes, s.pains,
    COALESCE(NULLIF(s.legal_basis, ''), 'unknown'), s.search,
    COALESCE(s.at, %(at)s), COALESCE(s.at, %(at)s), s.mql_at, '', '', %(batch)s, %(at)s, %(at)s
FROM leads_stage s
LEFT JOIN leads_campaign c ON c.team_id = %(team)s AND c.name = s.campaign AND s.campaign <> ''
WHERE s.is_new AND NOT s.settled
"""


def _filled(name: str) -> str:
    return (
        f"CASE WHEN s.{name} <> '' AND (s.by_record OR l.{name} = '')"
        f" THEN s.{name} ELSE l.{name} END"
    )


FREE_EMAIL: Final = """l.email_key = '' AND s.email_key <> '' AND NOT EXISTS (
    SELECT 1 FROM leads_lead o WHERE o.email_key = s.email_key AND o.email_key <> ''
)"""
FREE_PHONE: Final = f"""l.phone_key = '' AND s.phone_key <> '' AND (
    l.email_key <> '' OR ({FREE_EMAIL}) OR (
        s.n = min(s.n) OVER (PARTITION BY s.phone_key) AND NOT EXISTS (
            SELECT 1 FROM leads_lead o
            WHERE o.phone_key = s.phone_key AND o.phone_key <> '' AND o.email_key = ''
        )
    )
)"""
FILLS: Final = {
    **{
        name: _filled(name)
        for name in (
            *("name", "company", "cnpj", "job_title", "city", "region", "origin"),
            "landing_page",
        )
    },
    "email": f"CASE WHEN {FREE_EMAIL} THEN s.email ELSE l.email END",
    "email_key": f"CASE WHEN {FREE_EMAIL} THEN s.email_key ELSE l.email_key END",
    "phone": f"CASE WHEN {FREE_PHONE} THEN s.phone ELSE l.phone END",
    "phone_key": f"CASE WHEN {FREE_PHONE} THEN s.phone_key ELSE l.phone_key END",
    "external_id": "CASE WHEN l.external_id = '' THEN s.external_id ELSE l.external_id END",
    "source_id": (
        "CASE WHEN l.external_id = '' AND s.external_id <> '' THEN %(source)s::bigint"
        " ELSE l.source_id END"
    ),
    "campaign_id": "COALESCE(l.campaign_id, c.id)",
    "utm": "CASE WHEN l.utm = '{}' THEN s.utm ELSE l.utm END",
    "attributes": "l.attributes || s.attributes",
    "pains": """l.pains || (
        SELECT COALESCE(jsonb_agg(pain), '[]') FROM jsonb_array_elements(s.pains) pain
        WHERE NOT l.pains @> jsonb_build_array(pain)
    )""",
    "legal_basis": (
        "CASE WHEN l.legal_basis = 'unknown' AND s.legal_basis <> ''"
        " THEN s.legal_basis ELSE l.legal_basis END"
    ),
    "marketing_qualified_at": "COALESCE(l.marketing_qualified_at, s.mql_at)",
    "stage": "CASE WHEN l.stage = 'new' AND s.mql_at IS NOT NULL THEN 'mql' ELSE l.stage END",
}
REMEMBERED: Final = tuple(name for name in (*KEPT, *KEPT_IDS, *KEPT_JSON) if name in FILLS)
"""What criteria read of a lead: how it was stays on record, for the moments before it changed."""
FILL: Final = f"""
WITH wanted AS (
    SELECT l.id, s.n, s.search AS words,
        CASE WHEN l.batch_id IS NULL THEN %(at)s::timestamptz
            ELSE COALESCE(s.at, s.ended_at, %(at)s::timestamptz) END AS known_at,
        {", ".join(f"{new} AS {name}" for name, new in FILLS.items())}
    FROM leads_stage s
    JOIN leads_lead l ON l.id = s.lead_id
    LEFT JOIN leads_campaign c ON c.team_id = %(team)s AND c.name = s.campaign AND s.campaign <> ''
    WHERE s.leader IS NULL AND NOT s.is_new AND NOT s.settled AND l.team_id = %(team)s
), filled AS (
    UPDATE leads_lead l SET
        {", ".join(f"{name} = w.{name}" for name in FILLS)},
        search = CASE WHEN (l.name, l.company, l.email_key, l.phone_key, l.external_id, l.cnpj)
            IS DISTINCT FROM (w.name, w.company, w.email_key, w.phone_key, w.external_id, w.cnpj)
            THEN left(l.search || ' ' || w.words, 1000) ELSE l.search END,
        updated_at = %(at)s
    FROM wanted w
    WHERE l.id = w.id AND ({", ".join(f"l.{name}" for name in FILLS)})
        IS DISTINCT FROM ({", ".join(f"w.{name}" for name in FILLS)})
    RETURNING w.n
), remembered AS (
    INSERT INTO leads_leadchange (lead_id, at, before)
    SELECT w.id, w.known_at, gone.before FROM wanted w JOIN leads_lead l ON l.id = w.id
    CROSS JOIN LATERAL (
        SELECT jsonb_object_agg(v.name, v.old) AS before FROM (
            VALUES {
    ", ".join(f"('{name}', to_jsonb(l.{name}), to_jsonb(w.{name}))" for name in REMEMBERED)
},
            ('attributes', (
                SELECT jsonb_object_agg(e.key, l.attributes -> e.key)
                FROM jsonb_each(w.attributes) e
                WHERE l.attributes -> e.key IS DISTINCT FROM e.value
            ), NULL)
        ) v (name, old, new)
        WHERE v.old IS DISTINCT FROM v.new
    ) gone
    WHERE gone.before IS NOT NULL
)
UPDATE leads_stage s SET changed = true FROM filled WHERE filled.n = s.n
"""
SETTLED: Final = """
UPDATE leads_stage SET settled = NOT postponed, postponed = false
WHERE leader IS NULL AND NOT settled
"""
FOLLOW: Final = """
UPDATE leads_stage s SET lead_id = first.lead_id, changed = s.adds AND first.lead_id IS NOT NULL
FROM leads_stage first WHERE first.n = s.leader
"""

TOUCH: Final = """
WITH picked AS (
    SELECT DISTINCT ON (s.lead_id, COALESCE(s.at, %(at)s))
        s.n, s.lead_id, COALESCE(s.at, %(at)s) AS at, s.text, s.material, s.campaign
    FROM leads_stage s
    WHERE s.lead_id IS NOT NULL AND (s.at IS NOT NULL OR s.is_new)
      AND (s.is_new OR NOT EXISTS (
          SELECT 1 FROM leads_interaction i
          WHERE i.lead_id = s.lead_id AND i.occurred_at = s.at AND i.kind = %(touch)s
      ))
    ORDER BY s.lead_id, COALESCE(s.at, %(at)s), s.n
), written AS (
    INSERT INTO leads_interaction
        (lead_id, kind, occurred_at, recorded_at, text, url, external_key, material_id, campaign_id)
    SELECT p.lead_id, %(touch)s, p.at, %(at)s, p.text, '', '', m.id, c.id
    FROM picked p
    LEFT JOIN leads_material m ON m.name = p.material AND p.material <> ''
    LEFT JOIN leads_campaign c
        ON c.team_id = %(team)s AND c.name = p.campaign AND p.campaign <> ''
)
UPDATE leads_stage s SET changed = true FROM picked
WHERE picked.n = s.n AND (NOT s.is_new OR s.leader IS NOT NULL)
"""
MOVE_INSTANTS: Final = """
UPDATE leads_lead l SET
    inbound_at = LEAST(l.inbound_at, t.first), touched_at = GREATEST(l.touched_at, t.last)
FROM (
    SELECT lead_id, min(at) AS first, max(at) AS last FROM leads_stage
    WHERE lead_id IS NOT NULL AND at IS NOT NULL AND changed AND (NOT is_new OR leader IS NOT NULL)
    GROUP BY lead_id
) t
WHERE l.id = t.lead_id AND (t.first < l.inbound_at OR t.last > l.touched_at)
"""
OUTCOMES: Final = """
WITH picked AS (
    SELECT DISTINCT ON (s.lead_id, s.outcome, s.ended_at)
        s.n, s.lead_id, s.outcome, s.ended_at, s.value, l.campaign_id,
        LEAST(s.ended_at, COALESCE(s.mql_at, l.marketing_qualified_at, l.inbound_at)) AS offered_at
    FROM leads_stage s JOIN leads_lead l ON l.id = s.lead_id
    WHERE s.outcome <> '' AND l.team_id = %(team)s AND NOT EXISTS (
        SELECT 1 FROM leads_handoff h
        WHERE h.lead_id = s.lead_id AND h.imported AND h.state = s.outcome
          AND h.ended_at = s.ended_at
    )
    ORDER BY s.lead_id, s.outcome, s.ended_at, s.n
), written AS (
    INSERT INTO leads_handoff (
        lead_id, team_id, state, campaign_id, note, pains, promise, why_now, completeness,
        offered_at, accepted_at, sales_qualified_at, ended_at, reason, reason_note, value,
        rescues, imported
    )
    SELECT lead_id, %(sales_team)s, outcome, campaign_id, '', '[]', '', '', 0,
        offered_at, CASE WHEN outcome = 'won' THEN ended_at END,
        CASE WHEN outcome = 'won' THEN ended_at END, ended_at, '', '', value, 0, true
    FROM picked
)
UPDATE leads_stage s SET changed = true FROM picked WHERE picked.n = s.n
"""
MOVE_STAGES: Final = """
UPDATE leads_lead l SET
    stage = last.outcome, updated_at = %(at)s,
    marketing_qualified_at = COALESCE(l.marketing_qualified_at, LEAST(l.inbound_at, last.ended_at))
FROM (
    SELECT DISTINCT ON (lead_id) lead_id, outcome, ended_at FROM leads_stage
    WHERE outcome <> '' AND changed AND lead_id IS NOT NULL
    ORDER BY lead_id, ended_at DESC
) last
WHERE l.id = last.lead_id AND l.team_id = %(team)s AND l.stage NOT IN ('handed_off', 'claimed')
"""
REACHED: Final = """
SELECT DISTINCT lead_id FROM leads_stage WHERE lead_id IS NOT NULL AND (is_new OR changed)
"""
RESULT: Final = """
SELECT n, lead_id, is_new, leader IS NULL, changed FROM leads_stage ORDER BY n
"""
