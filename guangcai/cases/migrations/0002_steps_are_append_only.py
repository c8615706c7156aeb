"""A step stays as it was written, only its member follows a merge; and the running number of cases."""

from django.db import migrations

STEPS = """
CREATE TRIGGER cases_casestep_append_only BEFORE UPDATE OR DELETE ON cases_casestep
    FOR EACH ROW EXECUTE FUNCTION members_refuse_change_but_merge();
CREATE TRIGGER cases_casestep_no_truncate BEFORE TRUNCATE ON cases_casestep
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
"""
NO_STEPS = """
DROP TRIGGER cases_casestep_no_truncate ON cases_casestep;
DROP TRIGGER cases_casestep_append_only ON cases_casestep;
"""
# A sequence and no counter row: intake never waits for another intake, and a gap tells nobody anything.
NUMBERS = "CREATE SEQUENCE cases_case_number;"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_cases_and_askers"),
        ("core", "0002_append_only"),
        ("members", "0005_merge_moves_facts"),
    ]
    operations = [
        migrations.RunSQL(STEPS, NO_STEPS),
        migrations.RunSQL(NUMBERS, "DROP SEQUENCE cases_case_number;"),
    ]
