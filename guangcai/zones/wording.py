"""Zones in plain words: what an entry is called, what the page of a place says of them."""

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Node
from guangcai.orgs.place_facts import PlaceFact
from guangcai.zones.enums import OF_THE_TREE
from guangcai.zones.models import Zone
from guangcai.zones.queries.coverage import count_zones
from guangcai.zones.queries.places import lead_of


def work_title(zone: Zone) -> str:
    """What an entry is called that was written down in a zone: in the language of the installation."""
    with override(settings.LANGUAGE_CODE):
        return _("Zone %(zone)s") % {"zone": zone.name}


def facts_of_place(node: Node, actor: Actor, on: date) -> Iterable[PlaceFact]:
    """Who leads at a place below the community, with dates (A12); of a community, how many zones are signed for."""
    if not actor.can(Permission.ROSTER_VIEW, node.path):
        return
    if node.level == Level.COMMUNITY:
        figures = count_zones(paths=[node.path], on=on)[()]
        words = _("%(signed)d of %(total)d zones signed for") % {"signed": figures.signed, "total": figures.total}
        yield PlaceFact(_("Who leads where"), words, reverse("zones:leads", args=[node.pk]))
    elif node.level in OF_THE_TREE:
        yield PlaceFact(_("Who leads"), _lead_words(node, actor, on), reverse("zones:leads", args=[node.pk]))


def _lead_words(node: Node, actor: Actor, on: date) -> str:
    held = lead_of(node, actor=actor, on=on)
    if held is None or held.held_since is None or held.until is None:
        return pgettext("zone", "Nobody")
    days = [date_format(day, "DATE_FORMAT") for day in (held.held_since, held.until)]
    return _("%(name)s, %(since)s to %(until)s") % {"name": held.member.name, "since": days[0], "until": days[1]}
