"""The log named an activity by an id that no screen asked for and nothing checked: what nobody reads is not kept."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("teams", "0002_log_is_append_only")]
    operations = [migrations.RemoveField("teamlog", "activity_id")]
