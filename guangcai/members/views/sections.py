"""The tabs over the roster's lists: the same on each, offering what the actor may open."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guangcai.core.actor import Actor
from guangcai.core.permissions import Permission
from guangcai.core.screens import Tab


def sections(actor: Actor, current: str) -> tuple[Tab, ...]:
    """Tabs of the roster; `current` is the URL name of the page."""
    offered = [("roster", _("Roster"))]
    offered.append(("report_ins", pgettext("list", "Report slips")))
    if actor.holds(Permission.ROSTER_EDIT):
        offered.append(("duplicates", _("Possible duplicates")))
    if actor.holds(Permission.ROSTER_IMPORT):
        offered.append(("roster_imports", _("Import a list")))
    offered += [("hidden", _("Hidden members")), ("mobile", _("Mobile members"))]
    offered += [("elsewhere", _("Relation elsewhere")), ("register", _("Register"))]
    return tuple(Tab(label, reverse(f"members:{name}"), current=name == current) for name, label in offered)
