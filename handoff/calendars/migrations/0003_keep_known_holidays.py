from django.db import migrations

from handoff.calendars.public_holidays import pin


def keep(apps, schema_editor):
    """Versions from before keep what the package says today, which is what they went by."""
    versions = apps.get_model("calendars", "CalendarVersion").objects
    for version in versions.filter(holidays={}).exclude(country="").iterator():
        holidays = pin(
            country=version.country,
            subdivision=version.subdivision,
            optional=version.optional_holidays,
            year=version.created_at.year,
        )
        versions.filter(pk=version.pk).update(holidays=holidays)


class Migration(migrations.Migration):
    dependencies = [
        ("calendars", "0002_holidays_are_kept"),
    ]

    operations = [
        migrations.RunPython(keep, migrations.RunPython.noop, elidable=True),
    ]
