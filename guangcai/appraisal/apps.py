from django.apps import AppConfig


class AppraisalConfig(AppConfig):
    name = "guangcai.appraisal"
    label = "appraisal"

    def ready(self) -> None:
        from guangcai.appraisal import notices
        from guangcai.appraisal.commands import movers  # registers how sheets and appraisals follow a merge

        notices.declare_templates()
        assert movers
