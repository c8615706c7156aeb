"""One link at a time by cheaper means: one open link by a unique index, ended ones by exclusion, the two by a trigger.

The exclusion constraint over all rows cost a third of a roster import: a first link has nothing to overlap with. And
three indexes that no query reads go.
"""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

import guangcai.orgs.models.organisations

LINKS = ("orgrelation", "employment", "residence")
NAMES = {"orgrelation": "org_relation"}

FUNCTION = """
CREATE FUNCTION members_one_link_at_a_time() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    member uuid;
BEGIN
    -- Two open links meet in the unique index, two ended ones in the exclusion constraint. An open and an ended one
    -- that are written at the same moment meet here: who writes an ended link waits for all others of that member.
    PERFORM FROM members_member WHERE id IN (SELECT member_id FROM written WHERE until IS NOT NULL)
        ORDER BY id FOR UPDATE;
    PERFORM FROM members_member WHERE id IN (SELECT member_id FROM written WHERE until IS NULL) FOR KEY SHARE;
    EXECUTE format(
        -- All of them and not the first: a LIMIT would have the planner walk the table once for every written row.
        'SELECT (array_agg(w.member_id))[1] FROM written w JOIN %I l ON l.member_id = w.member_id AND l.id <> w.id
         WHERE daterange(l.since, l.until) && daterange(w.since, w.until)', TG_TABLE_NAME) INTO member;
    IF member IS NOT NULL THEN
        RAISE EXCEPTION 'two links of member % at one time violate "%"', member, TG_ARGV[0]
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = TG_ARGV[0], TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;
"""
TRIGGERS = """
CREATE TRIGGER {name}_written AFTER INSERT ON members_{table} REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION members_one_link_at_a_time('{name}_one_at_a_time');
CREATE TRIGGER {name}_changed AFTER UPDATE ON members_{table} REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION members_one_link_at_a_time('{name}_one_at_a_time');
"""
UNDO = "DROP TRIGGER {name}_written ON members_{table}; DROP TRIGGER {name}_changed ON members_{table};"


def name_of(table):
    return NAMES.get(table, table)


def links(table):
    name = name_of(table)
    return [
        migrations.RemoveConstraint(model_name=table, name=f"{name}_one_at_a_time"),
        migrations.AddConstraint(
            model_name=table,
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=Q(("until__isnull", False)),
                expressions=[
                    ("member", "="),
                    (guangcai.orgs.models.organisations.DateSpan(F("since"), F("until")), "&&"),
                ],
                name=f"{name}_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name=table,
            constraint=models.UniqueConstraint(
                condition=Q(("until", None)), fields=("member", "district_code"), name=f"{name}_one_open"
            ),
        ),
        migrations.RunSQL(TRIGGERS.format(name=name, table=table), UNDO.format(name=name, table=table)),
    ]


def place(related="+", **options):
    return models.ForeignKey(
        blank=True,
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related,
        **options,
    )


class Migration(migrations.Migration):
    dependencies = [("members", "0009_search_from_the_index"), ("orgs", "0002_grants_end")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION members_one_link_at_a_time();"),
        *(operation for table in LINKS for operation in links(table)),
        migrations.AlterField("member", "community", place(to="orgs.node")),
        migrations.AlterField("member", "building", place(to="orgs.node")),
        migrations.AlterField("residence", "building", place(to="orgs.node")),
    ]
