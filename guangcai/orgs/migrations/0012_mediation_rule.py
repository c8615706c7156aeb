"""The rule of visits after a mediation, set wherever the notice to cancel is set."""

import json
from pathlib import Path

from django.db import migrations, models
from django.utils import timezone

# Frozen with the migration: guangcai/orgs/data/policies.json may change.
ROWS = Path(__file__).with_suffix('.json')


def set_rules(apps, schema_editor):
    Policy = apps.get_model('orgs', 'Policy')
    rows = json.loads(ROWS.read_text(encoding='utf-8'))
    owners = {}
    for owner in Policy.objects.filter(key='cancel_notice').order_by('since'):
        owners.setdefault(owner.node_id, owner)
    for node_id, first in owners.items():
        for row in rows:
            Policy.objects.create(**row, node_id=node_id, path=first.path, since=first.since, set_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [('orgs', '0011_new_organisations')]
    operations = [
        migrations.AlterField(
            model_name='policy',
            name='key',
            field=models.CharField(max_length=30, choices=[
                ('annual_duty', 'Annual duty'),
                ('daily_limit', 'Most minutes a day'),
                ('recording_deadline', 'Working days to record a service'),
                ('late_arrival', 'Hours a late attendance is accepted'),
                ('sample_share', 'Share of records drawn for checking'),
                ('office_hours', 'Office hours'),
                ('feedback_deadline', 'Working days to send the quarterly feedback'),
                ('cancel_notice', 'Hours of notice to cancel without a mark'),
                ('list_kept', 'Days an unsettled list is kept'),
                ('look_at_times', 'Second look: times of service'),
                ('look_at_typing', 'Second look: typed in by hand'),
                ('look_at_content', 'Second look: content and totals'),
                ('claim_rule', 'Who goes first when more people claim than there are places'),
                ('zone_term', 'Term of zone agreements'),
                ('household_limit', 'Most households of one member'),
                ('visit_rhythm', 'How often households are visited'),
                ('small_count', 'Counts of people in need that are not shown'),
                ('match_place', 'Finding people: what distance costs'),
                ('match_fit', 'Finding people: what else counts'),
                ('case_time', 'How soon requests are answered'),
                ('case_rates', 'What the three rates weigh'),
                ('meeting_rhythm', 'How often bodies meet'),
                ('mediation_visits', 'When an agreement between neighbours is looked at again'),
            ]),
        ),
        migrations.RunPython(set_rules, migrations.RunPython.noop),
    ]
