"""Two records become one person: every relation moves, nothing is lost, the empty record says where it went."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Conflict, Forbidden, RuleBroken
from guangcai.core.permissions import Permission
from guangcai.members import keys, merging, rules
from guangcai.members.commands import movers
from guangcai.members.merging import Merge
from guangcai.members.models import DuplicatePair, Employment, Member, Residence

# Taken over where the kept record says nothing. Name and place are settled apart.
FILLED = tuple(sorted(rules.FIELDS - {"name", "phone"}))


@transaction.atomic
def merge_members(*, kept: Member, gone: Member, by: Actor, now: datetime) -> Member:
    """Merge `gone` into `kept`, after a worker compared them. Facts of upper rooms move with it.

    `by` keeps the roster of the kept record; the other may lie elsewhere when it has no residence, or the same phone.
    Merged already into the same record: no change. Raises RuleBroken(code="merge_in_the_way" | "same_record"),
    Conflict when either record has ended.
    """
    if kept.pk == gone.pk:
        raise RuleBroken(_("This is one record."), code="same_record")
    by.require(Permission.ROSTER_EDIT, kept.path)
    merging.lock_first(Merge(kept=kept, gone=gone, by=by, now=now))
    kept, gone = _lock(kept, gone)
    if gone.merged_into_id == kept.pk:
        return kept
    if not (kept.is_current and gone.is_current):
        raise Conflict(_("One of the two records is not on the roster any more."), code="record_ended")
    _check_other_record(kept, gone, by=by)
    gone.ended_at, gone.ended_by, gone.merged_into = now, by.user_id, kept
    gone.save(update_fields=["ended_at", "ended_by", "merged_into"])
    merge = Merge(kept=kept, gone=gone, by=by, now=now)
    moved = merging.move_all(merge)
    movers.account(merge)
    _fill(kept, gone)
    _settle_place(kept)
    _decide_pair(kept, gone, by=by, now=now)
    details = [f"{name}={count}" for name, count in moved.items()]
    audit.record(Tag.MEMBER_MERGE, by=by, on=kept, now=now, merged=str(gone.pk), moved=details)
    return kept


def _lock(kept: Member, gone: Member) -> tuple[Member, Member]:
    keys_in_order = sorted([kept.pk, gone.pk])
    rows = Member.objects.select_for_update(of=["self"]).filter(pk__in=keys_in_order).order_by("pk")
    locked = {member.pk: member for member in rows}
    return locked[kept.pk], locked[gone.pk]


def _check_other_record(kept: Member, gone: Member, *, by: Actor) -> None:
    """The other community is asked, unless nobody lives there or the phone says that it is the same person."""
    same_phone = bool(gone.phone_index) and gone.phone_index == kept.phone_index
    if gone.community_id is None or same_phone or by.can(Permission.ROSTER_EDIT, gone.path):
        return
    raise Forbidden(
        _("The other record belongs to another community and has another phone: ask its desk."), code="merge_elsewhere"
    )


def _fill(kept: Member, gone: Member) -> None:
    for name in FILLED:
        if getattr(kept, name) in (None, ""):
            setattr(kept, name, getattr(gone, name))
    if not kept.phone and gone.phone:
        keys.identify(kept, phone=gone.phone)
    contacts = [day for day in (kept.last_contact_on, gone.last_contact_on) if day]
    kept.last_contact_on = max(contacts) if contacts else None
    kept.save()
    # The empty record holds no person's contact any more, and is found by nobody.
    Member.objects.filter(pk=gone.pk).update(
        phone="", phone_index="", phone_tail_index="", address="", community=None, building=None
    )


def _settle_place(kept: Member) -> None:
    """Community, building and path repeat the open residence; without one the record lies with its work unit."""
    residence = Residence.objects.filter(member=kept, until=None).first()
    employment = Employment.objects.filter(member=kept, until=None).select_related("work_unit").first()
    if residence:
        kept.community_id, kept.building_id, kept.path = residence.community_id, residence.building_id, residence.path
    else:
        kept.community = kept.building = None
        kept.path = employment.work_unit.path if employment else kept.path
    kept.save(update_fields=["community", "building", "path"])


def _decide_pair(kept: Member, gone: Member, *, by: Actor, now: datetime) -> None:
    low, high = sorted([kept.pk, gone.pk])
    DuplicatePair.objects.open().filter(first=low, second=high).update(
        decided_at=now, decided_by=by.user_id, is_same_person=True
    )
