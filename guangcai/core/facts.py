"""The base of every fact row (docs/adr/0004): a key of our own and the district it belongs to."""

from django.db import models

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
