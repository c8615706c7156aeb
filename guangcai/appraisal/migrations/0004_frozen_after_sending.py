"""The promise of an appraisal: approved, its words and figures stand; sent to the unit, it does not change at all.

A merge of two records of one person moves it, and changes nothing else. It is not sent while an objection is open.
What was said in an objection stays too: only the answer is added, once.
"""

from django.db import migrations

FROZEN = """
CREATE FUNCTION appraisal_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'member_id' = to_jsonb(OLD) - 'member_id' AND NEW.member_id =
        (SELECT merged_into_id FROM members_member WHERE id = OLD.member_id) THEN
        RETURN NEW;
    END IF;
    IF OLD.sent_at IS NULL AND (TG_OP = 'DELETE'
        OR to_jsonb(NEW) - 'sent_at' - 'sent_by' = to_jsonb(OLD) - 'sent_at' - 'sent_by') THEN
        IF TG_OP = 'UPDATE' AND EXISTS (SELECT FROM appraisal_appraisalobjection
            WHERE appraisal_id = OLD.id AND answered_at IS NULL) THEN
            RAISE EXCEPTION 'appraisal has an objection to answer' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION 'appraisal is frozen: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER appraisal_frozen BEFORE UPDATE OR DELETE ON appraisal_appraisal
    FOR EACH ROW WHEN (OLD.approved_at IS NOT NULL) EXECUTE FUNCTION appraisal_frozen();

CREATE FUNCTION appraisal_objection_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.answered_at IS NULL
        AND to_jsonb(NEW) - '{answer,answered_at,answered_by}'::text[]
            = to_jsonb(OLD) - '{answer,answered_at,answered_by}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'appraisal objection is frozen: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER appraisal_objection_kept BEFORE UPDATE OR DELETE ON appraisal_appraisalobjection
    FOR EACH ROW EXECUTE FUNCTION appraisal_objection_kept();
"""

UNDO = """
DROP TRIGGER appraisal_objection_kept ON appraisal_appraisalobjection;
DROP FUNCTION appraisal_objection_kept();
DROP TRIGGER appraisal_frozen ON appraisal_appraisal;
DROP FUNCTION appraisal_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("appraisal", "0003_objections_are_rows"), ("members", "0001_initial")]
    operations = [migrations.RunSQL(FROZEN, UNDO)]
