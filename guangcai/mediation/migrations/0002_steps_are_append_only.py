"""Steps, sessions, who was there and agreements stay as they were written; and the running number of matters."""

from django.db import migrations

TABLES = ("mediationstep", "mediationsession", "sessionmediator", "sessionparty", "agreement")


def _kept(table):
    return f"""
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
"""


def _free(table):
    return f"DROP TRIGGER {table}_no_truncate ON {table}; DROP TRIGGER {table}_append_only ON {table};"


class Migration(migrations.Migration):
    dependencies = [("mediation", "0001_matters_and_steps"), ("core", "0002_append_only")]
    operations = [
        *(migrations.RunSQL(_kept(f"mediation_{name}"), _free(f"mediation_{name}")) for name in TABLES),
        # A sequence and no counter row: writing down never waits, and a gap tells nobody anything.
        migrations.RunSQL("CREATE SEQUENCE mediation_number;", "DROP SEQUENCE mediation_number;"),
    ]
