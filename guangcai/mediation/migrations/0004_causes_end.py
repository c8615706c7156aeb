"""What the district offers no more keeps its row, with the day it ended."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mediation", "0003_steps_are_corrected")]
    operations = [
        migrations.AddField("causekind", "ended_on", models.DateField(null=True, blank=True)),
    ]
