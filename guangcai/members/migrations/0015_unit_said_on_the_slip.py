from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0014_mobile_ends_with_the_member")]
    operations = [
        migrations.AddField(
            model_name="reportin",
            name="unit_said",
            field=models.CharField(blank=True, db_default="", max_length=120),
        )
    ]
