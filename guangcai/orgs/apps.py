from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "guangcai.orgs"
    label = "orgs"
