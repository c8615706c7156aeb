"""The promise of the ledger: what was written stays as it was written (docs/adr/0006).

One UPDATE is let through: when two records of one person are merged, `member_id` follows, and nothing else.
"""

from django.db import migrations

OF_A_MEMBER = ("ledger_serviceentry", "ledger_posting", "ledger_certificate")
OF_AN_ENTRY = ("ledger_entrydecline", "ledger_certificateline")


def _guard(table: str, function: str) -> str:
    return f"""
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {function}();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
"""


def _unguard(table: str) -> str:
    return f"DROP TRIGGER {table}_no_truncate ON {table}; DROP TRIGGER {table}_append_only ON {table};"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("core", "0002_append_only"), ("members", "0005_merge_moves_facts")]
    operations = [
        *(migrations.RunSQL(_guard(table, "members_refuse_change_but_merge"), _unguard(table)) for table in OF_A_MEMBER),
        *(migrations.RunSQL(_guard(table, "core_refuse_change"), _unguard(table)) for table in OF_AN_ENTRY),
    ]
