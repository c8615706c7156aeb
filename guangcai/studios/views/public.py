"""What residents open without an account: when which studio opens, a number, an appointment, one's turn."""

from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.accounts.commands.limits import give_back, take
from guangcai.accounts.rules import Limit
from guangcai.core.actor import Actor
from guangcai.core.asking import Page, ask
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, key_or_none, posted, respond
from guangcai.core.ids import new_id
from guangcai.core.text import spelled
from guangcai.orgs.merged import community_at
from guangcai.studios import commands, keys, rules
from guangcai.studios.enums import Way
from guangcai.studios.forms import CodeForm, SlotForm
from guangcai.studios.models import Studio
from guangcai.studios.queries import studios as queries
from guangcai.studios.queries.line import Turn, line_of, turn_of

# A month of weekly sessions.
SHOWN = 4


@require_safe
def communities(request: ActorRequest) -> HttpResponse:
    """In which community: those that have a studio."""
    return render(request, "studios/public/communities.html", {"rows": queries.communities()})


@require_safe
def community(request: ActorRequest, code: str) -> HttpResponse:
    """The studios of a community: what for, where, when next."""
    place = community_at(code, queries.communities())
    rows = queries.with_numbers(queries.open_to_all(place), now=timezone.now())
    return render(request, "studios/public/community.html", {"community": place, "rows": queries.rows_of(rows)})


@never_cache
@require_safe
def studio(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One studio: opening times, what it offers, a number today, an appointment."""
    return _answer(request, _found(pk))


def _found(pk: UUID) -> Studio:
    rows = Studio.objects.select_related("community", "kind", "host", "point", "activity")
    return get_object_or_404(rows, pk=pk)


def _answer(request: ActorRequest, row: Studio, *, error: RuleBroken | None = None) -> HttpResponse:
    now = timezone.now()
    today = queries.session_today(row, now=now)
    is_open = row.ended_at is None and today is not None and queries.state_of(today, now=now) == "open"
    context = {
        "studio": row,
        "opens": queries.opens_of(row),
        "coming": [one for one in queries.sessions_of(row, now=now, coming=True) if one.state != "off"][:SHOWN],
        "backgrounds": queries.backgrounds_of(row, on=timezone.localdate(now)),
        "today": today if is_open else None,
        "waiting": line_of(today, now=now).ready if is_open and today is not None else 0,
        "takes_appointments": bool(queries.bookable_sessions(row, now=now)),
        "new_id": new_id(),
        "error": error,
    }
    return render(request, "studios/public/studio.html", context, status=422 if error else 200)


@require_POST
def numbers(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Take a number on the phone for the session that is open."""
    row, now = _found(pk), timezone.now()
    today = queries.session_today(row, now=now)
    wanted = commands.Wanted(way=Way.PHONE, id=key_or_none(request.POST.get("id", "")))
    try:
        if today is None:
            raise RuleBroken(_("The studio is not open today. See below when it is."), code="not_today")
        _check_not_flooding(request, rules.NUMBERS_OF_ADDRESS)
        ticket = commands.give_number(shift=today, wanted=wanted, by=Actor(), now=now)
    except RuleBroken as broken:
        return _answer(request, row, error=broken)
    return redirect("studios:public_number", keys.code_of(ticket.pk))


def _address(request: ActorRequest) -> str:
    return str(get_adapter(request).get_client_ip(request))


def _check_not_flooding(request: ActorRequest, limit: Limit, *, subject: str = "") -> None:
    """Raises RuleBroken(code="too_many") when an address or a phone takes too much."""
    if take(limit, subject or _address(request), now=timezone.now()) > limit.most:
        raise RuleBroken(_("Too many numbers from here. Ask at the desk of the studio."), code="too_many")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def appointments(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Make an appointment: one of the free times."""
    row = _found(pk)
    back = reverse("studios:public_studio", args=[row.pk])
    sessions = queries.bookable_sessions(row, now=timezone.now())
    if not sessions and request.method != "POST":
        return redirect(back)
    form = SlotForm(posted(request), sessions=sessions)

    def act() -> str:
        shift, wanted = form.wanted()
        _check_not_flooding(request, rules.NUMBERS_OF_ADDRESS)
        if wanted.phone:
            _check_not_flooding(request, rules.SLOTS_OF_PHONE, subject=wanted.phone)
        ticket = commands.give_number(shift=shift, wanted=wanted, by=Actor(), now=timezone.now())
        return reverse("studios:public_number", args=[keys.code_of(ticket.pk)])

    title = pgettext("studio", "Make an appointment")
    page = Page(title, title, (back, row.name), lead=row.place)
    said = _("Your appointment is made. Keep this page, or write the code down.")
    return ask(request, form, act, page, said=said, names={"slot_at": "slot"})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: ActorRequest) -> HttpResponse:
    """Somebody types the code of a slip."""
    form = CodeForm(posted(request))

    def act() -> str:
        turn = _turn(request, form.cleaned_data["code"])
        if turn is None:
            words = _("No number has this code. Compare it with the slip, or ask at the desk.")
            raise RuleBroken(words, field="code", code="unknown")
        return reverse("studios:public_number", args=[keys.code_of(turn.ticket.pk)])

    back = (reverse("studios:public"), pgettext("studio", "Studios"))
    page = Page(pgettext("ticket", "My number"), pgettext("ticket", "See my turn"), back)
    return ask(request, form, act, page, said=pgettext("ticket", "This is your number."))


@never_cache
@require_safe
def number(request: ActorRequest, code: str) -> HttpResponse:
    """One's turn: how many are before it, whom the counters serve.

    Reading counts no tries, as a GET writes nothing: behind a code of 49 bits stands a number and nobody.
    """
    turn = turn_of(code[:40], now=timezone.now())
    if turn is None:
        raise Http404
    ticket = turn.ticket
    studio: Studio = ticket.shift.activity.studio  # type: ignore[attr-defined]
    shown = {"code": code, "spelled": spelled(keys.code_of(ticket.pk), each=5)}
    context = {"turn": turn, "ticket": ticket, "studio": studio, **shown}
    return respond(request, "studios/public/number.html#turn", context)


def _turn(request: ActorRequest, code: str) -> Turn | None:
    """What a code shows; None for a wrong one, and for every one once an address has tried too many."""
    now, address = timezone.now(), _address(request)
    is_guessing = take(rules.CODES_OF_ADDRESS, address, now=now) > rules.CODES_OF_ADDRESS.most
    turn = turn_of(code[:40], now=now)
    if turn is not None:
        give_back(rules.CODES_OF_ADDRESS, address)
    return None if is_guessing else turn


@require_POST
def end(request: ActorRequest, code: str) -> HttpResponse:
    """Give the number back: the next one is called sooner."""
    if _turn(request, code) is None:
        raise Http404
    commands.leave(code=code, by=Actor(), now=timezone.now())
    messages.success(request, _("Given back. Thank you: the next one is called sooner."))
    return redirect("studios:public_number", code)
