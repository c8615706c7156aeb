"""What people who signed up were told, and the printed code as a way of checking in."""

import django.db.models.deletion
import guangcai.core.ids
import guangcai.core.scoping
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('activities', '0001_initial'),
        ('members', '0001_initial'),
        ('orgs', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='attendance',
            name='method',
            field=models.CharField(choices=[('board', 'By the lead'), ('code', 'Code scanned on site'), ('pad', 'Last four digits at the kiosk'), ('paper', 'Paper list typed later'), ('printed', 'Printed code scanned on site')], max_length=8),
        ),
        migrations.CreateModel(
            name='ShiftNotice',
            fields=[
                ('id', models.UUIDField(default=guangcai.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('district_code', models.CharField(editable=False, max_length=6)),
                ('path', guangcai.core.scoping.PathField(db_collation='C', editable=False, max_length=120)),
                ('occasion', models.CharField(choices=[('moved_up', 'A place for you'), ('changed', 'Time or place changed'), ('cancelled', 'Called off'), ('before', 'Soon to come')], max_length=10)),
                ('told_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(blank=True, null=True)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.node')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shift_notices', to='members.member')),
                ('shift', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='activities.shift')),
            ],
            options={
                'indexes': [models.Index(fields=['member', '-told_at'], name='shift_notice_by_member')],
                'constraints': [models.UniqueConstraint(fields=('district_code', 'shift', 'member', 'occasion'), name='shift_notice_once_per_occasion')],
            },
        ),
    ]
