"""An objection and its answer are a row of their own, so that an appraisal that was sent need never change."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import guangcai.core.ids
import guangcai.core.scoping

COPY = """
INSERT INTO appraisal_appraisalobjection (id, district_code, community_id, path, appraisal_id, text, raised_at,
    answer, answered_at, answered_by)
SELECT core_new_id(), district_code, community_id, path, id, objection, objected_at,
    objection_answer, objection_answered_at, objection_answered_by
FROM appraisal_appraisal WHERE objected_at IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
"""
OLD_FIELDS = ("objected_at", "objection", "objection_answer", "objection_answered_at", "objection_answered_by")


class Migration(migrations.Migration):
    dependencies = [("appraisal", "0002_frozen_after_approval"), ("orgs", "0005_fewer_node_indexes")]
    operations = [
        migrations.CreateModel(
            name="AppraisalObjection",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=guangcai.core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("district_code", models.CharField(editable=False, max_length=6)),
                ("path", guangcai.core.scoping.PathField(db_collation="C", editable=False, max_length=120)),
                ("text", models.CharField(max_length=300)),
                ("raised_at", models.DateTimeField()),
                ("raised_by", models.UUIDField(null=True)),
                ("answer", models.CharField(blank=True, max_length=300)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("answered_by", models.UUIDField(blank=True, null=True)),
                # The old column has the name until it is gone.
                (
                    "appraisal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="appraisal.appraisal"
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orgs.node"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=~Q(text=""), name="appraisal_objection_has_text"),
                    models.CheckConstraint(
                        condition=Q(answered_at=None, answer="") | (Q(answered_at__isnull=False) & ~Q(answer="")),
                        name="appraisal_objection_answered_whole",
                    ),
                ]
            },
        ),
        migrations.RunSQL(COPY, migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="appraisal", name="appraisal_objected_whole"),
        migrations.RemoveConstraint(model_name="appraisal", name="appraisal_sent_after_objection_answered"),
        *(migrations.RemoveField(model_name="appraisal", name=name) for name in OLD_FIELDS),
        migrations.AlterField(
            model_name="appraisalobjection",
            name="appraisal",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="objection", to="appraisal.appraisal"
            ),
        ),
    ]
