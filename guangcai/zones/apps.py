"""责任区: responsibility zones, who holds each, and the agreement signed for it.

May import: commitments and below.
"""

from django.apps import AppConfig


class ZonesConfig(AppConfig):
    name = "guangcai.zones"
    label = "zones"
