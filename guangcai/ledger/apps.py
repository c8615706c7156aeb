from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "guangcai.ledger"
    label = "ledger"

    def ready(self) -> None:
        from guangcai.ledger import notices
        from guangcai.ledger.commands import movers  # registers how the ledger follows a merge of two records
        from guangcai.ledger.queries import life
        from guangcai.members import timeline

        assert movers
        notices.declare_templates()
        timeline.provide(life.timeline_of)
