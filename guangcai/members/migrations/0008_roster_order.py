"""The roster is counted from an index alone, and a district's list is read in the order of names."""

from django.db import migrations, models
from django.db.models import Q

CURRENT = Q(("ended_at", None), ("merged_into", None))


class Migration(migrations.Migration):
    dependencies = [("members", "0007_roster_files")]

    operations = [
        migrations.RemoveIndex(model_name="member", name="member_by_path"),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(condition=CURRENT, fields=["path", "name_sort"], name="member_by_path"),
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(condition=CURRENT, fields=["name_sort", "id"], name="member_by_order"),
        ),
    ]
