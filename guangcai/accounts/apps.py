from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "guangcai.accounts"
    label = "accounts"
