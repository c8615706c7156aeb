"""The tree: browsing, searching, one place, and changing it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from guangcai.core.errors import Forbidden
from guangcai.core.http import ActorRequest, posted
from guangcai.core.permissions import Permission
from guangcai.orgs import commands, place_facts, queries
from guangcai.orgs.enums import CommunityType, Level
from guangcai.orgs.forms.tree import Confirmation, MergeForm, MoveForm, NameForm, NodeForm, ProfileForm
from guangcai.orgs.models import CommunityProfile, Node, WorkUnit
from guangcai.orgs.views.frame import form_page, node_for, node_seen

FEW = 20


@login_required
@require_GET
def tree(request: ActorRequest) -> HttpResponse:
    """The tree of the actor's area, level by level, or what a search found."""
    if not request.actor.holds(Permission.TREE_VIEW):
        raise Forbidden()
    q = request.GET.get("q", "").strip()
    with_ended = "ended" in request.GET
    rows = (
        queries.search(q, actor=request.actor, with_ended=with_ended)
        if q
        else queries.tops(actor=request.actor, on=timezone.localdate())
    )
    return render(request, "orgs/tree.html", {"q": q, "rows": rows, "with_ended": with_ended})


@login_required
@require_GET
def children(request: ActorRequest, pk: int) -> HttpResponse:
    """The level below a place, for the branch that is opened in the tree."""
    node = node_seen(request, pk)
    with_ended = "ended" in request.GET
    rows = queries.children_with_counts(node, with_ended=with_ended)
    return render(request, "orgs/tree.html#branch", {"rows": rows, "with_ended": with_ended, "q": ""})


@login_required
@require_GET
def places(request: ActorRequest) -> HttpResponse:
    """Options for a place field: whatever the field is called, its text is what is searched."""
    level = request.GET.get("level", "")
    text = next((value for name, value in request.GET.items() if name != "level"), "")
    rows = queries.search(text, actor=request.actor, levels=[level] if level in Level.values else ())
    return render(request, "orgs/places.html", {"rows": rows[:FEW]})


@login_required
@require_GET
def node(request: ActorRequest, pk: int) -> HttpResponse:
    """One place: where it stands, what it says of itself, what lies below, who has rights, which rules hold."""
    shown, actor, on = node_seen(request, pk), request.actor, timezone.localdate()
    with_ended = "ended" in request.GET
    may_grant = actor.can(Permission.GRANT_EDIT, shown.path)
    context = {
        "node": shown,
        "profile": CommunityProfile.objects.filter(node=shown).first(),
        "chain": queries.chain_of(shown.path, actor=actor),
        "predecessors": Node.objects.filter(successor=shown).order_by("code"),
        "counts": [(level.label, number) for level, number in _by_level(shown)],
        "rows": queries.children_with_counts(shown, with_ended=with_ended),
        "with_ended": with_ended,
        "units": WorkUnit.objects.filter(node=shown, ended_on=None).order_by("name")[:FEW],
        "organisations": shown.party_organisations.filter(ended_on=None).order_by("name"),
        "told": place_facts.facts(shown, actor, on=on),
        "office_holders": queries.office_holders_at(shown.pk),
        "grants": [grant for grant in queries.grants_at(actor=actor, node_id=shown.pk, on=on) if not grant.ended_at]
        if may_grant
        else [],
        "rules": queries.rules_at(shown, on=on),
        "may_grant": may_grant,
        "may_edit": actor.can(Permission.TREE_EDIT, shown.path) and not shown.valid_to,
        "may_describe": actor.can(Permission.UNIT_EDIT, shown.path) and shown.level == Level.COMMUNITY,
    }
    return render(request, "orgs/node.html", context)


def _by_level(shown: Node) -> list[tuple[Level, int]]:
    below = queries.open_below(shown)
    return [(level, below[level]) for level in Level if level in below]


def _page(pk: int) -> str:
    return reverse("orgs:node", args=[pk])


@login_required
@require_http_methods(["GET", "POST"])
def node_new(request: ActorRequest, pk: int) -> HttpResponse:
    parent = node_for(request, pk, Permission.TREE_EDIT)
    form = NodeForm(posted(request), parent=parent)
    return form_page(
        request,
        form,
        lambda values: commands.add_node(
            parent=parent, **{**values, "level": Level(values["level"])}, by=request.actor, now=timezone.now()
        ),
        to=lambda made: _page(made.pk),
        done=_("The place is in the tree."),
        heading=_("New place below %(name)s") % {"name": parent.name},
        submit=_("Add the place"),
        back=_page(pk),
        back_text=parent.name,
    )


@login_required
@require_http_methods(["GET", "POST"])
def node_name(request: ActorRequest, pk: int) -> HttpResponse:
    shown = node_for(request, pk, Permission.TREE_EDIT)
    return form_page(
        request,
        NameForm(posted(request), initial={"name": shown.name}),
        lambda values: commands.rename_node(node=shown, name=values["name"], by=request.actor, now=timezone.now()),
        to=lambda renamed: _page(renamed.pk),
        done=_("The place has its new name."),
        heading=_("Rename %(name)s") % {"name": shown.name},
        submit=_("Save the name"),
        back=_page(pk),
        back_text=shown.name,
    )


@login_required
@require_http_methods(["GET", "POST"])
def node_profile(request: ActorRequest, pk: int) -> HttpResponse:
    shown = node_for(request, pk, Permission.UNIT_EDIT)
    profile = CommunityProfile.objects.filter(node=shown).values().first() or {}
    return form_page(
        request,
        ProfileForm(posted(request), initial=profile),
        lambda values: commands.set_profile(
            node=shown,
            **{**values, "community_type": CommunityType(values["community_type"])},
            by=request.actor,
            now=timezone.now(),
        ),
        to=lambda saved: _page(pk),
        done=_("The profile is saved."),
        heading=_("Profile of %(name)s") % {"name": shown.name},
        submit=_("Save the profile"),
        back=_page(pk),
        back_text=shown.name,
    )


@login_required
@require_http_methods(["GET", "POST"])
def node_parent(request: ActorRequest, pk: int) -> HttpResponse:
    shown = node_for(request, pk, Permission.TREE_EDIT)
    return form_page(
        request,
        MoveForm(posted(request), actor=request.actor),
        lambda values: commands.move_node(node=shown, parent=values["parent"], by=request.actor, now=timezone.now()),
        to=lambda moved: _page(moved.pk),
        done=_("The place and everything below it stand in their new place."),
        heading=_("Move %(name)s") % {"name": shown.name},
        lead=_("Everything below moves too. Records stay where they were made; whoever has rights here keeps them."),
        submit=_("Move the place"),
        back=_page(pk),
        back_text=shown.name,
    )


@login_required
@require_http_methods(["GET", "POST"])
def node_merger(request: ActorRequest, pk: int) -> HttpResponse:
    """Merging in two steps: choose the successor, then see what will happen and to whom."""
    shown = node_for(request, pk, Permission.TREE_EDIT)
    context = {"node": shown, "back": _page(pk), "back_text": shown.name, "consequences": _consequences(shown)}
    return form_page(
        request,
        MergeForm(posted(request), actor=request.actor),
        lambda values: commands.merge_nodes(
            node=shown, successor=values["successor"], by=request.actor, now=timezone.now()
        ),
        to=lambda merged: _page(merged.successor_id),
        done=_("%(name)s has been merged into this place.") % {"name": shown.name},
        template="orgs/ending.html",
        heading=_("Merge %(name)s into another place") % {"name": shown.name},
        submit=_("Merge"),
        will=[
            _("The places, work units and rights listed here go to the successor today."),
            _("Records stay where they were made; whoever has rights over the successor reads them."),
            _("The place's own rules end. This cannot be undone."),
        ],
        **context,
    )


@login_required
@require_http_methods(["GET", "POST"])
def node_end(request: ActorRequest, pk: int) -> HttpResponse:
    shown = node_for(request, pk, Permission.TREE_EDIT)
    return form_page(
        request,
        Confirmation(posted(request)),
        lambda values: commands.end_node(node=shown, by=request.actor, now=timezone.now()),
        to=lambda ended: _page(ended.pk),
        done=_("The place has ended."),
        template="orgs/ending.html",
        heading=_("End %(name)s") % {"name": shown.name},
        submit=_("End the place"),
        will=[
            _("The rights listed here end today, and so do the place's own rules."),
            _("Records stay. If another place takes over, merge instead."),
        ],
        node=shown,
        back=_page(pk),
        back_text=shown.name,
        consequences=_consequences(shown),
    )


def _consequences(shown: Node) -> dict[str, object]:
    """To whom it happens: what stands at the place today."""
    return {
        "children": shown.children.filter(valid_to=None).order_by("code"),
        "units": WorkUnit.objects.filter(node=shown, ended_on=None).order_by("name"),
        "grants": shown.grants.filter(ended_at=None).select_related("user").order_by("role", "pk"),
    }
