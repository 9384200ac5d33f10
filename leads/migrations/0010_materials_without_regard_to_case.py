import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0009_attempts_by_when_they_were_logged"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="material",
            index=models.Index(
                django.db.models.functions.text.Lower("name"), name="material_lower"
            ),
        ),
    ]
