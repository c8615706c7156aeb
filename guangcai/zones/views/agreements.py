"""Agreements: a member offers, the community draws up, he signs; renewed, worked under, printed, ended."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.commitments.enums import CommitmentState, EndReason
from guangcai.commitments.forms import EndForm, WorkForm, usual_work
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, file_answer, key_in, posted, respond, show_refusal
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.members.models import Member
from guangcai.members.queries.roster import found_by, roster, with_links
from guangcai.orgs.policies import ZoneTerm, in_force_at
from guangcai.zones import commands, papers, rules
from guangcai.zones.forms import DutiesForm, PaperForm, SignatureForm
from guangcai.zones.models import ZoneAgreement, ZoneDuty
from guangcai.zones.queries.holders import party_of
from guangcai.zones.queries.load import commitments_of
from guangcai.zones.views.refusals import refused
from guangcai.zones.views.zones import answer, found

PEOPLE_SHOWN = 12


def found_agreement(request: ActorRequest, pk: UUID) -> ZoneAgreement:
    """The agreement, if the actor may see it: his own, or of the area whose roster he sees; 404 else."""
    rows = ZoneAgreement.objects.visible_to(request.actor)
    return get_object_or_404(rows.select_related("zone__community", "community", "member", "renews"), pk=pk)


def may_act(request: ActorRequest, row: ZoneAgreement, permission: Permission) -> bool:
    """Whether the agreement is the actor's own; for another's he needs `permission` there (403 else)."""
    own = request.actor.member_id == row.member_id
    request.actor.require(Permission.ZONE_CLAIM if own else permission, row.path)
    return own


@login_required
@require_POST
def agreements(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Take a zone: oneself, or for somebody who asked the desk to."""
    zone = found(request, pk)
    key = key_in(request, "member") if request.POST.get("member") else request.actor.member_id
    if key is None:
        request.actor.require(Permission.ZONE_EDIT, zone.path)
        raise RuleBroken(_("Choose who takes the zone."))
    own = key == request.actor.member_id
    member = get_object_or_404(Member.objects.visible_to(request.actor), pk=key)
    try:
        commands.offer_zone(zone=zone, member=member, by=request.actor, now=timezone.now(), id=key_in(request, "id"))
    except RuleBroken as broken:
        return answer(request, zone, problem=refused(broken, zone, own=own))
    if own:
        messages.success(request, _("Noted. The community confirms it next, then you sign the agreement."))
    else:
        messages.success(request, _("%(name)s: noted. Now draw up the agreement.") % {"name": member.name})
    return redirect("zones:zone", zone.pk)


@login_required
@require_safe
def people(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Find somebody who asked for the zone; how many zones each has already stands beside the name."""
    zone = found(request, pk, permission=Permission.ZONE_EDIT)
    if zone.ended_at is not None:
        return redirect("zones:zone", zone.pk)
    text = request.GET.get("q", "").strip()
    rows = with_links(found_by(roster(request.actor), text)).filter(path__under=zone.path)
    members = list(rows.order_by("name_pinyin", "pk")[:PEOPLE_SHOWN]) if text else []
    load = commitments_of([member.pk for member in members])
    context = {"zone": zone, "q": text, "found": [(one, load.get(one.pk, 0), new_id()) for one in members]}
    return respond(request, "zones/people.html#found", context)


@login_required
@require_http_methods(["GET", "POST"])
def confirmation(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Draw up the agreement: term by the rule in force, duties to be checked, before it goes to the member."""
    row, now = found_agreement(request, pk), timezone.now()
    request.actor.require(Permission.ZONE_EDIT, row.path)
    if request.method != "POST" and row.state != CommitmentState.OFFERED:
        return redirect("zones:zone", row.zone_id)
    duty = row.renews.duties if row.renews else ZoneDuty.objects.get(kind=row.zone.kind).duties
    form = DutiesForm(posted(request), initial={"duties": duty})
    if request.method == "POST" and form.is_valid():
        try:
            commands.confirm_agreement(agreement=row, by=request.actor, now=now, **form.cleaned_data)
            messages.success(request, _("Drawn up. %(name)s is told and can sign.") % {"name": row.member.name})
            return redirect("zones:zone", row.zone_id)
        except RuleBroken as broken:
            show_refusal(form, broken)
    rule, today = in_force_at(ZoneTerm, path=row.path, on=localdate(now)), localdate(now)
    term = rules.term(max(row.starts_on or today, today), months=rule.months, remind_days=rule.remind_days)
    context = {"form": form, "agreement": row, "term": term}
    return render(request, "zones/confirmation.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def signature(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Sign: the member with his name under what he has read, the desk notes a signed paper."""
    row, now = found_agreement(request, pk), timezone.now()
    own = may_act(request, row, Permission.ZONE_EDIT)
    if request.method != "POST" and row.state != CommitmentState.CONFIRMED:
        return redirect("zones:zone", row.zone_id)
    form: SignatureForm | PaperForm = (
        SignatureForm(posted(request)) if own else PaperForm(posted(request), initial={"signed_on": localdate(now)})
    )
    if request.method == "POST" and form.is_valid():
        how = {"paper": form.paper()} if isinstance(form, PaperForm) else form.cleaned_data
        try:
            commands.sign_agreement(agreement=row, by=request.actor, now=now, **how)
            messages.success(request, _("Signed. From now on work in this zone can be written down."))
            return redirect("zones:zone", row.zone_id)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "agreement": row, "own": own, "community": party_of(row.community)}
    return render(request, "zones/signature.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def renewal(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Go on after the term: by the holder, or by the desk for him."""
    row = found_agreement(request, pk)
    own = may_act(request, row, Permission.ZONE_EDIT)
    try:
        made = commands.offer_renewal(agreement=row, by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        return answer(request, row.zone, problem=refused(broken, row.zone, own=own))
    if not own:
        return redirect("zones:confirmation", made.pk)
    messages.success(request, _("Noted. The community confirms the renewal next, then you sign it."))
    return redirect("zones:zone", row.zone_id)


@login_required
@require_http_methods(["GET", "POST"])
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """End an agreement, withdraw an offer, or do not confirm it."""
    row = found_agreement(request, pk)
    own = may_act(request, row, Permission.ZONE_EDIT)
    if request.method != "POST" and row.ended_at is not None:
        return redirect("zones:zone", row.zone_id)
    form = EndForm(posted(request), own=own)
    if request.method == "POST" and form.is_valid():
        reason, note = EndReason(form.cleaned_data["reason"]), form.cleaned_data["note"]
        try:
            commands.end_agreement(agreement=row, reason=reason, note=note, by=request.actor, now=timezone.now())
            messages.success(request, _("Ended. Service given until now stays on record."))
            return redirect("zones:zone", row.zone_id)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "agreement": row, "own": own}
    return render(request, "zones/agreement_end.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def work(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Write down work done in a zone; it counts once somebody else has confirmed it."""
    row, now = found_agreement(request, pk), timezone.now()
    own = may_act(request, row, Permission.ENTRY_RECORD)
    if request.method != "POST" and row.state != CommitmentState.HELD:
        return redirect("zones:zone", row.zone_id)
    form = WorkForm(posted(request), initial=usual_work(now=now))
    if request.method == "POST" and form.is_valid():
        try:
            commands.log_work(agreement=row, work=form.work(), by=request.actor, now=now)
            messages.success(request, _("Written down. It counts once the community has confirmed it."))
            return redirect("zones:zone", row.zone_id)
        except RuleBroken as broken:
            show_refusal(form, broken)
    name, zone = "" if own else row.member.name, row.zone
    context = {"form": form, "title": zone.name, "name": name, "back": zone.get_absolute_url()}
    return render(request, "commitments/work.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def paper(request: ActorRequest, pk: UUID, kind: str) -> HttpResponse:
    """The agreement as Word or PDF: for the holder, and for those who see the roster there."""
    makers = {"docx": papers.agreement_docx, "pdf": papers.agreement_pdf}
    row = found_agreement(request, pk)
    if kind not in makers or not row.number:
        raise Http404
    name = _("Zone agreement %(zone)s %(number)s") % {"zone": row.zone.name, "number": row.number}
    return file_answer(makers[kind](row), name=name, kind=kind)
