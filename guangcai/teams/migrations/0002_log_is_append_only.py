"""The promise of the log: what was written stays; a correction is a new row."""

from django.db import migrations

GUARD = """
CREATE TRIGGER teams_teamlog_append_only BEFORE UPDATE OR DELETE ON teams_teamlog
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER teams_teamlog_no_truncate BEFORE TRUNCATE ON teams_teamlog
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
"""
UNGUARD = """
DROP TRIGGER teams_teamlog_no_truncate ON teams_teamlog;
DROP TRIGGER teams_teamlog_append_only ON teams_teamlog;
"""


class Migration(migrations.Migration):
    dependencies = [("teams", "0001_teams_and_plates"), ("core", "0002_append_only")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
