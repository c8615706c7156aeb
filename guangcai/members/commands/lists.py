"""The reference lists of the roster, and the filters people keep."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Forbidden, RuleBroken
from guangcai.core.permissions import Permission
from guangcai.core.scoping import ROOT
from guangcai.core.text import is_blank
from guangcai.members.lists import first_lists, first_notice
from guangcai.members.models import Occupation, PrivacyNotice, SavedFilter, ServiceKind, SkillKind

MOST_FILTERS = 20


@transaction.atomic
def load_lists(*, by: Actor, now: datetime) -> int:
    """Add what the shipped lists have and the database has not; returns how many rows. Renamed ones keep their name."""
    by.require(Permission.POLICY_EDIT, ROOT)
    lists, notice = first_lists(), first_notice()
    added = 0
    for position, (code, name) in enumerate(lists["occupations"]):
        row = {"name": name, "position": position}
        added += Occupation.objects.get_or_create(code=code, defaults=row)[1]
    for position, (code, name, source) in enumerate(lists["service_kinds"]):
        row = {"name": name, "source": source, "position": position}
        added += ServiceKind.objects.get_or_create(code=code, defaults=row)[1]
    for position, (code, name, needed) in enumerate(lists["skill_kinds"]):
        row = {"name": name, "needs_certificate": needed, "position": position}
        added += SkillKind.objects.get_or_create(code=code, defaults=row)[1]
    row = {"since": notice.since, "text": notice.text}
    added += PrivacyNotice.objects.get_or_create(version=notice.version, defaults=row)[1]
    if added:
        audit.record(Tag.LISTS_LOAD, by=by, now=now, added=added)
    return added


@transaction.atomic
def save_filter(*, name: str, query: str, by: Actor) -> SavedFilter:
    """Keep a list's query string under a name, for oneself; the same name again replaces it. Raises RuleBroken."""
    if by.user_id is None:
        raise Forbidden()
    name = name.strip()
    if is_blank(name) or len(name) > 40:
        raise RuleBroken(_("Give the filter a name of at most 40 characters."), field="name", code="name_form")
    mine = SavedFilter.objects.filter(user_id=by.user_id)
    if mine.exclude(name=name).count() >= MOST_FILTERS:
        raise RuleBroken(_("You keep %(most)d filters already: remove one.") % {"most": MOST_FILTERS}, field="name")
    saved, _created = SavedFilter.objects.update_or_create(
        user_id=by.user_id, name=name, defaults={"query": query[:500]}
    )
    return saved


@transaction.atomic
def drop_filter(*, filter_id: int, by: Actor) -> None:
    """Remove one's own filter; another's, or one that is gone, changes nothing."""
    if by.user_id is not None:
        SavedFilter.objects.filter(pk=filter_id, user_id=by.user_id).delete()
