import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0001_feedback"),
        ("leads", "0006_touches_counted_from_their_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="feedback",
            name="replied_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="feedback",
            name="replied_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="feedback",
            name="reply",
            field=models.TextField(
                blank=True, default="", max_length=2000, verbose_name="answer of marketing"
            ),
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("replied_at__isnull", True), ("replied_by__isnull", True)),
                    models.Q(
                        ("given_at__isnull", False),
                        ("replied_at__isnull", False),
                        ("replied_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="feedback_replied_when_and_who",
            ),
        ),
    ]
