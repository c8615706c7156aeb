"""Who could be asked, each with the reason in one sentence. A proposal decides nothing: the desk does."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from guangcai.cases.enums import ASSIGNED, StepKind
from guangcai.cases.models import Case, Technician
from guangcai.commitments import team_roll
from guangcai.core.text import search_words
from guangcai.members.models import Member

SHOWN = 8
MEMBERS_SHOWN = TEAMS_SHOWN = 3


@dataclass(frozen=True)
class Proposal:
    """Somebody to ask. score: lower is better; it is shown to nobody."""

    kind: str
    id: str
    name: str
    why: str
    score: int
    jobs: int = 0


def proposals(case: Case, *, here: str, now: datetime) -> list[Proposal]:
    """Technicians and teams with the trade, the unit that answers for the item, members of the same building.

    Whoever gave this very request back stands last and the reader is told. Nine statements.
    """
    found = [*_technicians(case, here, now=now), *_unit(case), *_teams(case, here), *_members(case)]
    before = _gave_back(case)
    found = [_again(one) if (one.kind, one.id) in before else one for one in found]
    return sorted(found, key=lambda one: (one.score, one.jobs, one.name, one.id))[:SHOWN]


def _gave_back(case: Case) -> set[tuple[str, str]]:
    """Who was asked to see to this case and declined it, or sent it back."""
    found, asked = set[tuple[str, str]](), None
    columns = ("technician_id", "member_id", "unit_id", "team_id")
    for kind, worker, *keys in case.steps.order_by("number").values_list("kind", "worker", *columns):
        if worker:
            # A technician who is a member is named by both.
            asked = worker, str(next((key for key in keys if key), ""))
        elif asked and kind in (StepKind.DECLINED, StepKind.RETURNED, StepKind.DISPUTED):
            found.add(asked)
    return found


def _again(one: Proposal) -> Proposal:
    return replace(one, score=one.score + 100, why=_("gave this request back before; %(why)s") % {"why": one.why})


def _technicians(case: Case, here: str, *, now: datetime) -> list[Proposal]:
    day = localtime(now)
    rows = Technician.objects.serving(here, on=day.date()).filter(
        Q(skills__category=case.item.category_id) | Q(skills__item=case.item_id)
    )
    rows = rows.exclude(Q(member__isnull=False) & Q(member=case.about_member_id)).distinct().prefetch_related("rota")
    found = list(rows)
    load = _load(technicians=[one.pk for one in found])
    return [_technician(one, here, load.get(one.pk, 0), day) for one in found]


def _technician(one: Technician, here: str, jobs: int, day: datetime) -> Proposal:
    hours = list(one.rota.all())
    clock = day.time()
    on_duty = any(row.weekday == day.isoweekday() and row.opens <= clock < row.closes for row in hours)
    is_near = one.path == here
    said = [_("has the trade")]
    if on_duty:
        said.append(_("on duty now"))
    elif hours:
        said.append(_("not on duty now"))
    else:
        said.append(_("without fixed hours"))
    said.append(_("of this community") if is_near else _("of the street or district"))
    said.append(_jobs(jobs))
    score = jobs * 6 + (0 if on_duty else 8 if not hours else 25) + (0 if is_near else 5) + (3 if one.is_paid else 0)
    return Proposal("technician", str(one.pk), one.name, _sentence(said), score, jobs)


def _unit(case: Case) -> list[Proposal]:
    unit = case.item.unit
    if unit is None or unit.ended_on or unit.pk == case.about_unit_id:
        return []
    return [Proposal("unit", str(unit.pk), unit.name, _sentence([_("answers for this item")]), 4)]


def _teams(case: Case, here: str) -> list[Proposal]:
    """Teams that somebody leads and whose trade it is, or that saw to such requests before; least busy first."""
    asker = case.asker.member_id
    rows = {one.pk: one for one in team_roll.roll().answering(here, case.about_member_id, asker)}
    own = {word for word in search_words(f"{case.item.name} {case.item.category.name}") if len(word) > 1}
    given = Case.objects.filter(assignment__team_id__in=rows).order_by().values_list("assignment__team_id")
    is_like, is_open = Q(item__category=case.item.category_id, done_at__isnull=False), Q(state__in=ASSIGNED)
    known = {
        pk: (done, jobs)
        for pk, done, jobs in given.annotate(done=Count("pk", filter=is_like), jobs=Count("pk", filter=is_open))
    }
    found = []
    for pk, one in rows.items():
        # A team's name is short and made up: a word of the item is looked for within it, however it may be cut.
        is_named = any(word in f"{one.name} {one.trade}" for word in own)
        done, jobs = known.get(pk, (0, 0))
        if is_named or done:
            found.append(_team(one, is_near=one.path == here, is_named=is_named, done=done, jobs=jobs))
    return sorted(found, key=lambda one: (one.score, one.name))[:TEAMS_SHOWN]


def _team(one: Any, *, is_near: bool, is_named: bool, done: int, jobs: int) -> Proposal:
    said = [_("a team of this trade") if is_named else _("a team")]
    if done:
        said.append(ngettext("saw to %(done)d such request", "saw to %(done)d such requests", done) % {"done": done})
    said.append(_("of this community") if is_near else _("of the street or district"))
    said.append(_jobs(jobs))
    score = 12 + jobs * 6 + (0 if is_named else 6) + (0 if is_near else 5) - 2 * min(done, 4)
    return Proposal("team", str(one.pk), one.name, _sentence(said), score, jobs)


def _members(case: Case) -> list[Proposal]:
    """Members of the same building or compound, least asked first. Their address is not told, only that it is near."""
    place = case.place
    if place is None:
        return []
    near = Member.objects.current().filter(community=case.community_id, building__path__under=place.path)
    near = near.exclude(pk__in=[key for key in (case.about_member_id, case.asker.member_id) if key])
    rows = list(near.order_by("name_sort", "pk")[:20])
    load = _load(members=[one.pk for one in rows])
    proposed = [
        Proposal(
            "member",
            str(one.pk),
            one.name,
            _sentence([_("member in the same building"), _jobs(load.get(one.pk, 0))]),
            28 + load.get(one.pk, 0) * 10,
            load.get(one.pk, 0),
        )
        for one in rows
    ]
    return sorted(proposed, key=lambda one: (one.score, one.name))[:MEMBERS_SHOWN]


def _load(*, technicians: Iterable[UUID] = (), members: Iterable[UUID] = ()) -> dict[UUID, int]:
    """Open jobs of each."""
    name = "assignment__technician" if technicians else "assignment__member"
    keys = list(technicians or members)
    if not keys:
        return {}
    rows = Case.objects.filter(state__in=ASSIGNED, **{f"{name}__in": keys}).annotate(who=F(name))
    return dict(rows.order_by().values_list("who").annotate(jobs=Count("pk")))


def _jobs(jobs: int) -> str:
    if not jobs:
        return _("no open job")
    return ngettext("%(jobs)d open job", "%(jobs)d open jobs", jobs) % {"jobs": jobs}


def _sentence(said: list[str]) -> str:
    return pgettext("sentence", ", ").join(said) + _(".")
