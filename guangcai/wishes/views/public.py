"""Without an account: the wall of a community, making a wish, following one's own with its code."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guangcai.accounts.commands.limits import take
from guangcai.core.errors import RuleBroken
from guangcai.core.http import ActorRequest, posted, show_refusal
from guangcai.core.text import spelled
from guangcai.orgs.merged import community_at
from guangcai.orgs.models import Node
from guangcai.wishes import commands, rules, words
from guangcai.wishes.enums import WishState
from guangcai.wishes.forms import AnswerForm, CodeForm, OwnThanksForm, SaidForm
from guangcai.wishes.models import WishAsker
from guangcai.wishes.queries import wishes as queries


def _community(code: str) -> Node:
    return community_at(code, Node.objects.in_force(timezone.localdate()).communities())


@require_safe
def walls(request: ActorRequest) -> HttpResponse:
    """The communities, each with a link to its wall, and a box for one's own code."""
    nodes = Node.objects.in_force(timezone.localdate()).communities().order_by("code")
    return render(request, "wishes/walls.html", {"nodes": nodes, "form": CodeForm()})


@require_safe
def wall(request: ActorRequest, community: str) -> HttpResponse:
    """What is wished for in a community, and thanks; nothing that leads to a person."""
    node = _community(community)
    context = {"community": node, "rows": queries.wall_of(node), "thanks": queries.thanks_of(node)}
    return render(request, "wishes/wall.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: ActorRequest, community: str) -> HttpResponse:
    """A resident makes a wish himself; he is led to the page on which he follows it."""
    node, form = _community(community), SaidForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            _check_pace(request, node)
            row = commands.ask_wish(
                community=node, draft=form.draft(), by=request.actor, now=timezone.now(), id=form.cleaned_data["id"]
            )
            messages.success(request, _("Thank you. The community desk reads it. Keep the code on this page."))
            return redirect("wishes:followed", row.asker.code)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = {"community": node, "form": form}
    return render(request, "wishes/ask.html", context, status=422 if form.errors else 200)


def _check_pace(request: HttpRequest, node: Node) -> None:
    now, address = timezone.now(), get_adapter(request).get_client_ip(request)
    rules.check_not_flooding(
        of_address=take(rules.WISHES_OF_ADDRESS, address, now=now),
        of_community=take(rules.WISHES_OF_COMMUNITY, node.code, now=now),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: ActorRequest) -> HttpResponse:
    """From a typed code to the page of the wish. It looks nothing up."""
    form = CodeForm(posted(request))
    if not form.is_valid():
        return render(request, "wishes/follow.html", {"form": form}, status=422 if form.errors else 200)
    code = form.cleaned_data["code"]
    return redirect("wishes:followed", code) if code.isascii() else _unknown(request, code)


def _unknown(request: ActorRequest, code: str) -> HttpResponse:
    """Whatever was typed stands in the box again."""
    context = {"form": CodeForm(initial={"code": code[:40]}), "is_unknown": True}
    return render(request, "wishes/follow.html", context, status=404)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def followed(request: ActorRequest, code: str) -> HttpResponse:
    """How far one's wish is; where it is one's turn, the answer. Nothing of who fulfils it."""
    asker = queries.asker_of(code)
    if asker is None:
        return _unknown(request, code)
    form = _form_for(request, asker)
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            messages.success(request, _said(request, asker, form))
            return redirect("wishes:followed", code)
        except RuleBroken as broken:
            show_refusal(form, broken)
    context = _followed(asker) | {"form": form, "code": code, "spelled": spelled(code, each=4)}
    return render(request, "wishes/followed.html", context, status=422 if form and form.errors else 200)


def _form_for(request: ActorRequest, asker: WishAsker) -> AnswerForm | OwnThanksForm | None:
    """What the wisher can say now: whether it came true, later a few words of thanks."""
    sent, state = posted(request), asker.wish.state
    if state == WishState.FULFILLED or (sent and "came_true" in sent):
        return AnswerForm(sent)
    has_thanked = hasattr(asker.wish, "thanks")
    return OwnThanksForm(sent) if state == WishState.CONFIRMED and (sent or not has_thanked) else None


def _said(request: ActorRequest, asker: WishAsker, form: AnswerForm | OwnThanksForm) -> str:
    now = timezone.now()
    if isinstance(form, AnswerForm):
        word = form.word()
        commands.answer_with_code(asker=asker, word=word, by=request.actor, now=now)
        return _("We are glad.") if word.came_true else _("Noted: the wish goes on, and whoever has it is told.")
    cleaned = form.cleaned_data
    commands.thank_with_code(asker=asker, words=cleaned["words"], agrees=cleaned["agrees"], by=request.actor, now=now)
    return _("Thank you. The community desk reads it.")


def _followed(asker: WishAsker) -> dict[str, object]:
    wish = asker.wish
    asked = wish.fulfilments.filter(answer=None).order_by("-told_at").first()
    shown = getattr(wish, "thanks", None)
    return {
        "wish": wish,
        "title": wish.title or _("Your wish"),
        "said": asker.said,
        "tone": words.TONES[WishState(wish.state)],
        "steps": words.steps_of(wish),
        "asked": asked if wish.state == WishState.FULFILLED else None,
        "thanks": shown,
        "agrees": shown is not None and shown.consents.filter(withdrawn_at=None).exists(),
        "may_take_back": wish.state not in (WishState.CONFIRMED, WishState.ENDED),
    }


@never_cache
@require_POST
def taking_back(request: ActorRequest, code: str) -> HttpResponse:
    """The wisher takes back his wish, or that his thanks are shown."""
    asker = queries.asker_of(code)
    if asker is None:
        return _unknown(request, code)
    if request.POST.get("what") == "thanks":
        commands.withdraw_consent(asker=asker, by=request.actor, now=timezone.now())
        messages.success(request, _("Taken back: nobody reads your thanks any more."))
    else:
        commands.take_back_wish(asker=asker, by=request.actor, now=timezone.now())
        messages.success(request, _("Taken back."))
    return redirect("wishes:followed", code)
