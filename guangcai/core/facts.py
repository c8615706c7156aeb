"""The base of every fact row (docs/adr/0004): a key of our own and the district it belongs to."""

from functools import cache
from typing import Any

from django.db import models
from django.utils.encoding import force_str

from guangcai.core.ids import new_id


class Fact(models.Model):
    """Something that happened in one district.

    `id` may be supplied by the client: sending it twice is the same fact, not a second one.
    `district_code` never changes (six digits): it is the key by which a country is sharded.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    district_code = models.CharField(max_length=6, editable=False)

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: "models.Field[Any, Any]") -> str:  # noqa: N802  Django calls it so.
        """get_..._display(). Django would gather the words of the whole column for every row of a list."""
        value = getattr(self, field.attname)
        return str(force_str(_words_of(field).get(value, value), strings_only=True))


@cache
def _words_of(field: "models.Field[Any, Any]") -> dict[Any, Any]:
    """What each choice is called; still lazy, so that every reader has his language."""
    return dict(field.flatchoices)
