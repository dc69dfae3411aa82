"""The product's own settings with one address more: the plainest POST that writes the rows of a booking."""

from config.settings.test import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.urls"
DATABASES["default"]["OPTIONS"]["pool"]["max_size"] = 8  # noqa: F405  as in production
