from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "guangcai.members"
    label = "members"
