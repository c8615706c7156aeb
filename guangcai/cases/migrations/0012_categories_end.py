"""What the district offers no more keeps its row, with the day it ended."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_due_is_computed")]
    operations = [
        migrations.AddField("category", "ended_on", models.DateField(null=True, blank=True)),
    ]
