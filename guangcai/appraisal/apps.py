from django.apps import AppConfig


class AppraisalConfig(AppConfig):
    name = "guangcai.appraisal"
    label = "appraisal"
