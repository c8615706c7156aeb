"""A visit stays as it was written; only its member follows when two records of one person are merged.

Its words stand in another table and may be taken away after the retention (docs/adr/0019).
"""

from django.db import migrations

VISITS = """
CREATE TRIGGER care_visit_append_only BEFORE UPDATE OR DELETE ON care_visit
    FOR EACH ROW EXECUTE FUNCTION members_refuse_change_but_merge();
CREATE TRIGGER care_visit_no_truncate BEFORE TRUNCATE ON care_visit
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
"""
NEEDS = """
CREATE TRIGGER care_visitneed_append_only BEFORE UPDATE OR DELETE ON care_visitneed
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER care_visitneed_no_truncate BEFORE TRUNCATE ON care_visitneed
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
"""


def _gone(table: str) -> str:
    return f"DROP TRIGGER {table}_no_truncate ON {table}; DROP TRIGGER {table}_append_only ON {table};"


class Migration(migrations.Migration):
    dependencies = [
        ("care", "0001_households_and_pairings"),
        ("core", "0002_append_only"),
        ("members", "0005_merge_moves_facts"),
    ]
    operations = [
        migrations.RunSQL(VISITS, _gone("care_visit")),
        migrations.RunSQL(NEEDS, _gone("care_visitneed")),
    ]
