"""One way to show many rows: filters, sort and page live in the URL, and the export is exactly what is shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.forms import Form, ModelChoiceField
from django.http import HttpRequest, QueryDict

from guangcai.core.screens import Chip

# So many keys are fetched faster than counted and looked for again.
MOST_KEYS = 300
# Of the list itself, not filters.
OWN_KEYS = ("page", "sort", "q")


@dataclass(frozen=True)
class Listing:
    """A list as a template draws it. `rows` is everything found, in order; `page` the part shown."""

    rows: Any
    page: Page
    q: str
    sort: str
    form: Form | None
    chips: tuple[Chip, ...]
    export_url: str

    @property
    def total(self) -> int:
        return self.page.paginator.count

    @property
    def is_more(self) -> bool:
        """There are more rows than are counted: whoever looks for one narrows the list."""
        return bool(getattr(self.page.paginator, "is_more", False))

    @property
    def is_filtered(self) -> bool:
        return bool(self.q or self.chips)


def listing(
    request: HttpRequest,
    rows: Any,
    *,
    sorts: Mapping[str, str],
    default: str,
    filterset: Any = None,
    per_page: int = 50,
    export_url: str = "",
    most: int | None = None,
) -> Listing:
    """Filter, sort and cut `rows` as the query string asks.

    rows: a QuerySet already limited to what the actor may see, or a sequence of objects.
    sorts: key in the URL -> ORM field or attribute; `default` is one of the keys, "-" in front turns it around.
    filterset: a django_filters.FilterSet class, applied to `rows`.
    most: how many rows are counted and turned through, for lists that never end; None counts all.
    An unknown sort key or page number falls back, it is never an error.
    """
    form = None
    if filterset is not None:
        filtered = filterset(request.GET, queryset=rows, request=request)
        rows, form = filtered.qs, filtered.form
    sort = request.GET.get("sort", default)
    if sort.removeprefix("-") not in sorts:
        sort = default
    rows = _sorted(rows, sorts[sort.removeprefix("-")], descending=sort.startswith("-"))
    page = _Pages(rows, per_page, most=most).get_page(request.GET.get("page"))
    query = _without(request.GET, "page")
    return Listing(
        rows=rows,
        page=page,
        q=request.GET.get("q", "").strip(),
        sort=sort,
        form=form,
        chips=_chips(form, request.GET),
        export_url=f"{export_url}?{query.urlencode()}" if export_url and query else export_url,
    )


class _Pages(Paginator):
    """Finds the keys of a page first and loads only those rows: page 500 costs what page 1 costs, give or take a walk
    along an index, because what a row shows (its joins and subqueries) is not computed for the rows passed over.

    Where few are counted (`most`), the statement that counts them finds the keys of the page as well.
    """

    def __init__(self, rows: Any, per_page: int, *, most: int | None) -> None:
        super().__init__(rows, per_page)
        self.most = most

    @cached_property
    def _is_plain(self) -> bool:
        """Rows of one table each, so that a key stands for a row."""
        rows: Any = self.object_list
        query = rows.query if isinstance(rows, QuerySet) else None
        return query is not None and not (query.distinct or query.group_by or query.values_select)

    @cached_property
    def _keys(self) -> list[Any] | None:
        """The keys of all that are counted, in order, and one more; None where they are too many to fetch."""
        if not self._is_plain or self.most is None or self.most > MOST_KEYS:
            return None
        rows: Any = self.object_list
        return list(rows.values_list("pk", flat=True)[: self.most + 1])

    @cached_property
    def found(self) -> int:
        """How many rows there are; with `most`, one more than that at the most."""
        rows: Any = self.object_list
        if self._keys is not None:
            return len(self._keys)
        if self.most is None:
            return rows.count() if isinstance(rows, QuerySet) else len(rows)
        return _some(rows, self.most + 1)

    @property
    def is_more(self) -> bool:
        return self.most is not None and self.found > self.most

    @cached_property
    def count(self) -> int:
        return self.most if self.most is not None and self.is_more else self.found

    def page(self, number: Any) -> Page:
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        rows: Any = self.object_list
        if not self._is_plain:
            return Page(rows[first : first + self.per_page], number, self)
        keys = rows.values("pk") if self._keys is None else self._keys
        return Page(rows.filter(pk__in=keys[first : first + self.per_page]), number, self)


def _some(rows: Any, most: int) -> int:
    """How many rows there are, counted no further than `most`; what a row shows is not computed for it."""
    return rows.order_by().values("pk")[:most].count() if isinstance(rows, QuerySet) else len(rows[:most])


def _sorted(rows: Any, key: str, *, descending: bool) -> Any:
    if isinstance(rows, QuerySet):
        # The key decides between equals, so that a page turned shows every row once.
        return rows.order_by(f"-{key}" if descending else key, "pk")
    return sorted(rows, key=attrgetter(key), reverse=descending)


def _without(query: QueryDict, *keys: str) -> QueryDict:
    left = query.copy()
    for key in keys:
        left.pop(key, None)
    return left


def _chips(form: Form | None, query: QueryDict) -> tuple[Chip, ...]:
    """One chip per filter in force, worded as the form words it."""
    if form is None or not form.is_bound or not form.is_valid():
        return ()
    chips = []
    for name, formfield in form.fields.items():
        value = form.cleaned_data.get(name)
        if name in OWN_KEYS or value in (None, "", [], ()) or not any(query.getlist(name)):
            continue
        without = _without(query, name, "page").urlencode()
        chips.append(Chip(str(formfield.label or name), _worded(formfield, value), f"?{without}"))
    return tuple(chips)


def _worded(formfield: Any, value: Any) -> str:
    """A choice by its label, several joined, anything else as it prints."""
    if isinstance(formfield, ModelChoiceField) and isinstance(value, Model):
        return str(formfield.label_from_instance(value))
    choices = {str(key): str(label) for key, label in getattr(formfield, "choices", ())}
    values: Iterable[Any] = value if isinstance(value, list | tuple | set | QuerySet) else [value]
    return ", ".join(choices.get(str(getattr(one, "pk", one)), str(one)) for one in values)
