"""One hall, one PC: SQLite, Celery on the file system, served on this machine only."""

from config.settings.base import *  # noqa: F403
