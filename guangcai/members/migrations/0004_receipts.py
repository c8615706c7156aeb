"""Receipt numbers without gaps or doubles, and receipts that wait on the unit's desk."""

import django.db.models.deletion
import guangcai.core.ids
from django.db import migrations, models
from django.db.models import Q

KEY = models.UUIDField(default=guangcai.core.ids.new_id, editable=False, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    dependencies = [("members", "0003_slips_wait_once")]

    operations = [
        migrations.CreateModel(
            name="ReceiptCounter",
            fields=[
                ("id", KEY.clone()),
                ("district_code", models.CharField(editable=False, max_length=6)),
                ("community_code", models.CharField(max_length=40)),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("district_code", "community_code", "year"), name="receipt_counter_once_a_year"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="UnitReceipt",
            fields=[
                ("id", KEY.clone()),
                ("district_code", models.CharField(editable=False, max_length=6)),
                ("sent_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("read_by", models.UUIDField(blank=True, null=True)),
                (
                    "residence",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unit_receipt",
                        to="members.residence",
                    ),
                ),
                (
                    "work_unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.workunit",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["work_unit", "-sent_at"], name="unit_receipt_by_unit")],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(Q(("read_at", None), ("read_by", None)), ("read_at__isnull", False), _connector="OR"),
                        name="unit_receipt_read_when",
                    )
                ],
            },
        ),
    ]
