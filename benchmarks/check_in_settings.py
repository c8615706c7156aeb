"""The product's own settings with three addresses more, to measure what its frame costs. Never served to anybody."""

from config.settings import *  # noqa: F403
from config.settings import PUBLIC_ADDRESSES as PRODUCT_ADDRESSES

PUBLIC_ADDRESSES = PRODUCT_ADDRESSES | {"bench_empty", "bench_insert"}
ROOT_URLCONF = "benchmarks.check_in_urls"
ALLOWED_HOSTS = ["127.0.0.1"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
