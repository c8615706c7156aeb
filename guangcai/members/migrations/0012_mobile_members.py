"""Mobile members: registrations and the contacts with them (A91, A92)."""

import django.db.models.deletion
import guangcai.core.crypto
import guangcai.core.ids
import guangcai.core.scoping
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0011_expected_lists'),
        ('orgs', '0009_commitment_rules'),
    ]

    operations = [
        migrations.CreateModel(
            name='MobileRegistration',
            fields=[
                ('id', models.UUIDField(default=guangcai.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('district_code', models.CharField(editable=False, max_length=6)),
                ('path', guangcai.core.scoping.PathField(db_collation='C', editable=False, max_length=120)),
                ('direction', models.CharField(choices=[('outgoing', 'Away, relation here'), ('incoming', 'Came here, relation elsewhere')], max_length=10)),
                ('since', models.DateField()),
                ('expected_until', models.DateField(blank=True, null=True)),
                ('elsewhere', guangcai.core.crypto.EncryptedTextField(default='', purpose='members.mobileregistration.elsewhere')),
                ('registered_at', models.DateTimeField()),
                ('registered_by', models.UUIDField(null=True)),
                ('ended_on', models.DateField(blank=True, null=True)),
                ('ended_by', models.UUIDField(blank=True, null=True)),
                ('end_reason', models.CharField(blank=True, choices=[('came_back', 'Came back'), ('transferred', 'Relation transferred'), ('moved_on', 'Moved on'), ('lost_contact', 'Lost contact'), ('merged', 'Two records merged')], max_length=16)),
                ('branch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.partyorganisation')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.node')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mobile_registrations', to='members.member')),
            ],
        ),
        migrations.CreateModel(
            name='MobileContact',
            fields=[
                ('id', models.UUIDField(default=guangcai.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('district_code', models.CharField(editable=False, max_length=6)),
                ('path', guangcai.core.scoping.PathField(db_collation='C', editable=False, max_length=120)),
                ('on', models.DateField()),
                ('way', models.CharField(choices=[('phone', 'By phone'), ('message', 'By message'), ('meeting', 'In person'), ('through', 'Through family or the branch')], max_length=10)),
                ('noted_at', models.DateTimeField()),
                ('noted_by', models.UUIDField(null=True)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.node')),
                ('registration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='members.mobileregistration')),
            ],
        ),
        migrations.AddConstraint(
            model_name='mobileregistration',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_on', None)), fields=('district_code', 'member', 'direction'), name='mobile_one_open'),
        ),
        migrations.AddConstraint(
            model_name='mobileregistration',
            constraint=models.CheckConstraint(condition=models.Q(('ended_on', None), ('ended_on__gte', models.F('since')), _connector='OR'), name='mobile_ends_after'),
        ),
        migrations.AddConstraint(
            model_name='mobileregistration',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end_reason', ''), ('ended_on', None)), models.Q(('ended_on__isnull', False), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='mobile_ended_why'),
        ),
        migrations.AddConstraint(
            model_name='mobilecontact',
            constraint=models.UniqueConstraint(fields=('district_code', 'registration', 'on', 'way'), name='mobile_contact_once'),
        ),
    ]
