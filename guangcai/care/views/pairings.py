"""Pairings: the desk looks for somebody and invites him; the member says yes or no; a household is handed over."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.care import commands
from guangcai.care.enums import PairingEnd, PairingKind
from guangcai.care.forms import AskedForm, EndPairingForm, OfferCareForm
from guangcai.care.models import CareOffer, Household, Pairing
from guangcai.care.queries.households import own_pairings
from guangcai.care.queries.load import households_of, willing_among
from guangcai.care.views.households import answer, found
from guangcai.commitments.belonging import place_now
from guangcai.commitments.enums import CommitmentState
from guangcai.core.errors import DomainError, RuleBroken
from guangcai.core.http import ActorRequest, key_in, posted, respond, show_refusal
from guangcai.core.ids import new_id
from guangcai.core.permissions import Permission
from guangcai.core.screens import Refused
from guangcai.members.models import Member
from guangcai.members.queries.roster import found_by, roster, with_links
from guangcai.orgs.policies import HouseholdLimit, in_force_at

PEOPLE_SHOWN = 12


def found_pairing(request: ActorRequest, pk: UUID) -> Pairing:
    """One's own pairing, or one of the desk's area; 404 else."""
    rows = Pairing.objects.visible_to(request.actor)
    return get_object_or_404(rows.select_related("household__community", "household__place", "member"), pk=pk)


def may_act(request: ActorRequest, pairing: Pairing) -> bool:
    """Whether the pairing is the actor's own; for another's he runs the desk there (403 else)."""
    own = request.actor.member_id is not None and request.actor.member_id == pairing.member_id
    if not own:
        request.actor.require(Permission.CARE_EDIT, pairing.path)
    return own


def refused(error: DomainError, row: Household) -> Refused:
    """A refusal with what helps."""
    people = (_("Choose somebody else"), reverse("care:people", args=[row.pk]))
    steps = {
        "no_consent": (_("Note the consent"), reverse("care:consent", args=[row.pk])),
        "guardian_missing": (_("Enter the guardian"), reverse("care:edit", args=[row.pk])),
        "has_pairing": (_("See the household"), row.get_absolute_url()),
        "household_ended": (_("See all households"), reverse("care:list")),
    }
    return Refused(error.code, str(error.message), *steps.get(error.code, people))


@login_required
@require_safe
def mine(request: ActorRequest) -> HttpResponse:
    """The households I look after, and invitations I have not answered."""
    return _mine(request)


def _mine(request: ActorRequest, *, form: OfferCareForm | None = None) -> HttpResponse:
    rows = own_pairings(request.actor, now=timezone.now())
    context = {
        "asked": [one for one in rows if one.home is None],
        "rows": [one for one in rows if one.home is not None],
        "is_member": request.actor.member_id is not None,
        "offer": CareOffer.objects.open().filter(member=request.actor.member_id).first(),
        "form": form or OfferCareForm(initial={"id": new_id()}),
    }
    return render(request, "care/mine.html", context, status=422 if form else 200)


@login_required
@require_POST
def offers(request: ActorRequest) -> HttpResponse:
    """The member would look after a household: a word to the desk."""
    member = get_object_or_404(Member.objects.visible_to(request.actor), pk=request.actor.member_id)
    form = OfferCareForm(posted(request))
    if not form.is_valid():
        return _mine(request, form=form)
    try:
        commands.offer_care(member=member, **form.cleaned_data, by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        show_refusal(form, broken)
        return _mine(request, form=form)
    messages.success(request, _("The desk knows. It asks you when a household fits; you can still say no."))
    return redirect("care:mine")


@login_required
@require_POST
def offer_end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Take one's own offer back."""
    row = get_object_or_404(CareOffer.objects.filter(member=request.actor.member_id), pk=pk)
    commands.withdraw_offer(offer=row, by=request.actor, now=timezone.now())
    messages.success(request, _("Taken back."))
    return redirect("care:mine")


@login_required
@require_safe
def people(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Find a member to invite; with `from` the one who hands over."""
    row = found(request, pk, permission=Permission.CARE_EDIT)
    if row.ended_at is not None:
        return redirect(row)
    text = request.GET.get("q", "").strip()
    found_here = _members(request, row, text).order_by("name_pinyin", "pk")
    if not text:
        # Who has offered himself stands there before anybody searches.
        found_here = found_here.filter(pk__in=CareOffer.objects.visible_to(request.actor).open().values("member"))
    members = list(found_here[:PEOPLE_SHOWN])
    willing = willing_among(member.pk for member in members)
    held = households_of([member.pk for member in members])
    kind = request.GET.get("kind", "")
    context = {
        "household": row,
        "q": text,
        "kind": kind if kind in PairingKind.values else PairingKind.CONTACT.value,
        "kinds": PairingKind.choices,
        "pairing": _handed_over(request, row),
        "most": in_force_at(HouseholdLimit, path=row.path, on=localdate()).households,
        "found": [(member, held.get(member.pk, 0), new_id(), willing.get(member.pk)) for member in members],
    }
    return respond(request, "care/people.html#found", context)


def _members(request: ActorRequest, row: Household, text: str) -> QuerySet[Member]:
    return with_links(found_by(roster(request.actor), text)).filter(path__under=place_now(row.path))


def _handed_over(request: ActorRequest, row: Household) -> Pairing | None:
    """The live pairing that is handed over, as the address says; None for an invitation."""
    if not (text := request.GET.get("from", "")):
        return None
    live = Pairing.objects.visible_to(request.actor).live().filter(household=row).select_related("member")
    return next((pairing for pairing in live if str(pairing.pk) == text), None)


@login_required
@require_POST
def pairings(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Invite a member to look after a household."""
    row, now = found(request, pk, permission=Permission.CARE_EDIT), timezone.now()
    member = get_object_or_404(Member.objects.visible_to(request.actor), pk=key_in(request, "member"))
    kind = request.POST.get("kind", "")
    if kind not in PairingKind.values:
        raise RuleBroken(_("Choose the kind of pairing."), field="kind")
    try:
        made = commands.offer_pairing(
            household=row,
            member=member,
            kind=PairingKind(kind),
            by=request.actor,
            now=now,
            id=key_in(request, "id"),
        )
    except RuleBroken as broken:
        return answer(request, row, problem=refused(broken, row))
    if made.confirmed_at is None:
        messages.success(request, _("Noted. A colleague has to confirm it, because it is for yourself."))
    else:
        messages.success(request, _("%(name)s is asked, and says yes or no on the phone.") % {"name": member.name})
    return redirect(row)


@login_required
@require_POST
def confirmation(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Another one of the desk agrees to what a colleague takes on himself."""
    pairing = found_pairing(request, pk)
    request.actor.require(Permission.CARE_EDIT, pairing.path)
    try:
        commands.confirm_pairing(pairing=pairing, by=request.actor, now=timezone.now())
    except RuleBroken as broken:
        return answer(request, pairing.household, problem=refused(broken, pairing.household))
    messages.success(request, _("Confirmed. It can be taken up now."))
    return redirect(pairing.household)


@login_required
@require_http_methods(["GET", "POST"])
def tenure(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Say yes: the member with one button, the desk for somebody who said so, and how."""
    pairing = found_pairing(request, pk)
    own = may_act(request, pairing)
    back = reverse("care:mine") if own else pairing.household.get_absolute_url()
    if request.method != "POST" and (own or pairing.state != CommitmentState.CONFIRMED):
        return redirect(back)
    form = AskedForm(posted(request))
    if request.method == "POST" and (own or form.is_valid()):
        asked = "" if own else form.cleaned_data["asked"]
        try:
            commands.take_up(pairing=pairing, by=request.actor, now=timezone.now(), asked=asked)
        except RuleBroken as broken:
            messages.error(request, str(broken.message))
            return redirect(back)
        messages.success(request, _("Taken up. The record can be opened from today on."))
        return redirect(pairing.household)
    context = {"form": form, "pairing": pairing, "back": back}
    return render(request, "care/tenure.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """End a pairing, or say no to an invitation."""
    pairing = found_pairing(request, pk)
    own = may_act(request, pairing)
    back = reverse("care:mine") if own else pairing.household.get_absolute_url()
    if request.method != "POST" and pairing.ended_at is not None:
        return redirect(back)
    form = EndPairingForm(posted(request), own=own)
    if request.method == "POST" and form.is_valid():
        reason, note = PairingEnd(form.cleaned_data["reason"]), form.cleaned_data["note"]
        try:
            commands.end_pairing(pairing=pairing, reason=reason, note=note, by=request.actor, now=timezone.now())
            messages.success(request, _("Ended. Visits and service stay on record."))
            return redirect(back)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "pairing": pairing, "own": own, "back": back}
    return render(request, "care/pairing_end.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def hand_over(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Another member is invited, and the first one's part ends today."""
    pairing = found_pairing(request, pk)
    request.actor.require(Permission.CARE_EDIT, pairing.path)
    member = get_object_or_404(Member.objects.visible_to(request.actor), pk=key_in(request, "member"))
    row = pairing.household
    try:
        commands.hand_over(
            pairing=pairing, to_member=member, by=request.actor, now=timezone.now(), id=key_in(request, "id")
        )
    except RuleBroken as broken:
        return answer(request, row, problem=refused(broken, row))
    messages.success(request, _("Handed over: %(name)s is asked.") % {"name": member.name})
    return redirect(row)
