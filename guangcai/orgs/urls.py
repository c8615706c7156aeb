"""Addresses of the tree, of organisations, of rights and of rules."""

from django.urls import URLPattern

app_name = "orgs"
urlpatterns: list[URLPattern] = []
