"""The WSGI entry point of the process that serves the hall's network."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.network"
application = get_wsgi_application()
