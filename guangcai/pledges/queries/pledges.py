"""Pledges as screens show them: what may be pledged, one's own, what waits for the desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.members.models import Member
from guangcai.pledges import rules
from guangcai.pledges.enums import TemplateForm
from guangcai.pledges.models import Item, Pledge, Template, Version
from guangcai.pledges.queries.fulfilment import Fulfilment, fulfilment

SHOWN = 60


@dataclass(frozen=True)
class Choice:
    """A template that may be pledged in a year, with the version in force."""

    template: Template
    version: Version
    items: int


def versions_in_force(path: str, *, year: int) -> dict[int, Version]:
    """Template -> the version in force at `path` in `year`: one query."""
    found = list(Version.objects.valid_at([path]).select_related("template", "node"))
    return in_force(found, path=path, year=year)


def in_force(found: Iterable[Version], *, path: str, year: int) -> dict[int, Version]:
    of: dict[int, list[Version]] = {}
    for version in found:
        of.setdefault(version.template_id, []).append(version)
    best: dict[int, Version] = {}
    for template, versions in of.items():
        offered = [rules.Offered(v.pk, v.path, v.since_year, v.number) for v in versions]
        key = rules.version_for(offered, path=path, year=year)
        best.update((template, version) for version in versions if version.pk == key)
    return best


def choices_for(member: Member, *, year: int) -> list[Choice]:
    """What the member may still pledge in `year`; templates nobody has filled are not offered. Three queries."""
    taken = set(Pledge.objects.standing().filter(member=member, year=year).values_list("template", flat=True))
    versions = [v for v in versions_in_force(member.path, year=year).values() if v.template_id not in taken]
    versions = [v for v in versions if v.template.form != TemplateForm.CHECKLIST]
    counts: dict[int, int] = {}
    for key in Item.objects.filter(version__in=versions).values_list("version", flat=True):
        counts[key] = counts.get(key, 0) + 1
    found = [Choice(v.template, v, counts.get(v.pk, 0)) for v in versions]
    found = [one for one in found if one.items or one.template.form == TemplateForm.WORDS]
    return sorted(found, key=lambda one: one.template.position)


def own_pledges(actor: Actor) -> list[tuple[Pledge, Fulfilment]]:
    """The actor's own pledges with how far they are, the newest first: four queries."""
    rows = Pledge.objects.kept_by(actor).filter(member=actor.member_id).select_related("template", "review")
    shown = list(rows.order_by("-year", "-offered_at", "pk")[:SHOWN])
    known = fulfilment(shown)
    return [(row, known[row.pk]) for row in shown]


def listed(actor: Actor) -> "QuerySet[Pledge]":
    """Pledges for the desk's list, with what a row shows."""
    return Pledge.objects.kept_by(actor).select_related("template", "member", "community", "review")


def public_pledges(actor: Actor, *, path: str, year: int) -> list[Pledge]:
    """What the members of a community have pledged in public: names and words, by name. Two queries."""
    rows = Pledge.objects.visible_to(actor).standing().filter(under("path", [path]), is_public=True, year=year)
    return list(rows.select_related("member", "template").prefetch_related("lines").order_by("member__name_sort", "pk"))


def due_for_review(actor: Actor, *, on: date) -> int:
    """How many pledges wait for the desk, without one's own. One query."""
    mine = under("path", actor.paths_with(Permission.PLEDGE_EDIT))
    return Pledge.objects.to_review(on).filter(mine).exclude(member=actor.member_id).count()


def own_news(actor: Actor) -> Pledge | None:
    """The newest review of an own pledge that the member has not answered. One query."""
    rows = Pledge.objects.kept_by(actor).filter(member=actor.member_id, review__isnull=False)
    unanswered = rows.filter(review__answered_at=None).select_related("template", "review")
    found: Pledge | None = unanswered.order_by("-review__reviewed_at", "pk").first()
    return found
