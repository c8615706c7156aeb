"""A community's list of people who are expected: they get slips, and residences when they report in."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("members", "0010_cheaper_links")]

    operations = [
        migrations.AddField("rosterbatch", "is_expected", models.BooleanField(default=False)),
        migrations.AddConstraint(
            model_name="rosterbatch",
            constraint=models.CheckConstraint(
                condition=Q(("is_expected", False), ("community__isnull", False), _connector="OR"),
                name="roster_batch_expected_in_community",
            ),
        ),
        migrations.RemoveConstraint(model_name="rosterbatch", name="roster_batch_applied_once"),
        migrations.AddConstraint(
            model_name="rosterbatch",
            constraint=models.UniqueConstraint(
                condition=Q(("state", "applied")),
                fields=("district_code", "file_sha256", "community", "work_unit", "is_expected"),
                name="roster_batch_applied_once",
                nulls_distinct=False,
            ),
        ),
    ]
