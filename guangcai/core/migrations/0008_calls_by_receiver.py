"""Which calls another system has taken is found by the system."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0007_calls_to_other_systems")]
    operations = [
        migrations.AddIndex(
            model_name="outbox",
            index=models.Index(
                fields=["recipient", "sent_at"], name="outbox_calls", condition=models.Q(channel="hook")
            ),
        ),
    ]
