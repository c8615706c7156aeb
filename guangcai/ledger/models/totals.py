"""The yearly roll-up: a cache that can be thrown away, kept equal to the sum of postings (`guangcai verify`)."""

from django.db import models

from guangcai.core.facts import Fact


class YearTotal(Fact):
    """Confirmed minutes, deeds and number of postings of one member in one calendar year."""

    # A cache: no foreign key in the database and no index of its own, so that a million rows are rebuilt in seconds.
    # `guangcai verify` proves that no row belongs to nobody.
    member = models.ForeignKey(
        "members.Member", models.PROTECT, related_name="year_totals", db_constraint=False, db_index=False
    )
    year = models.PositiveSmallIntegerField()
    minutes = models.IntegerField(default=0)
    deeds = models.IntegerField(default=0)
    postings = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "year", "district_code"], name="year_total_once")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.year}: {self.minutes}"
