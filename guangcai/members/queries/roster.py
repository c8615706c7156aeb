"""The roster as a list: who may be seen, found by one box, with the links that a row shows."""

from django.db.models import Exists, FilteredRelation, OuterRef, Q, Subquery

from guangcai.accounts.models import User
from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.core.text import clean_name, simplify
from guangcai.members import keys
from guangcai.members.models import Employment, Member
from guangcai.members.models.person import MemberQuerySet
from guangcai.members.rules import SearchBy, search_by


def roster(actor: Actor) -> MemberQuerySet:
    """Members on the roster of the actor's area: for desks and overseers. A unit's liaison has unit_roster()."""
    area = under("path", actor.paths_with(Permission.ROSTER_VIEW))
    return Member.objects.visible_to(actor).filter(area).current()


def with_links(members: MemberQuerySet) -> MemberQuerySet:
    """Rows with `unit_id`, `unit_name`, `has_account`, places and occupation: a list needs no query a row."""
    # Subqueries, not joins: what only the shown page needs is left out when the list is counted and sorted.
    job = Employment.objects.filter(member=OuterRef("pk"), until=None)
    account = User.objects.filter(member_id=OuterRef("pk"), closed_at=None)
    return members.select_related("community", "building", "occupation").annotate(
        # Joined only by who sorts by it.
        job=FilteredRelation("employments", condition=Q(employments__until=None)),
        unit_id=Subquery(job.values("work_unit_id")[:1]),
        unit_name=Subquery(job.values("work_unit__name")[:1]),
        has_account=Exists(account),
    )


def found_by(members: MemberQuerySet, text: str) -> MemberQuerySet:
    """Members whom `text` means: name, pinyin, initials, last four digits, or a whole phone. "" finds all."""
    plain = text.strip()
    match search_by(plain):
        case SearchBy.NOTHING:
            return members
        case SearchBy.PHONE_TAIL:
            return members.filter(phone_tail_index=keys.phone_tail_key(plain))
        case SearchBy.PHONE:
            return _with_phone(members, plain)
        case SearchBy.PINYIN:
            letters = plain.lower().replace(" ", "").replace("'", "")
            return members.filter(Q(name_initials__startswith=letters) | Q(name_pinyin__contains=letters))
        case SearchBy.NAME:
            name = clean_name(plain)
            written = Q(name__contains=name)
            return members.filter(written if simplify(name) == name else written | Q(name__contains=simplify(name)))


def _with_phone(members: MemberQuerySet, phone: str) -> MemberQuerySet:
    try:
        return members.filter(phone_index=keys.phone_key(phone))
    except RuleBroken:
        return members.none()
