"""诉求: requests of residents from the first word to the last, which is the asker's.

May import: commitments, ledger, members, places and below.
"""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "guangcai.cases"
    label = "cases"

    def ready(self) -> None:
        from guangcai.cases import hooks, notices
        from guangcai.cases.commands.movers import follow_tree
        from guangcai.cases.commands.work import release_team, release_unit
        from guangcai.cases.enums import OriginKind
        from guangcai.cases.lists import LISTS
        from guangcai.cases.models import Asker
        from guangcai.cases.models.asker import CODE_PURPOSE, PHONE_PURPOSE
        from guangcai.cases.queries import grown, life
        from guangcai.cases.queries import matters as told
        from guangcai.commitments import origins, team_roll
        from guangcai.core import kinds, matters, notify, reseal
        from guangcai.core.enums import Channel
        from guangcai.members import timeline
        from guangcai.orgs import followers

        followers.follow(follow_tree)
        kinds.declare(*LISTS)
        followers.follow_end(release_unit)
        team_roll.on_end(release_team)
        origins.take(OriginKind.VISIT_NEED, grown.TAKER)
        timeline.provide(life.timeline_of)
        matters.tell(told.KIND, told.TELLER)
        notices.declare_templates()
        hooks.declare()
        notify.reached_by(Channel.SMS, notices.phone_of)
        reseal.indexed(Asker, "phone_index", source="phone", purpose=PHONE_PURPOSE)
        reseal.indexed(Asker, "code_index", source="code", purpose=CODE_PURPOSE)
