from django.db import migrations

PROPOSED = """
UPDATE leads_score k SET proposes = true FROM leads_lead l
WHERE l.id = k.lead_id AND k.qualifies AND l.stage IN ('new', 'recycled')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0007_proposals"),
    ]

    operations = [
        migrations.RunSQL(PROPOSED, migrations.RunSQL.noop),
    ]
