from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pledges", "0001_pledges_and_checklists")]

    operations = [
        migrations.RemoveConstraint(model_name="checklistmark", name="checklist_marked_once"),
        migrations.AlterField(model_name="checklistmark", name="holder", field=models.UUIDField()),
        migrations.RenameField(model_name="checklistmark", old_name="holder", new_name="held_by"),
        migrations.AddConstraint(
            model_name="checklistmark",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at", None)),
                fields=("district_code", "community", "held_by", "item", "year"),
                name="checklist_marked_once",
            ),
        ),
    ]
