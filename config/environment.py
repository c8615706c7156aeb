"""Typed readers of the environment that fail loudly: a wrong setting stops the start, never a request."""

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent
env = environ.Env()
VAR = Path(env.str("GUANGCAI_VAR", default=str(ROOT / "var")))


def secret(name: str) -> str:
    """A secret from the variable `name`, from the file named by `name`_FILE, or from var/`name` in lower case.

    Raises ImproperlyConfigured when none of the three is there: a default secret would be a public one.
    """
    if value := os.environ.get(name):
        return value
    path = Path(os.environ.get(f"{name}_FILE", VAR / name.lower()))
    if not path.is_file():
        raise ImproperlyConfigured(f"{name} is not set and {path} does not exist. Run `make setup` to create it.")
    return path.read_text().strip()
