"""The menus: what somebody with these rights finds where. Core draws them and asks here (core.navigation)."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guangcai.core.actor import Actor
from guangcai.core.database.fixed import Lookup
from guangcai.core.navigation import NavItem
from guangcai.core.permissions import Permission
from guangcai.orgs.models import Node, WorkUnit
from guangcai.portal.links import link


def items(actor: Actor) -> tuple[NavItem, ...]:
    """The menu, most used first: the first five that are marked so are the phone's bottom bar. No queries."""
    if not actor.is_signed_in:
        return ()
    listed = (*_start(), *_day(actor), *_taken_on(actor), *_paper(actor), *_own(actor), *_set_up(actor))
    return tuple(dict.fromkeys(item for item in listed if item.url))


def _start() -> tuple[NavItem, ...]:
    return (NavItem(_("Home"), link("portal:home"), "home"),)


def _day(actor: Actor) -> list[NavItem]:
    rows = []
    if actor.holds(Permission.ROSTER_VIEW):
        rows.append(NavItem(_("Members"), link("members:roster"), "users"))
    if actor.holds(Permission.UNIT_ROSTER_VIEW):
        rows.append(NavItem(pgettext("menu", "Our members"), link("members:unit"), "users"))
    if actor.units_with(Permission.PROPOSAL_ANSWER):
        rows.append(NavItem(pgettext("menu", "Our promises"), link("councils:ours"), "heart-handshake"))
    if actor.holds(Permission.ACTIVITY_EDIT) or actor.holds(Permission.ROSTER_VIEW):
        rows.append(NavItem(_("Activities"), link("activities:list"), "calendar-event"))
    if actor.holds(Permission.STUDIO_VIEW):
        rows.append(NavItem(pgettext("menu", "Studios"), link("studios:list"), "message-2", phone=False))
    if actor.holds(Permission.CASE_VIEW):
        rows.append(NavItem(pgettext("menu", "Requests"), link("cases:list"), "inbox", phone=False))
    if actor.holds(Permission.CASE_ANSWER):
        rows.append(NavItem(pgettext("menu", "My jobs"), link("cases:mine"), "inbox"))
    if actor.holds(Permission.ENTRY_CONFIRM):
        rows.append(NavItem(_("To confirm"), link("ledger:confirmations"), "checks"))
    if actor.holds(Permission.ENTRY_VIEW):
        rows.append(NavItem(pgettext("menu", "Service records"), link("ledger:entries"), "list-check", phone=False))
    return rows


def _taken_on(actor: Actor) -> list[NavItem]:
    """What people take on for longer than a shift, and whom to ask."""
    roster, resources = (Permission.ROSTER_VIEW,), (Permission.RESOURCE_VIEW, Permission.RESOURCE_EDIT)
    care = (pgettext("menu", "Households"), "care:list")
    if not actor.holds(Permission.CARE_VIEW):
        care = (_("Figures of care"), "care:figures")
    offered = (
        (roster, pgettext("menu", "Posts"), "posts:list", "id-badge-2"),
        (roster, pgettext("menu", "Zones"), "zones:list", "building"),
        (roster, pgettext("menu", "Teams"), "teams:list", "users-group"),
        ((Permission.MEDIATION_VIEW,), pgettext("menu", "Mediation"), "mediation:list", "heart-handshake"),
        ((Permission.CARE_VIEW, Permission.CARE_OVERSEE), *care, "home-heart"),
        ((Permission.PLEDGE_EDIT,), pgettext("menu", "Pledges"), "pledges:list", "writing"),
        ((Permission.WISH_EDIT,), pgettext("menu", "Wishes"), "wishes:list", "star"),
        (roster, pgettext("menu", "Campaigns"), "wishes:campaigns", "heart-handshake"),
        (roster, pgettext("menu", "Aid programmes"), "wishes:programmes", "user-heart"),
        (resources, pgettext("menu", "Shared resources"), "places:resources", "key"),
        (roster, pgettext("menu", "Councils"), "councils:bodies", "users-group"),
        ((Permission.INVITATION_EDIT,), pgettext("menu", "Find people"), "invitations:rounds", "users-plus"),
    )
    group = pgettext("menu", "Taken on")
    return [
        NavItem(words, link(to), icon, group=group, phone=False)
        for rights, words, to, icon in offered
        if any(actor.holds(right) for right in rights)
    ]


def _paper(actor: Actor) -> list[NavItem]:
    group, rows = _("Paper and figures"), []
    if actor.holds(Permission.FEEDBACK_VIEW):
        rows.append(NavItem(_("Feedback"), link("appraisal:quarters"), "file-text", group=group))
    if actor.holds(Permission.APPRAISAL_VIEW):
        rows.append(NavItem(_("Appraisal"), link("appraisal:appraisals"), "award", group=group, phone=False))
    if actor.holds(Permission.SAMPLE_VIEW):
        rows.append(NavItem(pgettext("menu", "Spot checks"), link("ledger:samples"), "eye", group=group, phone=False))
    if actor.holds(Permission.STATISTICS_VIEW):
        rows.append(
            NavItem(
                pgettext("menu", "Checklists"), link("pledges:checklists"), "clipboard-list", group=group, phone=False
            )
        )
        rows.append(NavItem(_("Statistics"), link("reports:index"), "chart-bar", group=group))
    if actor.holds(Permission.ROSTER_EXPORT):
        rows.append(NavItem(pgettext("menu", "Forms"), link("reports:forms"), "printer", group=group, phone=False))
    if actor.holds(Permission.SUGGESTION_READ):
        rows.append(
            NavItem(pgettext("menu", "Suggestions"), link("portal:suggestions"), "message", group=group, phone=False)
        )
        rows.append(
            NavItem(pgettext("menu", "Plate feedback"), link("teams:inbox"), "message-report", group=group, phone=False)
        )
    return rows


def _own(actor: Actor) -> list[NavItem]:
    group = _("My service")
    calendar = NavItem(pgettext("menu", "Calendar links"), link("feeds:links"), "calendar", group=group, phone=False)
    if actor.member_id is None:
        return [calendar] if actor.holds(Permission.RESOURCE_BOOK) else []
    return [
        NavItem(pgettext("menu", "Find"), link("activities:open"), "heart-handshake", group=group),
        NavItem(pgettext("menu", "My shifts"), link("activities:mine"), "calendar-check", group=group),
        NavItem(pgettext("menu", "My posts"), link("posts:open"), "id-badge-2", group=group, phone=False),
        NavItem(pgettext("menu", "My jobs"), link("cases:mine"), "inbox", group=group, phone=False),
        NavItem(pgettext("menu", "My households"), link("care:mine"), "home-heart", group=group, phone=False),
        NavItem(pgettext("menu", "My mediations"), link("mediation:mine"), "heart-handshake", group=group, phone=False),
        NavItem(pgettext("menu", "My zones"), link("zones:mine"), "building", group=group, phone=False),
        NavItem(pgettext("menu", "Wishes"), link("wishes:open"), "star", group=group, phone=False),
        NavItem(pgettext("menu", "My pledges"), link("pledges:mine"), "writing", group=group, phone=False),
        NavItem(pgettext("menu", "My teams"), link("teams:mine"), "users-group", group=group, phone=False),
        NavItem(pgettext("menu", "My proposals"), link("councils:mine"), "bulb", group=group, phone=False),
        NavItem(pgettext("menu", "My record"), link("ledger:mine"), "book-2", group=group),
        NavItem(pgettext("menu", "About me"), link("members:me"), "user-circle", group=group),
        calendar,
    ]


def _set_up(actor: Actor) -> list[NavItem]:
    group, rows = _("Set-up"), []
    if actor.holds(Permission.UNIT_EDIT) or actor.holds(Permission.GRANT_EDIT) or actor.holds(Permission.TREE_EDIT):
        rows.append(
            NavItem(pgettext("menu", "Places and rights"), link("orgs:tree"), "sitemap", group=group, phone=False)
        )
    if actor.holds(Permission.PLACE_EDIT) or actor.holds(Permission.TREE_EDIT):
        rows.append(
            NavItem(pgettext("menu", "Service points"), link("places:kept"), "map-pin", group=group, phone=False)
        )
    if actor.holds(Permission.UNIT_EDIT):
        rows.append(NavItem(pgettext("menu", "Work units"), link("orgs:units"), "briefcase", group=group, phone=False))
    if actor.holds(Permission.POLICY_EDIT):
        rows.append(
            NavItem(
                pgettext("menu", "Pledge templates"),
                link("pledges:templates"),
                "list-details",
                group=group,
                phone=False,
            )
        )
        rows.append(
            NavItem(pgettext("menu", "Lists to choose from"), link("orgs:kinds"), "tags", group=group, phone=False)
        )
        rows.append(
            NavItem(pgettext("menu", "Other systems"), link("cases:listeners"), "world", group=group, phone=False)
        )
    if actor.holds(Permission.AUDIT_VIEW):
        rows.append(NavItem(pgettext("menu", "Audit trail"), link("portal:audit_trail"), "history", group=group))
    return rows


# Asked by every page.
_NODE = Lookup(lambda pk: Node.objects.filter(pk=pk), pk=0)
_UNIT = Lookup(lambda pk: WorkUnit.objects.filter(pk=pk), pk=0)


def place(actor: Actor) -> str:
    """Where somebody works: the first place or unit he holds a right on. One query, none for signed-out people."""
    for holding in actor.holdings:
        if holding.node_id:
            return getattr(_NODE.first(pk=holding.node_id), "name", "")
        if holding.work_unit_id:
            return getattr(_UNIT.first(pk=holding.work_unit_id), "name", "")
    return ""


def search_url(actor: Actor) -> str:
    """The roster, for those who may search it."""
    return link("members:roster") if actor.holds(Permission.ROSTER_VIEW) else ""
