"""Readies Django for the command line: settings, language of the terminal. Starts no database by itself."""

import os
from pathlib import Path

import django
from django.conf import settings
from django.utils import translation

from guangcai.cli import postgres
from guangcai.cli.language import language

ROOT = Path(__file__).resolve().parents[2]


def start_django() -> None:
    """Load settings and models once. Raises ImproperlyConfigured when a secret or a variable is missing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if not settings.configured:
        django.setup()
    translation.activate(language())


def child_environment() -> dict[str, str]:
    """What a child process gets: the same settings, and the address of the database that this process holds."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings"),
        "DATABASE_URL": postgres.url(),
    }
