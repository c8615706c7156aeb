"""Words of papers that are made of what was agreed."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from guangcai.councils.models import AgreementItem
from guangcai.orgs.models import Node


def party_of(community: Node) -> str:
    """The community as a party: with the street above it."""
    return f"{community.parent.name}{community.name}" if community.parent else community.name


def items_in_words(items: Iterable[AgreementItem]) -> str:
    """One line each: "1. Opens its sports ground: 24 times"."""
    told = [{"text": one.text, "quantity": one.quantity, "measure": one.measure} for one in items]
    return "\n".join(
        f"{number}. " + _("%(text)s: %(quantity)d %(measure)s") % one for number, one in enumerate(told, start=1)
    )
