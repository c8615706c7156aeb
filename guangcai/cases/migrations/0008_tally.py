"""What a case counts for in the rates, computed by the database; the rates and the returns are counted from indexes."""

from functools import reduce
from operator import add

from django.db import migrations, models
from django.db.models import F, Q, Value

OUTSIDE = ("duplicate", "out_of_scope", "no_policy", "unreachable", "misuse")
MEANT = {
    1: Q(is_anonymous=False) & ~Q(close_code__in=OUTSIDE),
    2: Q(responded_at__isnull=False, responded_at__lte=F("due_response")),
    4: Q(is_solved__isnull=False),
    8: Q(is_solved=True),
    16: Q(is_satisfied__isnull=False),
    32: Q(is_satisfied=True),
    64: Q(returns__gt=0),
    128: Q(done_at__gt=F("due_solution")),
}


def worth(bit, meant):
    small = models.SmallIntegerField()
    return models.Case(models.When(meant, then=Value(bit)), default=Value(0), output_field=small)


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_photos_of_requests")]
    operations = [
        migrations.RemoveIndex(model_name="case", name="case_rates"),
        migrations.AddField(
            model_name="case",
            name="tally",
            field=models.GeneratedField(
                db_persist=True,
                expression=reduce(add, (worth(bit, meant) for bit, meant in MEANT.items())),
                output_field=models.SmallIntegerField(),
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["path", "dispatched_at"], include=("item", "tally"), name="case_rates"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["dispatched_at"], include=("path", "item", "tally"), name="case_rates_wide"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["path"], include=("id", "item"), condition=Q(returns__gt=0), name="case_returned"
            ),
        ),
        migrations.AddIndex(
            model_name="casestep",
            index=models.Index(
                fields=["at"],
                include=("case",),
                condition=Q(kind__in=["returned", "disputed"]),
                name="case_step_returned",
            ),
        ),
    ]
