"""地方: service points and their directory, what units lend to the community and its bookings.

May import: orgs and below.
"""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "guangcai.places"
    label = "places"
