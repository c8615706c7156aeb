"""Kinds that are rows: shipped as data, added to and renamed by the district, never a list in the code.

A room that lets the district keep one of its lists on a screen declares it (`declare`); orgs has the screen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from django import forms
from django.db import models
from django.db.models import Q

from guangcai.core.errors import Text


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


class KeptKindQuerySet(models.QuerySet["KeptKind"]):
    def offered(self, *, keeping: int | None = None) -> Self:
        """Those that may be chosen now; `keeping`: and the one a row has already."""
        return self.filter(Q(ended_on=None) | Q(pk=keeping))


class KeptKind(Kind):
    """A kind that the district ends on a screen: no form offers it any more, and what has it keeps it."""

    ended_on = models.DateField(null=True, blank=True)

    objects = KeptKindQuerySet.as_manager()

    class Meta(Kind.Meta):
        abstract = True


def _no_fields() -> Mapping[str, forms.Field]:
    return {}


def _may_end(row: KeptKind) -> Text:
    return ""


@dataclass(frozen=True)
class KindList:
    """A list on the screen. fields: what a new row is asked besides its name; why_not_end: "" or a sentence."""

    code: str
    label: Text
    model: type[KeptKind]
    fields: Callable[[], Mapping[str, forms.Field]] = _no_fields
    why_not_end: Callable[[Any], Text] = _may_end


_lists: dict[str, KindList] = {}


def declare(*lists: KindList) -> None:
    """Each room once, at start."""
    _lists.update({one.code: one for one in lists})


def declared() -> list[KindList]:
    """All of them, in the order of the rooms."""
    return list(_lists.values())


def declared_as(code: str) -> KindList | None:
    return _lists.get(code)
