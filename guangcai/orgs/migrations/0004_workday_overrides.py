from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orgs', '0003_subtree_counts'),
    ]

    operations = [
        migrations.CreateModel(
            name='WorkdayOverride',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('is_worked', models.BooleanField()),
                ('source', models.CharField(max_length=120)),
                ('set_at', models.DateTimeField()),
                ('set_by', models.UUIDField(null=True)),
            ],
        ),
    ]
