"""The promise of the room's facts: what was written stays; a correction is a new row.

Sealed words may be sealed anew and forgotten, and a row follows when two records of a member become one: those columns
are left out, every other one is refused.
"""

from django.db import migrations

KEPT = {
    "wishes_wishstep": "wish_id, old, new, at, by, district_code, community_id, path",
    "wishes_wishfulfilment": "wish_id, claim_id, done_on, told_at, told_by, district_code, community_id, path",
    "wishes_wishanswer": "wish_id, fulfilment_id, came_true, said, at, by, district_code, community_id, path",
    "wishes_gift": "campaign_id, year, number, giver_kind, form, fen, goods, quantity, measure, given_on, received_at, "
    "received_by, reverses_id, reason, district_code, community_id, path",
    "wishes_spending": "campaign_id, spent_on, fen, what, noted_at, noted_by, reverses_id, reason, district_code, "
    "community_id, path",
    "wishes_aidoutcome": 'programme_id, measure_id, "on", count, source, noted_at, noted_by, corrects_id, reason, '
    "district_code, community_id, path",
}
GUARD = """
CREATE TRIGGER {table}_append_only BEFORE DELETE OR UPDATE OF id, {columns} ON {table}
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
"""
UNGUARD = """
DROP TRIGGER {table}_no_truncate ON {table};
DROP TRIGGER {table}_append_only ON {table};
"""


class Migration(migrations.Migration):
    dependencies = [("wishes", "0003_aid_programmes"), ("core", "0002_append_only")]
    operations = [
        migrations.RunSQL(GUARD.format(table=table, columns=columns), UNGUARD.format(table=table))
        for table, columns in KEPT.items()
    ]
