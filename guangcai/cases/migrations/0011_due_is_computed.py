"""What a board stands by is a column of its own, computed by the database, and boards begin with the most urgent."""

from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Least


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_words_as_search_vector")]
    operations = [
        migrations.AddField(
            model_name="case",
            name="due",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(
                        dispatched_at__isnull=False,
                        responded_at=None,
                        then=Least(F("due_response"), F("due_solution")),
                    ),
                    default=Coalesce(F("due_solution"), F("raised_at")),
                ),
                output_field=models.DateTimeField(),
            ),
        ),
        migrations.RemoveIndex(model_name="case", name="case_board"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["path", "due", "id"], condition=Q(ended_at=None), name="case_board"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["due", "id"],
                include=("path", "state", "dispatched_at", "tally"),
                condition=Q(ended_at=None),
                name="case_board_wide",
            ),
        ),
    ]
