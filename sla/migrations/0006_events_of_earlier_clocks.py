from django.db import migrations

STARTED = """
INSERT INTO sla_clockevent (clock_id, kind, at, recorded_at, why, data)
SELECT id, 'started', started_at, started_at, '', jsonb_build_object('calendar', calendar_id)
FROM sla_clock ORDER BY id
"""
ENDED = """
INSERT INTO sla_clockevent (clock_id, kind, at, recorded_at, why, data)
SELECT id,
    CASE
        WHEN verdict = 'cancelled' THEN 'cancelled'
        WHEN kind = 'lease' AND verdict = 'breached' THEN 'rescued'
        WHEN verdict = 'met' AND EXISTS (
            SELECT FROM sla_escalation WHERE clock_id = sla_clock.id AND stage = 'breached')
            THEN 'corrected'
        ELSE 'stopped'
    END,
    stopped_at, stopped_at, '', '{}'
FROM sla_clock WHERE stopped_at IS NOT NULL ORDER BY id
"""


class Migration(migrations.Migration):
    """What the columns of clocks say, as events: when the house was told is not known of them."""

    dependencies = [("sla", "0005_clock_events")]

    operations = [
        migrations.RunSQL(STARTED, "DELETE FROM sla_clockevent"),
        migrations.RunSQL(ENDED, migrations.RunSQL.noop),
    ]
