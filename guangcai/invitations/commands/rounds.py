"""A round is proposed: the whole matching of one subject, kept row by row with its reasons."""

from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Conflict
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.invitations import rules
from guangcai.invitations.enums import Subject
from guangcai.invitations.models import Round
from guangcai.invitations.queries.problem import Pair, Posed, pose
from guangcai.matching.enums import Reach
from guangcai.matching.plan import Plan, propose
from guangcai.matching.sentences import why_left_out
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node

COLUMN = {Subject.POSTS: "post_id", Subject.SHIFTS: "shift_id", Subject.HOUSEHOLDS: "household_id"}
COPY = """
COPY invitations_proposal (id, district_code, community_id, path, round_id, {need}, member_id, urgency, points, why,
    is_pinned, decision) FROM STDIN
"""


def propose_round(*, community: Node, subject: Subject, by: Actor, now: datetime) -> Round:
    """Whom to ask for everything of one subject in a community, to be reviewed by a person; nobody is told anything.

    An open round of the same subject is returned as it is. Raises RuleBroken: no_needs, no_members; Conflict when
    somebody else begins one in the same moment.
    """
    by.require(Permission.INVITATION_EDIT, community.path)
    if found := Round.objects.open().filter(community=community, subject=subject).first():
        return found
    return propose_rounds(node=community, subject=subject, by=by, now=now)[0]


def propose_rounds(
    *, node: Node, subject: Subject, by: Actor, now: datetime, reach: Reach = Reach.COMMUNITY
) -> list[Round]:
    """The same for every community under `node` in one go: one round for each that wants people.

    reach: whether a household's people are looked for in its community alone. Posts and shifts are for their own
    community anyway. Raises RuleBroken: no_needs, no_members; Conflict where a round is open already.
    """
    by.require(Permission.INVITATION_EDIT, node.path)
    posed = pose(subject, node.path, by=by, now=now)
    rules.check_anything(needs=len(posed.wants.rows), members=len(posed.people.keys))
    plan = propose(posed.problem, reach=reach)
    with transaction.atomic():
        rounds = _open_rounds(node, posed, by=by, now=now)
        store(posed, plan, rounds)
        for row in rounds.values():
            audit.record(Tag.INVITATION_PROPOSE, by=by, on=row, now=now, subject=subject.value, needs=row.needs)
    return list(rounds.values())


def _open_rounds(node: Node, posed: Posed, *, by: Actor, now: datetime) -> dict[int, Round]:
    """A round for each community that wants people, by the community's key."""
    wanted: dict[int, int] = {}
    for row in posed.wants.rows:
        wanted[row.community] = wanted.get(row.community, 0) + 1
    people: dict[int, int] = {}
    for key in posed.people.table.position[:, 3].tolist():
        people[key] = people.get(key, 0) + 1
    nodes = Node.objects.filter(under("path", [node.path]), pk__in=wanted).order_by("path")
    made = {
        one.pk: Round(
            **of_community(one),
            subject=posed.wants.subject,
            made_at=now,
            made_by=by.user_id,
            members=people.get(one.pk, 0),
            needs=wanted[one.pk],
        )
        for one in nodes
    }
    try:
        with transaction.atomic():
            Round.objects.bulk_create(made.values())
    except IntegrityError as taken:
        raise Conflict(_("Somebody else has just begun the same round. Load the page again."), code="taken") from taken
    return made


def store(posed: Posed, plan: Plan, rounds: Mapping[int, Round], *, kept: Container[Pair] = ()) -> None:
    """Write every pair of the plan with its reason, and every need left out with the rule that binds.

    rounds: by key of the community. kept: pairs that stand in the round already.
    """
    statement = COPY.format(need=COLUMN[posed.wants.subject])
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in _rows(posed, plan, rounds, kept):
            copy.write_row(row)


def _rows(posed: Posed, plan: Plan, rounds: Mapping[int, Round], kept: Container[Pair]) -> Iterator[tuple[Any, ...]]:
    wants, people = posed.wants.rows, posed.people.keys
    said = posed.why(plan.need, plan.member)
    for pair, why in zip(plan, said, strict=True):
        want, member = wants[pair.need], people[pair.member]
        if (want.key, member) not in kept:
            yield _row(rounds[want.community], want.key, member, want.urgency, pair.points, why)
    yield from _left_out(posed, plan, rounds)


def _left_out(posed: Posed, plan: Plan, rounds: Mapping[int, Round]) -> Iterable[tuple[Any, ...]]:
    with translation.override(settings.LANGUAGE_CODE):
        for left in plan.left_out:
            want = posed.wants.rows[left.need]
            yield _row(rounds[want.community], want.key, None, want.urgency, 0, why_left_out(left))


def _row(round_: Round, need: UUID, member: UUID | None, urgency: int, points: int, why: str) -> tuple[Any, ...]:
    place = (round_.district_code, round_.community_id, round_.path, round_.pk)
    return (new_id(), *place, need, member, urgency, points, why[:200], False, "")
