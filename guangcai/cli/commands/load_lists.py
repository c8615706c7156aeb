"""What an installation starts with besides its tree: lists, rules and templates that are shipped with the program."""

from datetime import date

import click
from django.db import transaction
from django.utils import timezone

from guangcai.activities.commands import load_templates
from guangcai.care.commands import load_care_lists
from guangcai.cases.commands import load_case_catalogue
from guangcai.cli.language import _
from guangcai.core.actor import Actor
from guangcai.councils.commands import load_required_parties
from guangcai.mediation.commands import load_causes
from guangcai.members.commands import load_lists
from guangcai.orgs.commands import load_standard_policies
from guangcai.orgs.models import Node
from guangcai.pledges.commands import load_pledge_templates
from guangcai.posts.commands import load_post_kinds
from guangcai.studios.commands import load_studio_kinds
from guangcai.teams.commands import load_team_lists
from guangcai.wishes.commands import load_wish_lists
from guangcai.zones.commands import load_zone_duties


@click.command(
    "load-lists",
    help=_("Add shipped rules, lists and templates that are missing: after import-tree and every upgrade."),
)
@transaction.atomic
def command() -> None:
    by, now = Actor.system(), timezone.now()
    loaders = (
        load_lists,
        load_post_kinds,
        load_zone_duties,
        load_team_lists,
        load_care_lists,
        load_causes,
        load_case_catalogue,
        load_required_parties,
        load_wish_lists,
        load_studio_kinds,
    )
    lists = sum(load(by=by, now=now) for load in loaders)
    today = timezone.localdate(now)
    tops = list(Node.objects.in_force(today).filter(parent=None).order_by("path"))
    rules = templates = 0
    for top in tops:
        # From new year on: the year's appraisal asks for the rules of its first day.
        since = date(today.year, 1, 1)
        rules += len(load_standard_policies(node=top, by=by, now=now, since=since))
        templates += load_templates(node=top, by=by, now=now)
        templates += load_pledge_templates(node=top, by=by, now=now)
    said = {"lists": lists, "rules": rules, "templates": templates}
    click.echo(_("Added: %(lists)d lines of lists, %(rules)d rules, %(templates)d templates.") % said)
    if not tops:
        click.echo(_("There is no tree yet: rules and templates come when this is run again after import-tree."))
