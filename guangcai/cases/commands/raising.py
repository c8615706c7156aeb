"""A case is raised: at the desk on behalf of a caller, by a member, or through the open door of a public page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.cases import keys, rules
from guangcai.cases.commands.photos import keep_photos
from guangcai.cases.commands.steps import take_step
from guangcai.cases.enums import CaseChannel, OriginKind, Side, StepKind
from guangcai.cases.models import Asker, Case, Item
from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.database.fixed import insert
from guangcai.core.errors import Conflict, RuleBroken
from guangcai.core.ids import new_id
from guangcai.core.once import already, other_content
from guangcai.core.permissions import Permission
from guangcai.core.phones import normalise
from guangcai.core.photos import Photo
from guangcai.core.scoping import covers
from guangcai.core.text import clean, clean_name, is_blank, segment
from guangcai.members.models import Member
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node, WorkUnit

# The doors through which nobody has to be known: their views limit by address and phone.
OPEN_DOORS = (CaseChannel.WEB, CaseChannel.EXCHANGE)


@dataclass(frozen=True)
class AskerDraft:
    """How the asker is reached, as typed. member: when he is one. wants_word: told before and after, twice at most.

    code: known beforehand in the demo alone; no screen sends one.
    """

    name: str = ""
    phone: str = ""
    flat: str = ""
    member: Member | None = None
    is_anonymous: bool = False
    wants_word: bool = True
    code: str = ""


@dataclass(frozen=True)
class CaseDraft:
    """What is asked, as typed. answers: to the item's questions, by label. about_*: whom it complains of.

    from_kind, from_id: what it grew out of (OriginKind); one case for each. photos: three at most; sent again with
    the same id they are not kept again. id: made with the form.
    """

    item: Item
    community: Node
    what: str
    channel: CaseChannel
    asker: AskerDraft = field(default_factory=AskerDraft)
    place: Node | None = None
    place_note: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    about_member: Member | None = None
    about_unit: WorkUnit | None = None
    from_kind: OriginKind | None = None
    from_id: UUID | None = None
    photos: Sequence[Photo] = ()
    id: UUID | None = None


def raise_case(*, draft: CaseDraft, by: Actor, now: datetime) -> Case:
    """Write down that somebody asked for something; the first step of its life. The same id sent again is the same.

    The asker is kept apart: what is asked becomes a Case, which boards, lists, search, exports and figures read; who
    asks becomes an Asker in a table of his own, sealed, read through queries.askers alone (docs/adr/0022). The case
    has a number to speak of (case.number), the asker a code to follow it with (case.asker.code), which no list shows.

    At the desk with case_edit, by a member with case_raise, through an open door (OPEN_DOORS) by anybody: there the
    view limits by address and phone. Raises RuleBroken(field) for item, place, what, answers, name, phone; Conflict
    when another case grew out of the same, or the id stands for other content. Sources: J4, A67, A101.
    """
    try:
        return _raise(draft, by=by, now=now)
    except (IntegrityError, RuleBroken):
        # Nearly everything is sent once, so what was sent before is looked for when the row is there already, or when
        # what was right the first time is not any more.
        if found := _sent_before(draft):
            return found
        raise


@transaction.atomic
def _raise(draft: CaseDraft, *, by: Actor, now: datetime) -> Case:
    _check_door(draft, by)
    reach = _checked_reach(draft.asker)
    rules.check_what(draft.what)
    _check_place(draft, now=now)
    case = _write(draft, rules.answers_of(draft.item.fields, draft.answers), by=by, now=now)
    _write_asker(case, draft.asker, phone=reach)
    side = Side.DESK if draft.channel in (CaseChannel.DESK, CaseChannel.PHONE) else Side.ASKER
    step = take_step(case, StepKind.RAISED, side=side, by=by, now=now)
    keep_photos(step, draft.photos, now=now)
    audit.record(Tag.CASE_RAISE, by=by, on=case, now=now, channel=case.channel, item=case.item_id)
    return case


def _check_door(draft: CaseDraft, by: Actor) -> None:
    if draft.channel in OPEN_DOORS:
        return
    right = Permission.CASE_RAISE if draft.channel == CaseChannel.MEMBER else Permission.CASE_EDIT
    by.require(right, draft.community.path)


def _sent_before(draft: CaseDraft) -> Case | None:
    """The case this was sent as before; Conflict when the id, or what it grew out of, stands for something else."""
    said = {"item_id": draft.item.pk, "what": clean(draft.what), "community_id": draft.community.pk}
    found = already(Case, draft.id, channel=draft.channel, **said)
    if found is not None:
        kept = Asker.objects.get(case=found)
        if (kept.name, kept.phone_index) != (clean_name(draft.asker.name), keys.phone_key(draft.asker.phone)):
            raise other_content()
        return found
    if draft.from_id is not None and Case.objects.filter(from_kind=draft.from_kind, from_id=draft.from_id).exists():
        raise Conflict(_("A case was already made of this."), code="from_taken")
    return None


def _checked_reach(asker: AskerDraft) -> str:
    """The asker's phone as stored, "" for none. Raises RuleBroken(field)."""
    phone = normalise(asker.phone, field="phone") if not is_blank(asker.phone) else ""
    reach = rules.Reach(
        has_name=not is_blank(asker.name),
        has_phone=bool(phone),
        has_flat=not is_blank(asker.flat),
        is_member=asker.member is not None,
    )
    rules.check_reach(reach, is_anonymous=asker.is_anonymous)
    return phone


def _check_place(draft: CaseDraft, *, now: datetime) -> None:
    place, item = draft.place, draft.item
    if not item.is_offered(draft.community.path, on=localdate(now)):
        raise RuleBroken(_("This is not in the catalogue of the community any more."), field="item", code="item_gone")
    if place is not None and not covers([draft.community.path], place.path):
        raise RuleBroken(_("This place lies in another community."), field="place", code="place_elsewhere")


def _write(draft: CaseDraft, answers: list[dict[str, str]], *, by: Actor, now: datetime) -> Case:
    what = clean(draft.what)
    said = " ".join([what, draft.item.name, *(one["answer"] for one in answers)])
    case = Case(
        **of_community(draft.community),
        id=draft.id or new_id(),
        number=keys.take_number(now),
        item=draft.item,
        what=what,
        words=segment(said),
        place=draft.place,
        place_note=clean(draft.place_note),
        answers=answers,
        channel=draft.channel,
        is_anonymous=draft.asker.is_anonymous,
        about_member=draft.about_member,
        about_unit=draft.about_unit,
        from_kind=draft.from_kind or "",
        from_id=draft.from_id,
        raised_at=now,
        raised_by=by.user_id,
    )
    return insert(case)


def _write_asker(case: Case, asker: AskerDraft, *, phone: str) -> Asker:
    code = asker.code or keys.new_code()
    row = Asker(
        district_code=case.district_code,
        case=case,
        name=clean_name(asker.name),
        phone=phone,
        phone_index=keys.phone_key(phone),
        flat=clean(asker.flat),
        member=asker.member,
        wants_word=asker.wants_word,
        code=code,
        code_index=keys.code_key(code),
    )
    return insert(row)
