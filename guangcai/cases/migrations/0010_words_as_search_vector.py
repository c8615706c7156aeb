"""What search looks in is kept as PostgreSQL searches it: cut once when it is written, not at every look."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations

TO_VECTOR = "ALTER TABLE cases_case ALTER COLUMN words TYPE tsvector USING words::tsvector"
TO_TEXT = "ALTER TABLE cases_case ALTER COLUMN words TYPE text USING array_to_string(tsvector_to_array(words), ' ')"


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_found_by_number_and_newest")]
    operations = [
        migrations.RemoveIndex(model_name="case", name="case_by_words"),
        migrations.RunSQL(
            TO_VECTOR,
            TO_TEXT,
            state_operations=[
                migrations.AlterField(
                    model_name="case",
                    name="words",
                    field=django.contrib.postgres.search.SearchVectorField(default="", editable=False),
                )
            ],
        ),
        migrations.AddIndex(
            model_name="case",
            index=django.contrib.postgres.indexes.GinIndex(fields=["words"], name="case_by_words"),
        ),
    ]
