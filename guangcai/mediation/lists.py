"""The list of this room that the district keeps on a screen."""

from django.utils.translation import gettext_lazy as _

from guangcai.core.kinds import KindList
from guangcai.mediation.models import CauseKind

LISTS = (KindList("quarrels", _("Causes of quarrels"), CauseKind),)
