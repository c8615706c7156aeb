from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "guangcai.members"
    label = "members"

    def ready(self) -> None:
        from guangcai.members.commands import follow_tree
        from guangcai.orgs import followers

        followers.follow(follow_tree)
