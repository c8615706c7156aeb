from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "guangcai.portal"
    label = "portal"
