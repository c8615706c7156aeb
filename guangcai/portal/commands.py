"""What the portal writes: a suggestion, and its answer."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from guangcai.core import audit
from guangcai.core.actor import Actor
from guangcai.core.audit_tags import Tag
from guangcai.core.errors import Conflict, RuleBroken
from guangcai.core.once import already
from guangcai.core.permissions import Permission
from guangcai.orgs.enums import Level
from guangcai.orgs.models import Node
from guangcai.portal import rules
from guangcai.portal.models import Suggestion


@transaction.atomic
def add_suggestion(*, id: UUID, text: str, place: Node, contact: str = "", by: Actor, now: datetime) -> Suggestion:
    """Hand in a complaint or suggestion; anybody may, without an account.

    place: the community, or the district when the writer names none. contact: as he wrote it, kept sealed.
    Sent twice with one id it is one suggestion. Raises RuleBroken(field="text").
    """
    text = rules.check_text(text, field="text")
    if sent_before := already(Suggestion, id, text=text, path=place.path):
        return sent_before
    suggestion = Suggestion(
        id=id,
        district_code=place.district_code,
        community=place if place.level == Level.COMMUNITY else None,
        path=place.path,
        text=text,
        contact=contact.strip()[: rules.CONTACT_LENGTH],
        written_at=now,
        written_by=by.user_id,
    )
    suggestion.save(force_insert=True)
    audit.record(Tag.SUGGESTION_ADD, by=by, on=suggestion, now=now)
    return suggestion


@transaction.atomic
def answer_suggestion(*, suggestion: Suggestion, answer: str, by: Actor, now: datetime) -> Suggestion:
    """Answer a suggestion, once. The same answer again changes nothing; another one raises Conflict."""
    by.require(Permission.SUGGESTION_READ, suggestion.path)
    answer = rules.check_text(answer, field="answer")
    suggestion = Suggestion.objects.select_for_update(of=["self"]).get(pk=suggestion.pk)
    if suggestion.answered_at is not None:
        if suggestion.answer != answer:
            raise Conflict(_("A colleague has answered this meanwhile. Load the page again."), code="answered")
        return suggestion
    suggestion.answer, suggestion.answered_at, suggestion.answered_by = answer, now, by.user_id
    suggestion.save(update_fields=["answer", "answered_at", "answered_by"])
    audit.record(Tag.SUGGESTION_ANSWER, by=by, on=suggestion, now=now)
    return suggestion


def check_not_flooding(tries: int) -> None:
    """Raises RuleBroken when one network address has written too much today."""
    if tries > rules.SUGGESTIONS_OF_ADDRESS.most:
        raise RuleBroken(
            _("A lot has come from this network today. Write again tomorrow, or tell the community desk."),
            code="too_many",
        )
