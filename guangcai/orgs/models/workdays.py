"""Days an office sets itself, over the calendar that comes with the program (core.workdays)."""

from django.db import models


class WorkdayOverride(models.Model):
    """One day that is worked, or is not, whatever the calendar says; with the notice it comes from."""

    day = models.DateField(primary_key=True)
    is_worked = models.BooleanField()
    source = models.CharField(max_length=120)
    set_at = models.DateTimeField()
    set_by = models.UUIDField(null=True)

    def __str__(self) -> str:
        return f"{self.day}: {'worked' if self.is_worked else 'free'}"
