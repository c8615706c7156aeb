"""What the district offers no more keeps its row, with the day it ended."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("studios", "0001_studios_and_numbers")]
    operations = [
        migrations.AddField("studiokind", "ended_on", models.DateField(null=True, blank=True)),
    ]
