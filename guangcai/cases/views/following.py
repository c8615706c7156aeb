"""A case is followed by its code: read without an account, and answered by whoever asked.

A wrong code is answered like every other wrong code, after the same one look-up; tries are counted by address.
"""

from uuid import UUID

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from guangcai.accounts.commands.limits import give_back, take
from guangcai.cases import commands, doors
from guangcai.cases.forms_public import NOT_SOLVED, SATISFIED, CodeForm, WordForm
from guangcai.cases.models import Case
from guangcai.cases.queries import public as queries
from guangcai.cases.queries.askers import case_of_code
from guangcai.cases.queries.photos import photos_of_code
from guangcai.core.actor import Actor
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal

COOKIE = "own_case"
SALT, NEW_SALT = "guangcai.cases.own", "guangcai.cases.own.new"


def keep_open(response: HttpResponse, case: Case, *, is_new: bool = False) -> HttpResponse:
    """This browser has shown the code, or raised the case: for a while it may read and answer it.

    A signed cookie and no session: a stranger who asks for something leaves no row behind but what he asked.
    """
    response.set_signed_cookie(
        COOKIE,
        str(case.pk),
        salt=NEW_SALT if is_new else SALT,
        max_age=doors.CODE_HOLDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def kept_open(request: ActorRequest, *, is_new: bool = False) -> UUID | None:
    """The case this browser may read now. is_new: only one it has just raised."""
    for salt in (NEW_SALT,) if is_new else (SALT, NEW_SALT):
        kept = request.get_signed_cookie(COOKIE, default=None, salt=salt, max_age=doors.CODE_HOLDS)
        if kept is not None:
            return UUID(kept)
    return None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: ActorRequest) -> HttpResponse:
    """The code, and nothing else, opens a case."""
    form = CodeForm(posted(request))
    if request.method != "POST":
        return render(request, "cases/public/follow.html", {"form": form})
    form.is_valid()
    now, address = timezone.now(), get_adapter(request).get_client_ip(request)
    is_guessing = doors.is_guessing(take(doors.CODES_OF_ADDRESS, address, now=now))
    found = case_of_code(form.cleaned_data.get("code", "")[:40])
    if found is not None and found.anonymised_at is None and not is_guessing:
        give_back(doors.CODES_OF_ADDRESS, address)
        return keep_open(redirect("cases:public_case"), found)
    words = _("Too many wrong codes from here. Try again in an hour, or ask the desk of your community.")
    unknown = _("No request has this code. Compare it with what you wrote down, or ask the desk of your community.")
    form.add_error("code", words if is_guessing else unknown)
    return render(request, "cases/public/follow.html", {"form": form}, status=429 if is_guessing else 422)


@never_cache
@require_http_methods(["GET", "HEAD"])
def case(request: ActorRequest) -> HttpResponse:
    """What was asked, how it stands, what happens next; the last word when it is time for it."""
    return _shown(request, None)


@never_cache
@require_POST
def word(request: ActorRequest) -> HttpResponse:
    """The asker says: solved, or not solved. Not solved is the same case, open again."""
    own = _own(request)
    if own is None:
        return redirect("cases:public_follow")
    form = WordForm(posted(request), may_confirm=own.may_confirm)
    if own.may_reopen and form.is_valid():
        try:
            _say(request, own.case, **form.cleaned_data)
            return redirect("cases:public_case")
        except RuleBroken as broken:
            show_refusal(form, broken)
    elif not own.may_reopen:
        if queries.was_reopened_as(own.case, request.POST.get("note", "")):
            return redirect("cases:public_case")
        form = WordForm(may_confirm=False)
        messages.info(request, _("Nothing is to be said at present: read how it stands."))
    return _shown(request, form)


def _say(request: ActorRequest, row: Case, *, word: str, note: str) -> None:
    told = {"case": row, "code": row.asker.code, "note": note, "by": Actor(), "now": timezone.now()}
    if word == NOT_SOLVED:
        commands.reopen(**told)
        messages.success(request, _("It is open again, under the same number."))
    else:
        commands.confirm_solved(is_satisfied=word == SATISFIED, **told)
        messages.success(request, _("Thank you. The request is solved."))


def _own(request: ActorRequest) -> queries.OwnCase | None:
    pk = kept_open(request)
    return queries.own_case(pk) if pk else None


def _shown(request: ActorRequest, form: WordForm | None) -> HttpResponse:
    own = _own(request)
    if own is None:
        return redirect("cases:public_follow")
    is_refused = form is not None
    if form is None and own.may_reopen:
        form = WordForm(may_confirm=own.may_confirm)
    context = {"own": own, "case": own.case, "form": form, "photos": photos_of_code(own.case)}
    return render(request, "cases/public/case.html", context, status=422 if is_refused else 200)
