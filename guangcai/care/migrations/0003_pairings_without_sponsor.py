from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("care", "0002_visits_are_append_only")]
    # No form asked for it and no command was given one.
    operations = [migrations.RemoveField(model_name="pairing", name="sponsor")]
