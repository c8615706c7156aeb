"""The same hash of an audit line, from a function whose plan is kept: as SQL it was planned anew for every line."""

from django.db import migrations

BODY = """sha256(line.prev_hash || convert_to(jsonb_build_array(
        line.lane, line.number, extract(epoch FROM line.at), line.tag, line.actor_id, line.actor_roles,
        line.subject_type, line.subject_id, line.path, line.details)::text, 'UTF8'))"""
KEPT = f"""
CREATE OR REPLACE FUNCTION core_audit_hash(line core_auditevent) RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN {BODY};
END $$;
"""
ANEW = f"""
CREATE OR REPLACE FUNCTION core_audit_hash(line core_auditevent) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT {BODY}
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0005_sent")]
    operations = [migrations.RunSQL(KEPT, ANEW)]
