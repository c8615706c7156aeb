"""The door: a member reports in with his own phone, without an account, in under a minute.

Nobody learns from it who is known: the answer is the same for every phone, and data is filled in only after a code
that was sent to that phone, or printed on that person's invitation.
"""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.members import commands, keys
from guangcai.members.commands import proof
from guangcai.members.enums import Channel
from guangcai.members.forms import CodeForm, DoorForm, PhoneForm, intentions_of
from guangcai.members.models import Member
from guangcai.members.queries import door
from guangcai.orgs.enums import Level
from guangcai.orgs.merged import LeadsOn, heir_of
from guangcai.orgs.models import Node

SALT = "guangcai.members.door"
PROOF = "members.door.proof"
CODE = "members.door.code"
SENT = "members.door.sent"
PROOF_HOLDS = timedelta(minutes=30)
GET_AND_POST = ["GET", "HEAD", "POST"]


def door_url(community: Node) -> str:
    """The address on the poster of a community: signed, so that nobody makes one up."""
    return settings.SITE_URL.rstrip("/") + reverse("members:door", args=[door_token(community)])


def door_token(community: Node) -> str:
    return signing.Signer(salt=SALT).sign(str(community.pk))


def _community(token: str) -> Node:
    try:
        key = signing.Signer(salt=SALT).unsign(token)
    except signing.BadSignature as forged:
        raise Http404 from forged
    community = get_object_or_404(Node.objects.select_related("successor"), level=Level.COMMUNITY, pk=int(key))
    if community.valid_to is None:
        return community
    # The posters of a community that was merged away still hang.
    heir = heir_of(community)
    if heir is None:
        raise Http404
    raise LeadsOn(token, door_token(heir))


@require_http_methods(GET_AND_POST)
def report_in(request: ActorRequest, token: str) -> HttpResponse:
    """The slip. After a proof it comes filled in."""
    community, now = _community(token), timezone.now()
    notice = commands.notice_in_force(now)
    member = _proven(request, now)
    initial = (door.known_of(member, community) | intentions_of(member)) if member else {}
    form = DoorForm(posted(request), community=community, initial=initial)
    context = {"form": form, "community": community, "notice": notice, "token": token, "is_proven": member is not None}
    if request.method != "POST":
        return render(request, "members/door.html", context)
    if form.is_valid():
        try:
            _hand_in(request, form, community, notice.version, member=member, now=now)
            return redirect("members:door_received", token)
        except RuleBroken as refusal:
            show_refusal(form, refusal)
    return render(request, "members/door.html", context, status=422)


def _hand_in(
    request: ActorRequest, form: DoorForm, community: Node, notice: str, *, member: Member | None, now: datetime
) -> None:
    slip = form.slip(notice=notice, now=now)
    same_phone = member is not None and keys.phone_key(slip.phone) == member.phone_index
    commands.report_in_submit(
        id=form.cleaned_data["id"],
        community=community,
        form=slip,
        channel=Channel.PHONE,
        member=member if same_phone else None,
        by=request.actor,
        now=now,
    )
    request.session[SENT] = {
        "name": slip.name,
        "slip_no": keys.slip_no(community.pk, keys.phone_key(slip.phone)),
        "community": community.pk,
    }


@require_safe
def received(request: ActorRequest, token: str) -> HttpResponse:
    """Received, waits for the desk, number of the slip: the same words for everybody."""
    community = _community(token)
    sent = request.session.get(SENT)
    if not sent or sent["community"] != community.pk:
        return redirect("members:door", token)
    return render(request, "members/door_received.html", {"sent": sent, "community": community, "token": token})


@require_http_methods(GET_AND_POST)
def phone(request: ActorRequest, token: str) -> HttpResponse:
    """Whose data shall be filled in: sends a code, to a known phone as to an unknown one."""
    community = _community(token)
    form = PhoneForm(posted(request))
    context = {"form": form, "community": community, "token": token}
    if request.method == "POST" and form.is_valid():
        try:
            sent = proof.send_code(phone=form.cleaned_data["phone"], now=timezone.now())
            request.session[CODE] = asdict(sent)
            return redirect("members:door_code", token)
        except RuleBroken as refusal:
            form.add_error(refusal.field, str(refusal))
    return render(request, "members/door_phone.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(GET_AND_POST)
def code(request: ActorRequest, token: str) -> HttpResponse:
    """The six digits: of the short message, or of the invitation."""
    community = _community(token)
    if CODE not in request.session:
        return redirect("members:door_phone", token)
    sent = proof.SentCode(**request.session[CODE])
    form = CodeForm(posted(request))
    context: dict[str, Any] = {"form": form, "community": community, "token": token}
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            proof.check_code(sent=sent, code=form.cleaned_data["code"].strip(), community=community, now=now)
            del request.session[CODE]
            request.session[PROOF] = {"phone_index": sent.phone_index, "at": now.isoformat()}
            return redirect("members:door", token)
        except RuleBroken as refusal:
            form.add_error("code", str(refusal))
    return render(request, "members/door_code.html", context, status=422 if request.method == "POST" else 200)


def _proven(request: ActorRequest, now: datetime) -> Member | None:
    """The member whose phone was proven in this browser half an hour ago at most, or who is signed in."""
    held = request.session.get(PROOF)
    if held and now - datetime.fromisoformat(held["at"]) <= PROOF_HOLDS:
        return door.member_with(held["phone_index"])
    return door.member_of_account(request.actor.member_id)
