from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "guangcai.accounts"
    label = "accounts"

    def ready(self) -> None:
        from guangcai.accounts import queries, signals, sms  # noqa: F401 - signals connects the receivers
        from guangcai.core import notify
        from guangcai.core.enums import Channel

        notify.sent_by(Channel.SMS, sms.send)
        notify.reached_by(Channel.SMS, queries.phone_of)
