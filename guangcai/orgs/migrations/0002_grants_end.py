"""The promise of grants: they end, they are never deleted."""

from django.db import migrations

REFUSE = """
CREATE TRIGGER grant_never_deleted BEFORE DELETE ON orgs_grant
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("orgs", "0001_initial"), ("core", "0002_append_only")]
    operations = [migrations.RunSQL(REFUSE, "DROP TRIGGER grant_never_deleted ON orgs_grant;")]
