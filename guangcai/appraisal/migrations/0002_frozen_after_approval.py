"""The promise of a sheet: once approved its lines and its number do not change; only answers are added."""

from django.db import migrations

FROZEN = """
CREATE FUNCTION appraisal_line_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM appraisal_feedbacksheet WHERE id = OLD.sheet_id AND approved_at IS NOT NULL) THEN
        -- A merge of two records of one person moves the line, and changes nothing else.
        IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'member_id' = to_jsonb(OLD) - 'member_id' AND NEW.member_id =
            (SELECT merged_into_id FROM members_member WHERE id = OLD.member_id) THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'feedback line is frozen: % refused', TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER feedback_line_frozen BEFORE UPDATE OR DELETE ON appraisal_feedbackline
    FOR EACH ROW EXECUTE FUNCTION appraisal_line_frozen();

CREATE FUNCTION appraisal_sheet_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.number, NEW.as_of, NEW.approved_at, NEW.approved_by, NEW.work_unit_id, NEW.quarter)
        IS DISTINCT FROM (OLD.number, OLD.as_of, OLD.approved_at, OLD.approved_by, OLD.work_unit_id, OLD.quarter) THEN
        RAISE EXCEPTION 'feedback sheet is frozen: % refused', TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER feedback_sheet_frozen BEFORE UPDATE OR DELETE ON appraisal_feedbacksheet
    FOR EACH ROW WHEN (OLD.approved_at IS NOT NULL) EXECUTE FUNCTION appraisal_sheet_frozen();
"""

UNDO = """
DROP TRIGGER feedback_sheet_frozen ON appraisal_feedbacksheet;
DROP FUNCTION appraisal_sheet_frozen();
DROP TRIGGER feedback_line_frozen ON appraisal_feedbackline;
DROP FUNCTION appraisal_line_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("appraisal", "0001_initial"), ("core", "0003_new_id_in_sql")]
    operations = [migrations.RunSQL(FROZEN, UNDO)]
