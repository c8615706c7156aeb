"""Rules as dated rows, owned by a node and inherited downward: the nearest owner wins (docs/adr/0007)."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from guangcai.core.scoping import PathField
from guangcai.orgs.enums import PolicyKey
from guangcai.orgs.models.organisations import DateSpan
from guangcai.orgs.models.tree import Node


class Policy(models.Model):
    """One rule in force under `node` from `since` to `until` (exclusive), with the text it comes from."""

    key = models.CharField(max_length=30, choices=PolicyKey.choices)
    node = models.ForeignKey(Node, models.PROTECT, related_name="policies")
    path = PathField()
    value = models.JSONField()
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=120)
    set_at = models.DateTimeField()
    set_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="policy_one_at_a_time",
                expressions=[
                    ("key", RangeOperators.EQUAL),
                    ("node", RangeOperators.EQUAL),
                    (DateSpan(F("since"), F("until")), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="policy_ends_after_start"),
        ]
        indexes = [models.Index(fields=["key", "path"], name="policy_by_key")]

    def __str__(self) -> str:
        return f"{self.get_key_display()} @ {self.node}"
