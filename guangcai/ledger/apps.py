from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "guangcai.ledger"
    label = "ledger"
