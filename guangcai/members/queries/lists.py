"""The shorter lists: hidden members, relations elsewhere, possible duplicates, kept filters."""

from datetime import date

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.db.models.functions import Coalesce

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.scoping import under
from guangcai.members import rules
from guangcai.members.models import DuplicatePair, Member, SavedFilter
from guangcai.members.models.person import MemberQuerySet
from guangcai.members.queries.roster import roster, with_links


def hidden_members(actor: Actor, *, on: date) -> MemberQuerySet:
    """Members nobody was in contact with for six months, or ever (A92); `silent_since` sorts never first."""
    silent = Q(last_contact_on=None) | Q(last_contact_on__lt=rules.hidden_before(on))
    return with_links(roster(actor)).filter(silent).annotate(silent_since=Coalesce("last_contact_on", rules.OLDEST))


def elsewhere(actor: Actor, *, relation_here: bool, on: date) -> MemberQuerySet:
    """Relation here and home elsewhere (A07), or home here and relation elsewhere; rows carry `organisation`.

    A relation is where its organisation stands: at its node, else where its work unit is overseen.
    """
    paths = actor.paths_with(Permission.ROSTER_VIEW)
    members = with_relation(Member.objects.visible_to(actor).current(), on=on)
    home, relation = under("path", paths), under("relation_path", paths)
    if relation_here:
        # The relation makes him the branch's business: name and community are shown, nothing else.
        members = with_relation(Member.objects.current(), on=on)
        return with_links(members).filter(relation).exclude(home & Q(community__isnull=False))
    lives_here = with_links(members).filter(home)
    return lives_here.exclude(Q(relation_path=None) | relation)


def with_relation(members: MemberQuerySet, *, on: date) -> MemberQuerySet:
    """Rows with `organisation` (its name) and `relation_path` (where it stands) of the relation in force on `on`."""
    in_force = Q(org_relations__since__lte=on) & (Q(org_relations__until=None) | Q(org_relations__until__gt=on))
    return members.annotate(
        tie=FilteredRelation("org_relations", condition=in_force),
        organisation=F("tie__party_organisation__name"),
        relation_path=Coalesce("tie__party_organisation__node__path", "tie__party_organisation__work_unit__path"),
    )


def open_pairs(actor: Actor) -> "QuerySet[DuplicatePair]":
    """Pairs that wait for a worker's eye, with both records."""
    pairs = DuplicatePair.objects.visible_to(actor).open()
    return pairs.select_related("first__community", "first__building", "second__community", "second__building")


def saved_filters(actor: Actor) -> "QuerySet[SavedFilter]":
    """The actor's own kept filters."""
    return SavedFilter.objects.filter(user_id__in=[actor.user_id] if actor.user_id else []).order_by("name")
