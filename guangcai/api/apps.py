from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "guangcai.api"
    label = "api"
