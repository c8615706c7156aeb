"""The promise of the ledger: what was written stays as it was written (docs/adr/0006).

One UPDATE is let through: when two records of one person are merged, `member_id` follows, and nothing else.
"""

from django.db import migrations

FOLLOW_MERGER = """
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
       AND to_jsonb(NEW) - 'member_id' = to_jsonb(OLD) - 'member_id'
       AND NEW.member_id = (SELECT merged_into_id FROM members_member WHERE id = OLD.member_id) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""

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
    dependencies = [("ledger", "0001_initial"), ("core", "0002_append_only"), ("members", "0001_initial")]
    operations = [
        migrations.RunSQL(FOLLOW_MERGER, "DROP FUNCTION ledger_refuse_change();"),
        *(migrations.RunSQL(_guard(table, "ledger_refuse_change"), _unguard(table)) for table in OF_A_MEMBER),
        *(migrations.RunSQL(_guard(table, "core_refuse_change"), _unguard(table)) for table in OF_AN_ENTRY),
    ]
