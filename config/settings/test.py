"""The tests: the same code as everywhere, in a folder of their own, with cheap password hashes."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
if "PYTEST_VERSION" not in os.environ:  # a tool that only looks, such as mypy
    os.environ["DESK_TEST_DIR"] = str(Path(__file__).resolve().parent.parent.parent / "var" / "tools")
elif "DESK_TEST_DIR" not in os.environ:  # xdist's workers find the one their starter made
    os.environ["DESK_TEST_DIR"] = tempfile.mkdtemp(prefix="desk-test-")
    atexit.register(shutil.rmtree, os.environ["DESK_TEST_DIR"], ignore_errors=True)
os.environ["VAR_DIR"] = f"{os.environ['DESK_TEST_DIR']}/{_worker}"
os.environ["SECRET_KEY"] = "only-for-tests-" * 4
os.environ["FIELD_KEYS"] = "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk="
os.environ["HASH_KEYS"] = "1:only-for-tests"

from config.settings.base import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
Path(STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where there is none

# Threads need a file: two connections to one SQLite database in memory lock each other out whatever the timeout.
_default = DATABASES["default"]
if _default["ENGINE"] == "django.db.backends.sqlite3":
    _default["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
    _default["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
else:
    _default["OPTIONS"]["pool"]["max_size"] = 80  # a race of 64 threads needs a connection for each
if os.environ.get("REDIS_URL"):
    REDIS_URL = CELERY_BROKER_URL = f"{os.environ['REDIS_URL'].rsplit('/', 1)[0]}/{_worker.removeprefix('gw')}"
