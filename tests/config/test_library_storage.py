"""Files lie in a folder unless a bucket is named; nothing of a bucket's client is imported that was not chosen."""

import os
import subprocess
import sys

import environ
import pytest

from config import library_storage


@pytest.fixture
def env(monkeypatch):
    for name in ("LIBRARY_BUCKET", "LIBRARY_BUCKET_ENDPOINT", "LIBRARY_BUCKET_REGION"):
        monkeypatch.delenv(name, raising=False)
    return environ.Env()


def test_storage_is_a_folder_by_itself(env, tmp_path):
    assert library_storage.chosen(env, tmp_path) == {
        "BACKEND": "config.library_storage.WholeFileStorage",
        "OPTIONS": {"location": tmp_path},
    }
    said = "import django, sys; django.setup(); print({'storages', 'boto3'} & set(sys.modules))"
    environment = os.environ | {"VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings.local"}
    done = subprocess.run([sys.executable, "-c", said], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_storage_is_a_bucket_where_one_is_named(env, tmp_path, monkeypatch):
    monkeypatch.setenv("LIBRARY_BUCKET", "library")
    monkeypatch.setenv("LIBRARY_BUCKET_ENDPOINT", "https://oss.example.com")
    chosen = library_storage.chosen(env, tmp_path)
    options = chosen["OPTIONS"]
    assert chosen["BACKEND"] == "config.bucket_storage.BucketStorage"
    assert (options["bucket_name"], options["endpoint_url"]) == ("library", "https://oss.example.com")
    assert (options["file_overwrite"], options["signature_version"], options["querystring_expire"]) == (
        True,
        "s3v4",
        21_600,
    )
