"""微心愿: small wishes of residents, taken on and fulfilled; what people gave, with its receipt.

May import: commitments, ledger, members, places and below.
"""

from django.apps import AppConfig


class WishesConfig(AppConfig):
    name = "guangcai.wishes"
    label = "wishes"

    def ready(self) -> None:
        from guangcai.commitments import origins, sources
        from guangcai.core import kinds, matters, reseal
        from guangcai.members import timeline
        from guangcai.wishes import notices
        from guangcai.wishes.commands import movers  # registers how claims follow a merge of two records
        from guangcai.wishes.commands.claims import SOURCE
        from guangcai.wishes.lists import LISTS
        from guangcai.wishes.models import WishAsker, WishClaim
        from guangcai.wishes.models.wish import CODE_PURPOSE
        from guangcai.wishes.queries import grown, life
        from guangcai.wishes.queries import matters as told

        assert movers
        kinds.declare(*LISTS)
        notices.declare_templates()
        sources.provide(SOURCE, WishClaim)
        timeline.provide(life.timeline_of)
        matters.tell(told.KIND, told.TELLER)
        origins.take("visit_need", grown.TAKER)
        reseal.indexed(WishAsker, "code_index", source="code", purpose=CODE_PURPOSE)
