"""The yearly roll-up: a cache that can be thrown away, kept equal to the sum of postings (`guangcai verify`)."""

from django.db import models

from guangcai.core.facts import Fact


class YearTotal(Fact):
    """Confirmed minutes, deeds and number of postings of one member in one calendar year."""

    member = models.ForeignKey("members.Member", models.PROTECT, related_name="year_totals")
    year = models.PositiveSmallIntegerField()
    minutes = models.IntegerField(default=0)
    deeds = models.IntegerField(default=0)
    postings = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["district_code", "year", "member"], name="year_total_once")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.year}: {self.minutes}"
