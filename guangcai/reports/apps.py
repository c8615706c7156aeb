from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "guangcai.reports"
    label = "reports"
