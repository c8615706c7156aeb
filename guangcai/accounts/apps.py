from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "guangcai.accounts"
    label = "accounts"

    def ready(self) -> None:
        from guangcai.accounts import commands, queries, signals, sms  # noqa: F401 - signals connects the receivers
        from guangcai.accounts.models import PHONE_PURPOSE, User
        from guangcai.core import notify, reseal
        from guangcai.core.enums import Channel

        notify.sent_by(Channel.SMS, sms.send)
        notify.reached_by(Channel.SMS, queries.phone_of)
        reseal.indexed(User, "phone_index", source="phone", purpose=PHONE_PURPOSE)
        reseal.also(commands.reseal_factors)
