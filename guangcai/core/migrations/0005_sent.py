"""What programs sent under ids of their own, so that sending it again gives the same answer after a change."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0004_jobs_and_outbox")]
    operations = [
        migrations.CreateModel(
            name="Sent",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("row_id", models.UUIDField()),
                ("digest", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
