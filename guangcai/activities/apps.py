from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "guangcai.activities"
    label = "activities"
