"""A district's list is found, counted and turned over in one narrow index; the table is read for the shown rows."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("members", "0008_roster_order")]

    operations = [
        migrations.RemoveIndex(model_name="member", name="member_by_order"),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                condition=Q(("ended_at", None), ("merged_into", None)),
                fields=["name_sort", "id"],
                include=("path", "name", "name_pinyin", "name_initials"),
                name="member_by_order",
            ),
        ),
    ]
