import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0006_touches_counted_from_their_index"),
        ("people", "0001_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="lead",
            name="qualified_under",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="leads.ruleset",
            ),
        ),
        migrations.AddField(
            model_name="score",
            name="dismissed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="score",
            name="proposes",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="wave",
            name="marked",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name="score",
            index=models.Index(
                condition=models.Q(("proposes", True)), fields=["lead"], name="score_proposes"
            ),
        ),
        migrations.AddConstraint(
            model_name="lead",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("marketing_qualified_at__isnull", False),
                    ("qualified_under__isnull", True),
                    _connector="OR",
                ),
                name="lead_mql_under_has_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="score",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("proposes", False),
                    models.Q(("dismissed_at__isnull", True), ("qualifies", True)),
                    _connector="OR",
                ),
                name="score_proposes_who_qualifies",
            ),
        ),
    ]
