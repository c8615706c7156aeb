"""An activity may be held by a Party organisation: the small activities of mobile members (A91)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('activities', '0003_fewer_indexes'),
        ('orgs', '0012_mediation_rule'),
    ]

    operations = [
        migrations.AddField(
            model_name='activity',
            name='held_by',
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+',
                to='orgs.partyorganisation',
            ),
        ),
    ]
