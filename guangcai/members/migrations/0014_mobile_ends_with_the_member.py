from django.db import migrations

ENDED = """
UPDATE members_mobileregistration AS row
SET ended_on = greatest(row.since, member.ended_at::date), ended_by = member.ended_by, end_reason = 'left_roster'
FROM members_member AS member
WHERE member.id = row.member_id AND row.ended_on IS NULL AND member.ended_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0013_mobile_for_half_a_year")]
    operations = [migrations.RunSQL(ENDED, migrations.RunSQL.noop)]
