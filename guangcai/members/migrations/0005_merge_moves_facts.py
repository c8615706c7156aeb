"""What an append-only table of an upper room allows: following its member into the record he was merged into.

    CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON ledger_serviceentry
        FOR EACH ROW EXECUTE FUNCTION members_refuse_change_but_merge();
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION members_refuse_change_but_merge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.member_id <> NEW.member_id
       AND to_jsonb(OLD) - 'member_id' = to_jsonb(NEW) - 'member_id'
       AND EXISTS (SELECT FROM members_member WHERE id = OLD.member_id AND merged_into_id = NEW.member_id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0004_receipts"), ("core", "0002_append_only")]
    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION members_refuse_change_but_merge();")]
