from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "guangcai.core"
    label = "core"
