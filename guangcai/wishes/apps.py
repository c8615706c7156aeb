"""微心愿: small wishes of residents, taken on and fulfilled; what people gave, with its receipt.

May import: commitments, ledger, members, places and below.
"""

from django.apps import AppConfig


class WishesConfig(AppConfig):
    name = "guangcai.wishes"
    label = "wishes"
