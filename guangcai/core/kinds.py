"""Kinds that are rows: shipped as data, added to and renamed by the district, never a list in the code."""

from django.db import models


class Kind(models.Model):
    """One kind of something. code: stable, named by data files; source: the paper that names it, or empty."""

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=40, unique=True)
    source = models.CharField(max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name
