"""What was put in force by one side alone stays so, and says that the other never signed it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("calendars", "0001_calendars"),
        ("people", "0001_people"),
        ("sla", "0003_figures_by_owner"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="agreement",
            name="agreement_one_in_force",
        ),
        migrations.RenameField(
            model_name="agreement",
            old_name="published_by",
            new_name="created_by",
        ),
        migrations.AddField(
            model_name="agreement",
            name="answer",
            field=models.TextField(blank=True, default="", verbose_name="answer of the other side"),
        ),
        migrations.AddField(
            model_name="agreement",
            name="created_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="agreement",
            name="proposed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="agreement",
            name="proposed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="proposed_side",
            field=models.CharField(
                blank=True,
                choices=[("marketing", "Marketing"), ("sales", "Sales")],
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="revision",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="agreement",
            name="signed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="agreement",
            name="signed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("proposed", "Proposed"),
                    ("signed", "Signed"),
                    ("unsigned", "Not signed"),
                ],
                default="unsigned",
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="agreement",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("proposed", "Proposed"),
                    ("signed", "Signed"),
                    ("unsigned", "Not signed"),
                ],
                default="draft",
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="why",
            field=models.TextField(blank=True, default="", verbose_name="why"),
        ),
        migrations.RunSQL(
            "UPDATE sla_agreement SET created_at = started_at WHERE created_by_id IS NOT NULL",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name="agreement",
            name="started_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("ended_at__isnull", True), ("state__in", ("signed", "unsigned"))
                ),
                fields=("team",),
                name="agreement_one_in_force",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "proposed")),
                fields=("team",),
                name="agreement_one_proposed",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("created_at__isnull", False), ("created_by__isnull", False)),
                    models.Q(("created_at__isnull", True), ("created_by__isnull", True)),
                    _connector="OR",
                ),
                name="agreement_created_when_and_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("proposed_at__isnull", False), ("proposed_by__isnull", False)),
                    models.Q(("proposed_at__isnull", True), ("proposed_by__isnull", True)),
                    _connector="OR",
                ),
                name="agreement_proposed_when_and_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("signed_at__isnull", False), ("signed_by__isnull", False)),
                    models.Q(("signed_at__isnull", True), ("signed_by__isnull", True)),
                    _connector="OR",
                ),
                name="agreement_signed_when_and_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("proposed_at__isnull", True), ("state__in", ("draft", "unsigned"))),
                    models.Q(
                        ("proposed_at__isnull", False),
                        ("state__in", ("proposed", "signed")),
                        models.Q(("proposed_side", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="agreement_proposed_by_a_side",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("signed_at__isnull", False), ("state", "signed")),
                    models.Q(
                        models.Q(("state", "signed"), _negated=True), ("signed_at__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="agreement_signed_has_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("signed_by", models.F("proposed_by")), _negated=True),
                name="agreement_signed_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("state__in", ("draft", "proposed"))),
                    models.Q(("started_at__isnull", False), ("state__in", ("signed", "unsigned"))),
                    _connector="OR",
                ),
                name="agreement_binding_has_start",
            ),
        ),
        migrations.AddField(
            model_name="clause",
            name="evidence",
            field=models.CharField(
                choices=[
                    ("attempt", "An attempt"),
                    ("contact", "A contact, also one way"),
                    ("two_way", "A talk, both ways"),
                ],
                default="attempt",
                max_length=10,
                verbose_name="counts once there is",
            ),
        ),
        migrations.AddField(
            model_name="clock",
            name="side",
            field=models.CharField(
                choices=[("marketing", "Marketing"), ("sales", "Sales")],
                db_default="sales",
                default="sales",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="clause",
            name="kind",
            field=models.CharField(
                choices=[
                    ("claim", "Claim"),
                    ("first_attempt", "First attempt"),
                    ("first_contact", "First talk"),
                    ("feedback", "Feedback"),
                    ("answer", "Answer to feedback"),
                    ("take_up", "Returned lead taken up"),
                    ("lease", "Untouched claim"),
                ],
                max_length=16,
                verbose_name="clause",
            ),
        ),
        migrations.AlterField(
            model_name="clock",
            name="kind",
            field=models.CharField(
                choices=[
                    ("claim", "Claim"),
                    ("first_attempt", "First attempt"),
                    ("first_contact", "First talk"),
                    ("feedback", "Feedback"),
                    ("answer", "Answer to feedback"),
                    ("take_up", "Returned lead taken up"),
                    ("lease", "Untouched claim"),
                ],
                max_length=16,
            ),
        ),
    ]
