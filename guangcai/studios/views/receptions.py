"""What somebody asked and was told, written down in a few taps: it is a case."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from guangcai.activities.models import SignUp
from guangcai.cases.models import Asker, Case
from guangcai.core.asking import Page, ask
from guangcai.core.http import ActorRequest, posted
from guangcai.core.permissions import Permission
from guangcai.core.text import spelled
from guangcai.members.models import Member
from guangcai.studios import commands
from guangcai.studios.enums import TicketState
from guangcai.studios.forms import NoteForm
from guangcai.studios.models import Ticket
from guangcai.studios.queries.line import noted
from guangcai.studios.views.line import found_ticket


@login_required
@require_http_methods(["GET", "POST"])
def note(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The note of one number; afterwards the code with which the resident follows it is shown once."""
    ticket = found_ticket(request, pk)
    back = reverse("studios:session", args=[ticket.shift_id])
    is_late = ticket.state not in (TicketState.CALLED, TicketState.RECEIVED) or noted([ticket])
    if request.method != "POST" and is_late:
        return redirect(back)
    own = request.actor.member_id
    form = NoteForm(
        posted(request), community=ticket.community, people=_people(request, ticket), initial={"seen_to_by": own}
    )
    made: list[Case] = []

    def act() -> str:
        made.append(commands.note_reception(ticket=ticket, note=form.note(), by=request.actor, now=timezone.now()))
        return back

    title = pgettext("studio", "Note of number %(number)d") % {"number": ticket.number}
    hint = _("It becomes a request. Leave names out: whoever sees requests reads it.")
    page = Page(title, pgettext("studio", "Write it down"), (back, ticket.shift.activity.title), hint=hint)
    return ask(request, form, act, page, said=_Said(made), names={"note": "said", "worker": "seen_to_by"})


class _Said:
    """What is said once it is written down: the number of the request, and the code for the resident."""

    def __init__(self, made: list[Case]) -> None:
        self.made = made

    def __str__(self) -> str:
        case = self.made[-1]
        code = spelled(Asker.objects.get(case=case).code, each=5)
        words = _("Written down as %(number)s. The resident follows it with the code %(code)s.")
        return words % {"number": case.number, "code": code}


def _people(request: ActorRequest, ticket: Ticket) -> "object":
    """Who can follow it up: whoever sits there; a member who writes it down only himself."""
    seats = SignUp.objects.placed().filter(shift=ticket.shift).values("member")
    people = Member.objects.visible_to(request.actor).filter(pk__in=seats).order_by("name_pinyin", "pk")
    is_desk = request.actor.can(Permission.STUDIO_EDIT, ticket.path)
    return people if is_desk else people.filter(pk=request.actor.member_id)
