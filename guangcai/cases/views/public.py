"""A resident asks for something without an account. What he is told in the end is the code he follows it with."""

from uuid import UUID

from allauth.account.adapter import get_adapter
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from guangcai.accounts.commands.limits import take
from guangcai.cases import commands, doors
from guangcai.cases.forms_public import PublicForm
from guangcai.cases.models import Case
from guangcai.cases.queries import public as queries
from guangcai.cases.views.following import keep_open, kept_open
from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.core.text import spelled


@require_safe
def communities(request: ActorRequest) -> HttpResponse:
    """Whose desk shall read it: every community with a desk."""
    return render(request, "cases/public/communities.html", {"rows": queries.communities(on=timezone.localdate())})


@require_safe
def shelves(request: ActorRequest, code: str) -> HttpResponse:
    """Seven categories, a tap opens one; before all of them the numbers to ring in danger."""
    on = timezone.localdate()
    community = queries.community_of(code, on=on)
    rows = queries.shelves(community, on=on)
    return render(request, "cases/public/shelves.html", {"community": community, "shelves": rows})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: ActorRequest, code: str, item: int) -> HttpResponse:
    """What, where, how to reach, and the item's own questions on one page. Who is signed in makes no difference."""
    on = timezone.localdate()
    community = queries.community_of(code, on=on)
    row = queries.item_of(community, item, on=on)
    if row is None:
        raise Http404
    form = PublicForm(posted(request), request.FILES or None, community=community, item=row)
    if request.method == "POST" and form.is_valid():
        try:
            return keep_open(redirect("cases:public_received"), _raise(request, form), is_new=True)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"form": form, "community": community, "item": row}
    return render(request, "cases/public/ask.html", context, status=422 if form.errors else 200)


def _raise(request: ActorRequest, form: PublicForm) -> Case:
    now, address = timezone.now(), get_adapter(request).get_client_ip(request)
    phone = form.cleaned_data["phone"]
    doors.check_not_flooding(
        of_address=take(doors.RAISED_OF_ADDRESS, address, now=now),
        of_phone=take(doors.RAISED_OF_PHONE, phone, now=now) if phone else 0,
    )
    return commands.raise_case(draft=form.draft(), by=Actor(), now=now)


@never_cache
@require_safe
def received(request: ActorRequest) -> HttpResponse:
    """Number and code, once, to be written down or printed; 30 minutes in this browser and nowhere else."""
    pk: UUID | None = kept_open(request, is_new=True)
    own = queries.own_case(pk) if pk else None
    if own is None:
        return redirect("cases:public_follow")
    case = own.case
    numbers = case.item.emergency.split() or doors.numbers_for(case.what)
    context = {"own": own, "case": case, "code": spelled(case.asker.code, each=5), "numbers": numbers}
    return render(request, "cases/public/received.html", context)
