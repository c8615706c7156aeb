"""Members sort as a Chinese reader expects; merged records are ended records."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="member", name="member_by_path"),
        migrations.AddField(
            model_name="member",
            name="name_sort",
            field=models.CharField(blank=True, db_collation="C", max_length=600),
        ),
        migrations.AlterField(
            model_name="member",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged_records",
                to="members.member",
            ),
        ),
        migrations.AlterField(
            model_name="member", name="name_pinyin", field=models.CharField(blank=True, max_length=400)
        ),
        migrations.AddIndex(
            model_name="member", index=models.Index(fields=["path", "name_sort"], name="member_by_path")
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)), fields=["merged_into"], name="member_by_merger"
            ),
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_into", None), ("ended_at__isnull", False), _connector="OR"),
                name="member_merged_has_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="member_named"),
        ),
    ]
