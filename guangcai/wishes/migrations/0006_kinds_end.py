"""What the district offers no more keeps its row, with the day it ended."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wishes", "0005_gifts_are_positive_reversals_negative")]
    operations = [
        migrations.AddField("wishkind", "ended_on", models.DateField(null=True, blank=True)),
        migrations.AddField("aidkind", "ended_on", models.DateField(null=True, blank=True)),
        migrations.AddField("aidmeasure", "ended_on", models.DateField(null=True, blank=True)),
    ]
