"""The amount of a gift is positive, of a reversal negative, also where the other column is empty."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0014_mobile_ends_with_the_member'),
        ('orgs', '0011_new_organisations'),
        ('wishes', '0004_steps_gifts_and_outcomes_are_append_only'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='gift',
            name='gift_reversal_negative',
        ),
        migrations.AddConstraint(
            model_name='gift',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), ('reverses', None), models.Q(('fen', None), ('fen__gt', 0), _connector='OR'), models.Q(('quantity', None), ('quantity__gt', 0), _connector='OR')), models.Q(('reverses__isnull', False), models.Q(('reason', ''), _negated=True), models.Q(('fen', None), ('fen__lt', 0), _connector='OR'), models.Q(('quantity', None), ('quantity__lt', 0), _connector='OR')), _connector='OR'), name='gift_reversal_negative'),
        ),
    ]
