"""A case is found by its number without the district, and long lists begin with the newest without sorting."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_tally")]
    operations = [
        migrations.RemoveConstraint(model_name="case", name="case_number_once"),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(fields=("number", "district_code"), name="case_number_once"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["-raised_at", "id"], include=("path", "ended_at"), name="case_newest"),
        ),
    ]
