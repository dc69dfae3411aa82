"""A county or a province: PostgreSQL, Redis, TLS in front, keys from the environment alone."""

import os

from django.core.exceptions import ImproperlyConfigured

# Keys made on the spot, as one PC does, would differ from machine to machine and lock each out of the other's rows.
_missing = [
    name
    for name in ("SECRET_KEY", "FIELD_KEYS", "HASH_KEYS", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS")
    if not os.environ.get(name)
]
if _missing:
    raise ImproperlyConfigured(f"Set in the environment: {', '.join(_missing)}. See docs/operations.md.")

from config.settings.base import *  # noqa: E402, F403

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31536000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
