"""关爱帮扶: households and who looks after each, visits by rhythm; restricted records throughout.

May import: commitments and below.
"""

from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "guangcai.care"
    label = "care"
