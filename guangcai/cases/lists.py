"""The list of this room that the district keeps on a screen."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guangcai.cases.models import Category, Item
from guangcai.core.errors import Text
from guangcai.core.kinds import KindList


def _why_not_end(row: Category) -> Text:
    """A category goes when its items have gone: an item without one stands on no shelf."""
    items = Item.objects.in_force(timezone.localdate()).filter(category=row)
    return _("It still has items: end those first.") if items.exists() else ""


LISTS = (KindList("request-categories", gettext_lazy("Categories of requests"), Category, why_not_end=_why_not_end),)
