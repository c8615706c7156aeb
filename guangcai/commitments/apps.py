"""认领: what all standing commitments share.

May import: ledger and below.
"""

from django.apps import AppConfig


class CommitmentsConfig(AppConfig):
    name = "guangcai.commitments"
    label = "commitments"
