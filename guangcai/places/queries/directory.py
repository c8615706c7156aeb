"""The public directory: what stands where, under the names the district uses. No personal data."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Concat, LPad
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guangcai.core.actor import Actor
from guangcai.core.scoping import ancestors, under
from guangcai.core.text import clean
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Node
from guangcai.orgs.place_facts import PlaceFact
from guangcai.places.enums import TIERS, ClubKind, PointKind
from guangcai.places.models import PointLabel, ServicePoint

Labels = dict[tuple[str, str], str]
RANK = {kind.value: rank for rank, kind in enumerate(PointKind)}


@dataclass(frozen=True)
class PointRow:
    """A service point and what its kind is called here."""

    point: ServicePoint
    label: str


@dataclass(frozen=True)
class KindCount:
    """How many of a kind are in use, under the name most of the area uses."""

    kind: PointKind
    label: str
    count: int

    @property
    def words(self) -> str:
        return pgettext("count of a kind", "%(n)d %(label)s") % {"n": self.count, "label": self.label}


def labels() -> Labels:
    """(path, kind) -> what it is called there: one query, a few rows a district."""
    return {(row.path, row.kind): row.label for row in PointLabel.objects.all()}


def label_at(path: str, kind: str, known: Labels) -> str:
    """The name of the nearest node that gives one, else the program's own."""
    for above in reversed(ancestors(path)):
        if (above, kind) in known:
            return known[above, kind]
    return str(PointKind(kind).label)


def listed(*, text: str = "") -> QuerySet[ServicePoint]:
    """Points in use, centres first, then by place and name. text: in a name, a service, an address, a kind."""
    rank = Case(*[When(kind=kind, then=Value(at)) for kind, at in RANK.items()], output_field=IntegerField())
    order = Concat(LPad(Cast(rank, CharField()), 2, Value("0")), "node__code", Value(" "), "name")
    rows = ServicePoint.objects.open().annotate(order=order).select_related("node__parent", "host")
    text = clean(text)
    return rows.filter(_matching(text)) if text else rows


def _matching(text: str) -> Q:
    found = Q(name__icontains=text) | Q(services__icontains=text) | Q(address__icontains=text)
    found |= Q(node__name__icontains=text) | Q(host__name__icontains=text)
    kinds = [kind.value for kind in PointKind if text in str(kind.label)]
    clubs = [kind.value for kind in ClubKind if text in str(kind.label)]
    return found | Q(kind__in=kinds) | Q(club_kind__in=clubs) | _called(text)


def _called(text: str) -> Q:
    """Points whose kind is called so where they stand: below a name that fits and not below a nearer other one."""
    found, known = Q(pk__in=[]), labels()
    for (path, kind), label in known.items():
        if text in label:
            nearer = [where for where, of in known if of == kind and where != path and where.startswith(path)]
            found |= Q(kind=kind) & under("path", [path]) & ~under("path", nearer)
    return found


def rows_of(points: Iterable[ServicePoint]) -> list[PointRow]:
    """What a page shows: one query for the names, however many points."""
    known = labels()
    return [PointRow(point, label_at(point.path, point.kind, known)) for point in points]


def counts(points: QuerySet[ServicePoint], *, path: str = "") -> list[KindCount]:
    """How many of each kind are among `points`, the tiers first; kinds without any are left out. Two queries."""
    known = labels()
    numbers: dict[str, int] = dict(points.order_by().values_list("kind").annotate(Count("pk")))
    return [KindCount(kind, _common_label(kind, path, known), numbers[kind]) for kind in PointKind if numbers.get(kind)]


def _common_label(kind: str, path: str, known: Labels) -> str:
    """The name at `path`; for the whole district, the name of the highest node that gives one."""
    if path:
        return label_at(path, kind, known)
    given = sorted((where for where, of_kind in known if of_kind == kind), key=len)
    return known[given[0], kind] if given else str(PointKind(kind).label)


def tiers(numbers: Iterable[KindCount]) -> str:
    """ "4 centres, 60 stations, 3012 outlets" (A68)."""
    return _(", ").join(one.words for one in numbers if one.kind in TIERS)


def areas() -> QuerySet[Node]:
    """Places that have a service point of their own, for the filter."""
    return Node.objects.filter(pk__in=ServicePoint.objects.open().values("node")).order_by("code")


def area_points(form: Any) -> QuerySet[ServicePoint]:
    """Points of the area a filter form asks for, whatever else it narrows."""
    area = form.cleaned_data.get("area") if form is not None and form.is_valid() else None
    return points_under(area.path) if area else ServicePoint.objects.open()


def points_under(path: str) -> QuerySet[ServicePoint]:
    return ServicePoint.objects.open().filter(under("path", [path]))


def facts_of_place(node: Node, actor: Actor, on: date) -> Iterable[PlaceFact]:
    """On the page of a place: how many service points it has, linked to the directory."""
    if node.level in (Level.COUNTRY, Level.PROVINCE, Level.CITY):
        return
    numbers = counts(points_under(node.path), path=node.path)
    if numbers:
        words = _(", ").join(one.words for one in numbers)
        yield PlaceFact(_("Service points"), words, f"{reverse('places:directory')}?area={node.pk}")


def history(actor: Actor) -> QuerySet[ServicePoint]:
    """All points the actor keeps, those that are closed too."""
    rows: Any = ServicePoint.objects.kept_by(actor)
    return rows.select_related("node", "host")
