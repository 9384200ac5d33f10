"""A lead with the fields that it had at an earlier moment, as SQL, told by what LeadChange kept."""

from typing import Final

KEPT: Final = (
    *("name", "company", "job_title", "city", "region", "origin", "landing_page", "legal_basis"),
    *("cnpj", "email_key", "phone_key"),
)
KEPT_IDS: Final = ("campaign_id", "source_id")
KEPT_JSON: Final = ("utm", "pains")
AS_IT_WAS: Final = f"""(
    SELECT n.id, n.team_id,
        {", ".join(f"COALESCE(o.before ->> '{name}', n.{name}) AS {name}" for name in KEPT)},
        {
    ", ".join(
        f"CASE WHEN o.before ? '{name}' THEN (o.before ->> '{name}')::bigint"
        f" ELSE n.{name} END AS {name}"
        for name in KEPT_IDS
    )
},
        {", ".join(f"COALESCE(o.before -> '{name}', n.{name}) AS {name}" for name in KEPT_JSON)},
        n.attributes || COALESCE(o.attributes, '{{}}') AS attributes
    FROM leads_lead n
    LEFT JOIN LATERAL (
        SELECT
            (SELECT jsonb_object_agg(e.key, e.value ORDER BY c.at DESC, c.id DESC)
             FROM leads_leadchange c, jsonb_each(c.before) e
             WHERE c.lead_id = n.id AND c.at > s.at) AS before,
            (SELECT jsonb_object_agg(e.key, e.value ORDER BY c.at DESC, c.id DESC)
             FROM leads_leadchange c, jsonb_each(c.before -> 'attributes') e
             WHERE c.lead_id = n.id AND c.at > s.at) AS attributes
    ) o ON EXISTS (SELECT 1 FROM leads_leadchange c WHERE c.lead_id = n.id AND c.at > s.at)
    WHERE n.id = s.lead_id
)"""
"""The lead with the fields that it had at `s.at`: of several changes since, the earliest says."""
