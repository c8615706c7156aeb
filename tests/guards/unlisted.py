"""The house with one address more, for the test that an address nobody reviewed is found."""

from django.urls import path

from config.urls import urlpatterns as house
from guangcai.core.health import healthz

urlpatterns = [*house, path("unlisted/", healthz, name="unlisted")]
