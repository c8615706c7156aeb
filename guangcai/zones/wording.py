"""Zones in plain words, for entries, papers and lists."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from guangcai.zones.models import Zone


def work_title(zone: Zone) -> str:
    """What an entry is called that was written down in a zone: in the language of the installation."""
    with override(settings.LANGUAGE_CODE):
        return _("Zone %(zone)s") % {"zone": zone.name}
