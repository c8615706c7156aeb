"""Choosing the forms of the set, and printing it for a whole community."""

import base64
import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from guangcai.core import audit, jobs
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import OutOfScope
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.members.commands import record_export
from guangcai.members.models import Member
from guangcai.orgs.facts import of_community
from guangcai.orgs.models import Node
from guangcai.reports import papers, rules
from guangcai.reports.enums import FormCode, Part
from guangcai.reports.models import FormBundle, FormSet, FormSetLine
from guangcai.reports.people import community_facts, people, printable

PRINT_JOB = "reports.print_forms"
MEMBERS_A_FILE = 50
KEPT = timedelta(days=1)


@transaction.atomic
def choose_forms(
    *, node: Node, forms: Sequence[FormCode], file: Sequence[FormCode], source: str, by: Actor, now: datetime
) -> FormSet:
    """Say which three forms and which file make the set of `node` and everything below. Harmless twice.

    The documents name the set without its contents, so the district decides (right POLICY_EDIT). Source: A47.
    """
    by.require(Permission.POLICY_EDIT, node.path)
    rules.check_set(forms=forms, files=file)
    Node.objects.select_for_update(of=("self",), no_key=True).get(pk=node.pk)
    row, _is_new = FormSet.objects.update_or_create(
        node=node, defaults={"path": node.path, "source": source.strip(), "set_at": now, "set_by": by.user_id}
    )
    row.lines.all().delete()
    parts = [*((code, Part.FORM) for code in forms), *((code, Part.FILE) for code in file)]
    FormSetLine.objects.bulk_create(
        FormSetLine(form_set=row, position=number, form=code, part=part)
        for number, (code, part) in enumerate(parts, start=1)
    )
    audit.record(Tag.FORM_SET_CHANGE, by=by, on=row, now=now, forms=[str(code) for code, _part in parts])
    return row


@transaction.atomic
def ask_to_print(*, id: UUID, community: Node, year: int, reason: str, by: Actor, now: datetime) -> FormBundle:
    """Have the set of every member of a community printed in the background. The same id again is the same print.

    Restricted and written down like every list that leaves the house. Raises RuleBroken(field="reason"), no_set.
    """
    by.require(Permission.ROSTER_EXPORT, community.path)
    asked_by = by.user_id
    if asked_by is None:
        raise OutOfScope()
    if found := already(FormBundle, id, community_id=community.pk, year=year, asked_by=asked_by):
        return found
    rules.check_chosen(has_set=FormSet.objects.at(community.path) is not None)
    count = printable(by).filter(community=community).count()
    record_export(path=community.path, rows=count, reason=reason, what="form_set", by=by, now=now)
    row = FormBundle.objects.create(**of_community(community), id=id, year=year, asked_by=asked_by, asked_at=now)
    audit.record(Tag.FORM_SET_PRINT, by=by, on=row, now=now, members=count)
    jobs.enqueue(PRINT_JOB, by=by, now=now, path=community.path, job_id=id, bundle_id=str(row.pk))
    return row


@transaction.atomic
def record_print(*, member: Member, by: Actor, now: datetime, forms: Sequence[FormCode]) -> None:
    """Ask for the right, and write who printed which papers of one member."""
    by.require(Permission.ROSTER_EXPORT, member.path)
    audit.record(Tag.FORM_PRINT, by=by, on=member, now=now, forms=[str(code) for code in forms])


def make_bundle(*, bundle_id: UUID, by: Actor, now: datetime, advance: Callable[[int, int], None]) -> int:
    """Fill a print with the rights of this moment: how many members are in it. Made already: nothing happens."""
    bundle = FormBundle.objects.select_related("community").get(pk=bundle_id)
    if bundle.made_at is not None:
        return 0
    by.require(Permission.ROSTER_EXPORT, bundle.path)
    chosen = FormSet.objects.at(bundle.path)
    rules.check_chosen(has_set=chosen is not None)
    codes = chosen.codes if chosen else []
    members = list(printable(by).filter(community=bundle.community))
    content = _zip(bundle, members, codes, by=by, now=now, advance=advance)
    with transaction.atomic():
        row = FormBundle.objects.select_for_update(of=("self",)).get(pk=bundle_id)
        row.made_at, row.content = now, base64.b64encode(content).decode()
        row.save(update_fields=["made_at", "content"])
    return len(members)


def _zip(
    bundle: FormBundle,
    members: Sequence[Member],
    codes: Sequence[FormCode],
    *,
    by: Actor,
    now: datetime,
    advance: Callable[[int, int], None],
) -> bytes:
    """The community's lists in one PDF, the members' papers in one for every fifty, by pinyin."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        lists = papers.papers_for(community_facts(bundle.community, on=localdate(now), actor=by), codes)
        if lists:
            archive.writestr(f"00 {bundle.community.name}.pdf", papers.as_pdf(lists, now=now))
        for start in range(0, len(members), MEMBERS_A_FILE):
            part = members[start : start + MEMBERS_A_FILE]
            sheets = [
                paper
                for person in people(part, year=bundle.year, actor=by)
                for paper in papers.papers_of(person, codes, year=bundle.year)
            ]
            if sheets:
                name = _("%(first)03d-%(last)03d %(from)s to %(to)s") % {
                    "first": start + 1,
                    "last": start + len(part),
                    "from": part[0].name,
                    "to": part[-1].name,
                }
                archive.writestr(f"{name}.pdf", papers.as_pdf(sheets, now=now))
            advance(start + len(part), len(members))
    return out.getvalue()


@transaction.atomic
def remove_old(*, by: Actor, now: datetime) -> int:
    """Forget what was printed more than a day ago; how many. For the nightly job."""
    return FormBundle.objects.filter(asked_at__lt=now - KEPT).delete()[0]
