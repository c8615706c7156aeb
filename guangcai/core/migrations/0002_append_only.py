"""The promise of the audit trail: lines are chained when written, and refuse to be changed or removed."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

-- TRUNCATE is how a test database is emptied between tests, and nothing else may be emptied.
CREATE FUNCTION core_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_database() NOT LIKE 'test\\_%' THEN
        RAISE EXCEPTION '% is append-only: TRUNCATE refused', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
"""

CHAIN = """
CREATE FUNCTION core_audit_hash(line core_auditevent) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256(line.prev_hash || convert_to(jsonb_build_array(
        line.lane, line.number, extract(epoch FROM line.at), line.tag, line.actor_id, line.actor_roles,
        line.subject_type, line.subject_id, line.path, line.details)::text, 'UTF8'))
$$;

-- Sixty-four lanes: a writer takes the first one that is free, so that a long import holds up nobody.
CREATE FUNCTION core_audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last record;
    start integer := pg_backend_pid() % 64;
BEGIN
    NEW.lane := NULL;
    FOR step IN 0..63 LOOP
        IF pg_try_advisory_xact_lock(7101, (start + step) % 64) THEN
            NEW.lane := (start + step) % 64;
            EXIT;
        END IF;
    END LOOP;
    IF NEW.lane IS NULL THEN
        NEW.lane := start;
        PERFORM pg_advisory_xact_lock(7101, start);
    END IF;
    SELECT number, hash INTO last FROM core_auditevent WHERE lane = NEW.lane ORDER BY number DESC LIMIT 1;
    NEW.number := coalesce(last.number, 0) + 1;
    NEW.prev_hash := coalesce(last.hash, ''::bytea);
    NEW.hash := core_audit_hash(NEW);
    RETURN NEW;
END $$;

CREATE TRIGGER audit_chain BEFORE INSERT ON core_auditevent
    FOR EACH ROW EXECUTE FUNCTION core_audit_chain();
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON core_auditevent
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON core_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
"""

UNDO_CHAIN = """
DROP TRIGGER audit_no_truncate ON core_auditevent;
DROP TRIGGER audit_append_only ON core_auditevent;
DROP TRIGGER audit_chain ON core_auditevent;
DROP FUNCTION core_audit_chain();
DROP FUNCTION core_audit_hash(core_auditevent);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION core_refuse_truncate(); DROP FUNCTION core_refuse_change();"),
        migrations.RunSQL(CHAIN, UNDO_CHAIN),
    ]
