from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "guangcai.members"
    label = "members"

    def ready(self) -> None:
        from guangcai.core import phones, reseal
        from guangcai.members import timeline
        from guangcai.members.commands import follow_tree
        from guangcai.members.models.person import PHONE_PURPOSE, PHONE_TAIL_PURPOSE, Member
        from guangcai.members.queries.person import own_items
        from guangcai.orgs import followers

        followers.follow(follow_tree)
        timeline.provide(own_items)
        reseal.indexed(Member, "phone_index", source="phone", purpose=PHONE_PURPOSE)
        reseal.indexed(Member, "phone_tail_index", source="phone", purpose=PHONE_TAIL_PURPOSE, of=phones.last_four)
