"""What every installation shares. The environment decides the rest; see docs/operations.md."""

from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import library_storage, secrets

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))
SECRETS_DIR = VAR_DIR / "secrets"

SECRET_KEY = secrets.secret_key(SECRETS_DIR)
FIELD_KEYS = secrets.field_keys(SECRETS_DIR)
HASH_KEYS = secrets.hash_keys(SECRETS_DIR)
DEBUG = False
DEMO = env.bool("DEMO", default=False)
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "auditorium.apps.AuditoriumConfig",
    "appointments.apps.AppointmentsConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "config.static_files.UsedStaticFiles",
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "django_include_bootstrap",
    "phonenumber_field",
    "simple_history",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "auditorium.middleware.CompressPagesMiddleware",
    "auditorium.middleware.DeskSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "auditorium.middleware.ChosenLanguageMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "auditorium.middleware.PrivatePagesMiddleware",
    "auditorium.views.access.ChooseHallMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "auditorium.context_processors.desk",
            ],
        },
    }
]

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'desk.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # a connection that died in the pool is not handed out
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 0,
        "max_size": env.int("DATABASE_POOL", default=8),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "auditorium.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "auditorium.password_validation.MinimumLength", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "auditorium:desk"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address"]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False  # its pages know neither roles nor Chinese

SESSION_COOKIE_AGE = env.int("IDLE_LOGOUT_SECONDS", default=4 * 3600)
SESSION_SAVE_EVERY_REQUEST = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
PHONENUMBER_DEFAULT_REGION = "CN"
PHONENUMBER_DEFAULT_FORMAT = "NATIONAL"

STATIC_URL = "static/"
STATIC_ROOT = env("STATIC_ROOT", default=str(VAR_DIR / "static"))
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR_DIR / "files"}},
    "staticfiles": {"BACKEND": "config.static_files.DeskStaticFilesStorage"},
    "library": library_storage.chosen(env, VAR_DIR / "files"),
}
# How files reach a browser: "own" streams them, "x-accel" leaves it to the server in front (its internal location is
# LIBRARY_ACCEL_PREFIX), "redirect" leads to the object store, one of LIBRARY_ORIGINS, by a signed address.
LIBRARY_SERVING = env("LIBRARY_SERVING", default="own")
LIBRARY_ORIGINS: list[str] = env.list("LIBRARY_ORIGINS", default=[])
LIBRARY_ACCEL_PREFIX = env("LIBRARY_ACCEL_PREFIX", default="/library-files/")
LIBRARY_MEGABYTES = {
    "book": env.int("LIBRARY_BOOK_MEGABYTES", default=200),
    "audio": env.int("LIBRARY_AUDIO_MEGABYTES", default=300),
    "video": env.int("LIBRARY_VIDEO_MEGABYTES", default=2048),
    "picture": env.int("LIBRARY_PICTURE_MEGABYTES", default=20),
    "captions": 5,
    "package": env.int("LIBRARY_PACKAGE_MEGABYTES", default=8192),
}

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "img-src": [SELF, "data:", *LIBRARY_ORIGINS],
        "media-src": [SELF, *LIBRARY_ORIGINS],
        "frame-src": [SELF, *LIBRARY_ORIGINS],
        "object-src": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

REDIS_URL = env("REDIS_URL", default="")
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"  # kombu warns where it names no host
if not REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR_DIR / "broker" / "queue"),
        "data_folder_out": str(VAR_DIR / "broker" / "queue"),
        "control_folder": str(VAR_DIR / "broker" / "control"),
        "store_processed": False,
        "polling_interval": 0.1,
    }
    (VAR_DIR / "broker" / "queue").mkdir(parents=True, exist_ok=True)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = TIME_ZONE
METRICS_TOKEN = env("METRICS_TOKEN", default="")
# Under which address phones reach what is opened for them, such as https://desk.example.cn. On one PC `run` sets it
# from HALL_NETWORK, and "auto" in it is the PC's address at the time.
PHONES_ORIGIN = env("PHONES_ORIGIN", default="")
CLIENT_ADDRESS_HEADER = env("CLIENT_ADDRESS_HEADER", default="")
SMS_PER_NUMBER_AND_DAY = env.int("SMS_PER_NUMBER_AND_DAY", default=10)
SMS_BODIES_DAYS = env.int("SMS_BODIES_DAYS", default=90)
TASK_WORDS_DAYS = env.int("TASK_WORDS_DAYS", default=366)
FEEDBACK_DAYS = env.int("FEEDBACK_DAYS", default=366)
AUDIT_DAYS = env.int("AUDIT_DAYS", default=3 * 366)
ALERT_WEBHOOK_URL = env("ALERT_WEBHOOK_URL", default="")
ALERT_EMAILS = env.list("ALERT_EMAILS", default=[])
globals().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))  # EMAIL_HOST, EMAIL_PORT …
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("EMAIL_SENDER", default="desk@localhost")

CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "plan-and-send-what-is-due": {"task": "auditorium.sweep_outbox", "schedule": 15.0, "options": {"expires": 15}},
    "ask-providers-what-came-of-texts": {
        "task": "auditorium.poll_lines",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "count-the-texts-of-today": {
        "task": "auditorium.count_texts",
        "schedule": 1800.0,
        "options": {"expires": 1800},
    },
    "count-the-texts-of-a-week": {
        "task": "auditorium.count_changing_days",
        "schedule": crontab(hour=3, minute=20),
        "options": {"expires": 3600},
    },
    "go-on-with-packages-of-the-library": {
        "task": "auditorium.run_packages",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "tell-operators-what-stopped": {
        "task": "auditorium.tell_operators",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "hand-on-what-nobody-took": {
        "task": "auditorium.escalate_follow_ups",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "act-on-what-people-answered": {
        "task": "auditorium.act_on_replies",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "make-covers-of-what-was-added": {
        "task": "auditorium.make_covers",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "serve-whoever-waits-for-a-place": {
        "task": "appointments.serve_queues",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "tell-whom-a-suspension-concerns": {
        "task": "appointments.settle_suspensions",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "close-what-a-day-leaves-open": {
        "task": "appointments.close_days",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    # by day: a task is due a day after the hall opens next
    "ask-for-books-that-are-not-back": {
        "task": "auditorium.ask_for_books",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "open-the-weekly-schedules-ahead": {
        "task": "appointments.open_schedules",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    # a PC that is off by night catches up when it is next switched on
    "drop-what-is-not-kept": {
        "task": "auditorium.keep_house",
        "schedule": crontab(hour="3", minute="20"),
        "options": {"expires": 6 * 3600},
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"secret_addresses": {"()": "config.secret_addresses.SecretAddresses"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secret_addresses"]},
    },
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        "axes.apps": {"level": "WARNING"},  # it greets at every start
        "urllib3": {"level": "ERROR"},  # below that it names addresses, which may hold a number and a text
    },
}
