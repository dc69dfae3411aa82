"""What is shipped runs without what only developers install."""

import os
import re
import subprocess
import sys
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent
IMPORT_EVERYTHING = """
import importlib, pkgutil, sys
for name in sys.argv[1:]:
    sys.modules[name] = None  # as if it were not installed
import django
django.setup()
import appointments, auditorium, config.celery, config.urls
for app in (appointments, auditorium):
    for found in pkgutil.walk_packages(app.__path__, f"{app.__name__}."):
        importlib.import_module(found.name)
print("all")
"""
EXTRAS = ("alibabacloud", "smpplib", "tencentcloud")
"""What the gateways that need it import themselves; nothing else may."""

NAMES = {
    "django-storages": ["storages"],
    "django-stubs": ["django_stubs_ext", "mypy_django_plugin"],
    "factory-boy": ["factory"],
}


def listed(name):
    lines = (BASE_DIR / name).read_text().splitlines()
    return {found[0] for line in lines if (found := re.match(r"[A-Za-z0-9_.-]+(?===)", line))}


def test_everything_is_imported_with_the_shipped_requirements_alone(tmp_path):
    only_here = listed("requirements-dev.txt") - listed("requirements.txt")
    assert "django-stubs-ext" in only_here
    tools = sorted(name for name in only_here if not name.startswith(EXTRAS))
    absent = [module for name in tools for module in NAMES.get(name, [name.replace("-", "_")])]
    said = {"DJANGO_SETTINGS_MODULE": "config.settings.local", "VAR_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_EVERYTHING, *absent],
        check=False,
        cwd=BASE_DIR,
        env=os.environ | said,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.endswith("all\n"), done.stderr[-2000:]
