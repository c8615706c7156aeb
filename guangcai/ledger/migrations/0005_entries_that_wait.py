"""What waits for its second person is a short table of its own, kept by triggers: no list reads the whole ledger."""

import django.db.models.deletion
from django.db import migrations, models

from guangcai.core.scoping import PathField

TRIGGERS = """
CREATE FUNCTION ledger_entry_waits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO ledger_waitingentry (entry_id, path) SELECT id, path FROM fresh;
    RETURN NULL;
END $$;
CREATE FUNCTION ledger_entry_decided() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM ledger_waitingentry AS w USING fresh WHERE w.entry_id = fresh.entry_id;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_serviceentry_waits AFTER INSERT ON ledger_serviceentry REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_waits();
CREATE TRIGGER ledger_posting_decides AFTER INSERT ON ledger_posting REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_decided();
CREATE TRIGGER ledger_entrydecline_decides AFTER INSERT ON ledger_entrydecline REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_decided();
"""
NO_TRIGGERS = """
DROP TRIGGER ledger_entrydecline_decides ON ledger_entrydecline;
DROP TRIGGER ledger_posting_decides ON ledger_posting;
DROP TRIGGER ledger_serviceentry_waits ON ledger_serviceentry;
DROP FUNCTION ledger_entry_decided();
DROP FUNCTION ledger_entry_waits();
"""
KNOWN = """
INSERT INTO ledger_waitingentry (entry_id, path) SELECT e.id, e.path FROM ledger_serviceentry AS e
WHERE NOT EXISTS (SELECT FROM ledger_posting AS p WHERE p.entry_id = e.id)
  AND NOT EXISTS (SELECT FROM ledger_entrydecline AS d WHERE d.entry_id = e.id)
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_year_totals_without_foreign_key")]

    operations = [
        migrations.CreateModel(
            name="WaitingEntry",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="wait",
                        serialize=False,
                        to="ledger.serviceentry",
                    ),
                ),
                ("path", PathField(db_collation="C", editable=False, max_length=120)),
            ],
            options={"indexes": [models.Index(fields=["path"], name="waiting_by_path")]},
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
