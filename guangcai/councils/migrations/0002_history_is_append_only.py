"""The promise of steps, notes, judgements, minutes, decisions, deliveries and publications: what was written stays."""

from django.db import migrations

TABLES = ("proposalstep", "pledgeprogress", "pledgeowner", "judgement", "minutes", "decision", "delivery", "bodyrecord")
GUARD = "\n".join(
    f"""
CREATE TRIGGER councils_{table}_append_only BEFORE UPDATE OR DELETE ON councils_{table}
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER councils_{table}_no_truncate BEFORE TRUNCATE ON councils_{table}
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
"""
    for table in TABLES
)
UNGUARD = "\n".join(
    f"""
DROP TRIGGER councils_{table}_no_truncate ON councils_{table};
DROP TRIGGER councils_{table}_append_only ON councils_{table};
"""
    for table in TABLES
)


class Migration(migrations.Migration):
    dependencies = [("councils", "0001_bodies_and_proposals"), ("core", "0002_append_only")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
