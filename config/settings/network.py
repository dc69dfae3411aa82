"""The second web process of one PC: what phones and screens on the hall's network open. It knows no logins."""

from config.settings.base import *  # noqa: F403

ROOT_URLCONF = "config.hall_network"
CSRF_FAILURE_VIEW = "config.hall_network.refused"
ALLOWED_HOSTS = ["*"]  # the router gives this PC another address now and then; nothing here trusts the name
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "auditorium.middleware.CompressPagesMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
]
