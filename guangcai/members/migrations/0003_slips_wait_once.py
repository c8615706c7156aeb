"""A slip waits once per phone or member; pairs are shown by the places of their two records."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("members", "0002_pinyin_order")]

    operations = [
        migrations.RemoveField(model_name="duplicatepair", name="path"),
        migrations.RemoveConstraint(model_name="reportin", name="report_in_waits_once"),
        migrations.AddConstraint(
            model_name="reportin",
            constraint=models.UniqueConstraint(
                condition=Q(("decided_at", None), Q(("phone_index", ""), _negated=True)),
                fields=("district_code", "community", "phone_index"),
                name="report_in_waits_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportin",
            constraint=models.UniqueConstraint(
                condition=Q(("decided_at", None), ("member__isnull", False)),
                fields=("district_code", "community", "member"),
                name="report_in_of_member_waits_once",
            ),
        ),
    ]
